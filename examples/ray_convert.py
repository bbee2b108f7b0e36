"""Ray: an encrypted dataset filtered, relabelled, and written with another key, on all cores of a cluster.

pip install 'datumpb[ray]'
python examples/ray_convert.py [FOLDER]
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Ray's own
    import ray

import datumpb as dp
from datumpb.integrations.ray import read_datumpb, transform, write_datumpb


def main(folder: Path) -> None:
    """Make a dataset and change it."""
    items = [
        dp.Item(f"{number:04}", "train", annotations=[dp.Bbox(number, 2, 8, 8, label=number % 3)])
        for number in range(300)
    ]
    key, new_key = dp.generate_key(), dp.generate_key()
    dp.Dataset.from_iterable(items, categories=["car", "van", "tree"]).export(
        folder / "roads", "datumpb", encryption=True, encryption_key=key, num_shards=4
    )

    rows = read_datumpb(folder / "roads", encryption_key=key)
    print(rows.count(), "items with the columns", *rows.schema().names)
    cars = transform(rows, lambda dataset: dataset.select(labels=["car", "van"]).relabel({"van": "car"}))
    write_datumpb(cars, folder / "cars", encryption_key=new_key)

    written = dp.Dataset.import_from(folder / "cars", encryption_key=new_key)
    print(len(written), "items;", *(label.name for label in written.categories().labels or ()))
    print(*sorted(path.name for path in (folder / "cars" / "annotations").iterdir()))


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as above
        ray.init(include_dashboard=False, logging_level="error", log_to_driver=False)
        ray.data.DataContext.get_current().enable_progress_bars = False
        main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
        ray.shutdown()
