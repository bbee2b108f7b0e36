"""What pycocotools does with the COCO JSON as it is."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

import numpy as np
from pycocotools.coco import COCO

from bench.jobs.job import SOURCE, Stopwatch, main

if TYPE_CHECKING:
    from pathlib import Path

    from bench.jobs.job import Found, Jobs


def load(folder: Path) -> COCO:
    """Load the file without a word."""
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(folder / SOURCE))


def read_objects(folder: Path, watch: Stopwatch) -> Found:
    """Go through the annotations of every image."""
    images = coordinates = 0
    with watch:
        coco = load(folder)
        for image_id in coco.getImgIds():
            images += 1
            for annotation in coco.imgToAnns[image_id]:
                if not annotation["iscrowd"]:
                    coordinates += sum(map(len, annotation["segmentation"]))
    return {"images": images, "coordinates": coordinates}


def boxes(folder: Path, watch: Stopwatch) -> Found:
    """Make the boxes and labels of every image arrays."""
    images = objects = 0
    total = 0.0
    with watch:
        coco = load(folder)
        for image_id in coco.getImgIds():
            annotations = coco.imgToAnns[image_id]
            found = np.array([annotation["bbox"] for annotation in annotations], np.float64).reshape(-1, 4)
            labels = np.array([annotation["category_id"] for annotation in annotations], np.int64)
            images += 1
            objects += len(labels)
            total += float(found.sum())
    return {"images": images, "objects": objects, "sum": total}


JOBS: Jobs = {"read_objects": read_objects, "boxes": boxes}


if __name__ == "__main__":
    main(JOBS)
