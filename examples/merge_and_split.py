"""Put two datasets together whose labels have other names, and split the result into train and val.

python examples/merge_and_split.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import datumpb as dp


def dataset(name: str, labels: list[str], count: int) -> dp.Dataset:
    """Make a dataset, of which every fifth item has the second label, the others the first."""
    items = [
        dp.Item(f"{name}/{number:03}", annotations=[dp.Bbox(number, 10, 30, 20, label=int(number % 5 == 0))])
        for number in range(count)
    ]
    return dp.Dataset.from_iterable(items, categories=labels)


def main(folder: Path) -> None:
    """Merge, split, export."""
    north = dataset("north", ["car", "lorry"], 60)
    south = dataset("south", ["truck", "auto"], 40).relabel({"auto": "car", "truck": "lorry"})

    parts = dp.Dataset.merge({"north": north, "south": south}).split({"train": 0.8, "val": 0.2}, seed=1, stratify=True)
    print(f"labels: {[label.name for label in parts.categories().labels or ()]}")
    for name, subset in parts.subsets().items():
        lorries = parts.select(subsets=[name], labels=["lorry"])
        print(f"{name}: {len(subset)} items, {len(lorries)} of them with a lorry")

    losses = parts.export(folder / "roads", "coco")
    print(f"written as COCO, {len(losses.lines())} kinds of losses")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
