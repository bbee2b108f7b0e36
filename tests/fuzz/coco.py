"""Any files as a COCO dataset: JSON, images, and the PNGs of panoptic segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from datumpb.formats import coco
from tests.fuzz.datasets import pack, unpack, use
from tests.fuzz.harness import OnlyTypedErrors, Target
from tests.support.coco import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_IMAGE = {"id": 1, "file_name": "a.png", "height": 4, "width": 6, "license": 1, "coco_url": ""}
_CATEGORY = {"id": 1, "name": "cat", "supercategory": "animal"}
_BOX = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 1.5], "area": 4.5, "iscrowd": 0}
_OUTLINE = {**_BOX, "segmentation": [[1, 2, 4, 2, 4, 3.5, 1, 3.5]], "attributes": {"occluded": False}}
_RUNS = {**_BOX, "iscrowd": 1, "segmentation": {"size": [4, 6], "counts": [2, 3, 19]}}
_PACKED = {**_BOX, "segmentation": {"size": [4, 6], "counts": "23c0"}}
_JOINTS = {"keypoints": ["head", "tail"], "skeleton": [[1, 2]]}
_SEGMENT = {"id": 7, "category_id": 1, "area": 2, "bbox": [0, 0, 2, 1], "iscrowd": 0}


def _run(data: bytes, folder: Path) -> bool:
    unpack(data, folder)
    with OnlyTypedErrors():
        coco.detect(folder)
        return use(coco.read(folder), folder)
    return False


def _document(annotations: list[dict[str, Any]], **category: object) -> dict[str, Any]:
    return {"images": [_IMAGE], "annotations": annotations, "categories": [{**_CATEGORY, **category}]}


def _seeds(folder: Path) -> Iterator[bytes]:
    segments = np.zeros((4, 6), np.uint32)
    segments[0, :2] = 7
    files: dict[str, dict[str, Any]] = {
        "box": {"annotations/instances_train.json": _document([_BOX])},
        "outline": {"instances.json": {**_document([_OUTLINE]), "info": {"year": 2017}, "licenses": [{"id": 1}]}},
        "runs": {"annotations/instances_train.json": _document([_RUNS])},
        "packed": {"annotations/stuff_train.json": _document([_PACKED])},
        "points": {
            "annotations/person_keypoints_train.json": _document(
                [{**_BOX, "keypoints": [1, 2, 2, 0, 0, 0], "num_keypoints": 1}], **_JOINTS
            )
        },
        "caption": {
            "annotations/captions_a.json": _document([{"id": 1, "image_id": 1, "caption": "a cat"}]),
            "annotations/labels_a.json": _document([{"id": 1, "image_id": 1, "category_id": 1}]),
        },
        "panoptic": {
            "annotations/panoptic_a.json": _document(
                [{"image_id": 1, "file_name": "a.png", "segments_info": [_SEGMENT]}], isthing=1, color=[1, 2, 3]
            ),
            "annotations/panoptic_a/a.png": segments,
        },
        "results": {"a_results.json": [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}]},
        "roboflow": {"train/_annotations.coco.json": _document([_BOX])},
    }
    for name, content in files.items():
        yield pack(make_folder(folder / name, content))


TARGET = Target("coco", _run, _seeds)
