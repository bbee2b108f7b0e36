"""Of every real folder, one format or none is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datumpb.dataset.registry import detect_formats
from tests.support.pictures import ASSETS, SHARED

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = sorted(path for path in SHARED.rglob("*") if path.is_dir()) if ASSETS.is_dir() else []
EXPECTED = {
    "coco128": "coco",
    "assets/coco_dataset/coco": "coco",
    "assets/coco_dataset/coco_roboflow": "coco",
    "assets/coco_dataset/mmdet_coco": "coco",
    "assets/imagenet_dataset": "imagenet",
    "assets/imagenet_dataset/label_0": "image_dir",
    "assets/voc_dataset/voc_dataset1": "voc",
    "assets/voc_dataset/voc_dataset2": "voc",
    "assets/voc_dataset/voc_dataset3": "voc",
    "assets/yolo_dataset/annotations": "yolo",
    "assets/yolo_dataset/labels": "yolo",
    "assets/yolo_dataset/strict": "yolo",
    "assets/datumaro_dataset/legacy": "datumaro",
    "legacy/datumaro-1.11.1-plain/pcd-json": "datumaro",
    "legacy/datumaro-1.13.12-plain/image-binary": "datumaro_binary",
    "legacy/datumaro-1.13.12-plain/image-json": "datumaro",
}


@pytest.mark.skipif(not FOLDERS, reason="../shared/data is not here")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.relative_to(SHARED).as_posix())
def test_at_most_one_format(folder: Path) -> None:
    assert len(detect_formats(folder)) <= 1


@pytest.mark.skipif(not FOLDERS, reason="../shared/data is not here")
@pytest.mark.parametrize(("folder", "name"), EXPECTED.items())
def test_the_right_format(folder: str, name: str) -> None:
    assert list(detect_formats(SHARED / folder)) == [name]
