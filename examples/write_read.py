"""Write items to a .datum file, and read one of them back by its id.

python examples/write_read.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import datumpb as dp


def main(folder: Path) -> None:
    """Write a file and read it."""
    path = folder / "train.datum"
    categories = dp.Categories.from_labels(["cat", "dog"])

    with dp.DatumWriter(path, subset="train", categories=categories) as writer:
        for number in range(1000):
            outline = np.array([[10, 10], [90.5, 10], [90.5, 80.25]]) + number
            animal = dp.Polygon(outline, label=number % 2, attributes={"occluded": False})
            writer.write(dp.Item(f"{number:06}", "train", annotations=[animal]))

    with dp.DatumReader(path) as reader:
        print(f"{len(reader)} items in {path.stat().st_size} bytes")
        item = reader["000042"]
        (animal,) = item.annotations
        assert isinstance(animal, dp.Polygon)
        assert animal.label is not None
        assert reader.categories.labels is not None
        print(f"{item.id}: {reader.categories.labels[animal.label].name} at {animal.points.tolist()}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
