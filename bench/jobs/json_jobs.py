"""What orjson and numpy do with the COCO JSON as it is; and `xz`, for its size."""

from __future__ import annotations

import lzma
from typing import TYPE_CHECKING

import numpy as np
import orjson

from bench.jobs.job import SOURCE, Stopwatch, forget, main, wanted

if TYPE_CHECKING:
    from pathlib import Path

    from bench.jobs.job import Found, Jobs


def boxes(folder: Path, watch: Stopwatch) -> Found:
    """Make the boxes and labels of every image arrays."""
    images = objects = 0
    total = 0.0
    with watch:
        data = orjson.loads((folder / SOURCE).read_bytes())
        of_image: dict[int, tuple[list[list[float]], list[int]]] = {image["id"]: ([], []) for image in data["images"]}
        for annotation in data["annotations"]:
            found, labels = of_image[annotation["image_id"]]
            found.append(annotation["bbox"])
            labels.append(annotation["category_id"])
        for found, labels in of_image.values():
            boxes_of_image, labels_of_image = np.array(found, np.float64).reshape(-1, 4), np.array(labels, np.int64)
            images += 1
            objects += len(labels_of_image)
            total += float(boxes_of_image.sum())
    return {"images": images, "objects": objects, "sum": total}


def one_item(folder: Path, watch: Stopwatch) -> Found:
    """Parse a file that is not in the page cache and take one image and its annotations."""
    name = wanted(folder)[0] + ".jpg"
    forget(folder / SOURCE)
    with watch:
        data = orjson.loads((folder / SOURCE).read_bytes())
        image = next(image for image in data["images"] if image["file_name"] == name)
        annotations = [annotation for annotation in data["annotations"] if annotation["image_id"] == image["id"]]
    return {"objects": len(annotations)}


def compress(folder: Path, watch: Stopwatch) -> Found:
    """Compress the file as `xz -6` does."""
    with watch:
        (folder / "coco.json.xz").write_bytes(lzma.compress((folder / SOURCE).read_bytes(), preset=6))
    return {}


JOBS: Jobs = {"boxes": boxes, "one_item": one_item, "compress": compress}


if __name__ == "__main__":
    main(JOBS)
