"""Write a dataset behind a URL, and read one item of it in place.

python examples/remote.py [URL]
"""

from __future__ import annotations

import io
import sys

import numpy as np
import PIL.Image

import datumpb as dp


def some_item(number: int) -> dp.Item:
    """Make an item with a picture."""
    picture = io.BytesIO()
    PIL.Image.fromarray(np.full((60, 80, 3), number, np.uint8)).save(picture, "png")
    media = dp.Image(dp.MediaRef(f"{number}.png", data=picture.getvalue()), 60, 80)
    return dp.Item(f"{number:03}", "train", media=media, annotations=[dp.Bbox(10, 10, 20, 30, label=number % 2)])


def main(url: str) -> None:
    """Write and read."""
    dataset = dp.Dataset.from_iterable(map(some_item, range(100)), categories=["cat", "dog"])
    dataset.export(url, "datumpb", save_media=True, overwrite=True)

    there = dp.Dataset.import_from(url)
    item = there.get("042")
    assert item is not None
    assert isinstance(item.media, dp.Image)
    print(f"{len(there)} items at {url}; item {item.id} has a picture of {item.media.pixels().shape}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 and "://" in sys.argv[1] else "memory://datasets/animals")
