"""Hand a dataset to Datumaro, change it there, and save what comes back, encrypted, from inside of Datumaro.

pip install 'datumpb[datumaro]'
python examples/datumaro_bridge.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import datumaro

import datumpb as dp
from datumpb.integrations.datumaro import from_datumaro, register, to_datumaro


def main(folder: Path) -> None:
    """Go there and back."""
    boxes = [dp.Bbox(10, 10, 20 + number, 30, label=number % 2) for number in range(4)]
    items = [dp.Item(str(number), "train", annotations=[box]) for number, box in enumerate(boxes)]
    dataset = dp.Dataset.from_iterable(items, categories=["cat", "dog"])

    losses = dp.LossReport()
    theirs = to_datumaro(dataset, losses=losses)
    theirs.transform("remap_labels", mapping={"dog": "hound"}, default="keep")
    theirs.remove("3", "train")
    print(f"{len(theirs)} of {len(dataset)} items; lost on the way: {losses.lines() or 'nothing'}")
    for item in from_datumaro(theirs, losses=losses):
        print(f"{item.id}: {item.annotations}")

    register()
    theirs.export(str(folder / "changed"), "datumpb", encryption=True)
    key = (folder / "changed" / "secret_key.txt").read_text()
    back = datumaro.Dataset.import_from(str(folder / "changed"), "datumpb", encryption_key=key)
    print(f"{len(back)} items, read by Datumaro from an encrypted dataset")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
