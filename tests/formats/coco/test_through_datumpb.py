"""COCO to datumpb and back gives the same JSON data, plain and encrypted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from bench.generate_coco import generate
from datumpb.dataset.registry import find_format
from tests.support import coco as support
from tests.support.exports import export_as

if TYPE_CHECKING:
    from pathlib import Path

ASSETS = support.SHARED / "assets" / "coco_dataset"
FOLDERS = [support.SHARED / "coco128", *sorted(ASSETS.iterdir())] if ASSETS.is_dir() else []


@pytest.mark.skipif(not FOLDERS, reason="../shared/data is not here")
@pytest.mark.parametrize("encryption", [False, True], ids=["plain", "encrypted"])
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_shared_folder(folder: Path, encryption: bool, tmp_path: Path) -> None:
    coco, datumpb = find_format("coco"), find_format("datumpb")
    options: dict[str, object] = {"save_media": True, "encryption": encryption}
    assert not export_as("datumpb", coco.read(folder, {}), tmp_path / "datumpb", **options)
    key = (tmp_path / "datumpb" / "secret_key.txt").read_text().strip() if encryption else None
    source = datumpb.read(tmp_path / "datumpb", {"encryption_key": key})
    assert not export_as("coco", source, tmp_path / "coco", save_media=True)
    support.assert_same_dataset(folder, tmp_path / "coco")
    copied = sorted(path.read_bytes() for path in (tmp_path / "coco" / "images").rglob("*.jpg"))
    assert copied == sorted(path.read_bytes() for path in folder.rglob("*.jpg"))


def assert_boxes_are_those_of(reader: dp.DatumReader, instances: Path) -> None:
    """Compare all boxes and labels, in their order, with `bbox` and `category_id` of a COCO file."""
    content = json.loads(instances.read_text("utf-8"))
    index = {category["id"]: number for number, category in enumerate(content["categories"])}
    id_of = {image["file_name"].rsplit(".", 1)[0]: image["id"] for image in content["images"]}
    count = 0
    for item in reader.boxes():
        objects = [entry for entry in content["annotations"] if entry["image_id"] == id_of[item.item_id]]
        assert item.xywh.tolist() == [entry["bbox"] for entry in objects]
        assert item.labels.tolist() == [index[entry["category_id"]] for entry in objects]
        count += len(item.labels)
    assert count == len(content["annotations"]) > 0


@pytest.mark.skipif(not FOLDERS, reason="../shared/data is not here")
def test_boxes_of_coco128(tmp_path: Path) -> None:
    export_as("datumpb", find_format("coco").read(support.SHARED / "coco128", {}), tmp_path / "out")
    (instances,) = (support.SHARED / "coco128" / "annotations").glob("instances_*.json")
    (file,) = (tmp_path / "out" / "annotations").iterdir()
    with dp.DatumReader(file) as reader:
        assert_boxes_are_those_of(reader, instances)


def test_boxes_of_generated_data(tmp_path: Path) -> None:
    instances = tmp_path / "coco" / "annotations" / "instances_train.json"
    instances.parent.mkdir(parents=True)
    generate(instances, 150)
    export_as("datumpb", find_format("coco").read(tmp_path / "coco", {}), tmp_path / "out")
    with dp.DatumReader(tmp_path / "out" / "annotations" / "train.datum") as reader:
        assert_boxes_are_those_of(reader, instances)
