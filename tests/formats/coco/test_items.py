"""What becomes of COCO in the model: normal data gives plain annotations with nothing kept beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pycocotools import mask as reference
from pycocotools.coco import COCO

from datumpb.formats import coco
from datumpb.model import rle
from datumpb.model.annotations import Bbox, Caption, Label, Mask, Points, Polygon
from datumpb.model.categories import PointsCategory
from datumpb.model.geometry import bbox_of
from datumpb.model.media import Image
from tests.support import coco as support

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.source import DatasetSource

COCO128 = support.SHARED / "coco128"
IMAGE = {"id": 2**40, "file_name": "ä b/1.jpg", "height": 10, "width": 20, "license": 3, "coco_url": "http://x"}
CATEGORIES = [{"id": 18, "name": "dog", "supercategory": "animal", "isthing": 1}, {"id": 1, "name": "person"}]


def _read(tmp_path: Path, task: str, *annotations: dict[str, Any], **files: object) -> DatasetSource:
    entries = [{"id": 5, "image_id": 2**40, "category_id": 18} | annotation for annotation in annotations]
    document = {"images": [IMAGE], "categories": CATEGORIES, "annotations": entries, "info": {"year": 2017}}
    return coco.read(support.make_folder(tmp_path, {f"annotations/{task}_train.json": document, **files}))


def test_image_and_meta(tmp_path: Path) -> None:
    source = _read(tmp_path, "instances")
    item = source.item("ä b/1", "train")
    assert isinstance(item.media, Image)
    assert (item.media.height, item.media.width) == (10, 20)
    assert support.file_of(item).path == "images/train/ä b/1.jpg"
    assert item.attributes == {"id": 2**40, "license": 3, "coco_url": "http://x"}
    meta = source.meta("train")
    assert meta.categories.labels is not None
    dog, person = meta.categories.labels
    assert (dog.name, dog.parent, dog.infos) == ("dog", "animal", {"id": 18, "isthing": 1})
    assert (person.name, person.parent, person.infos) == ("person", "", {"id": 1})
    assert meta.infos["coco"]["tasks"]["instances"]["values"] == {"info": {"year": 2017}}  # type: ignore[index,call-overload]  # as written


def test_outlines(tmp_path: Path) -> None:
    parts = [[0, 0, 4.25, 0, 4.25, 4], [5, 5, 6, 5, 6, 6]]
    entry = {"segmentation": parts, "bbox": [0, 0, 6, 6], "area": 9.0, "iscrowd": 0}
    one = {"id": 6, "segmentation": parts[:1], "bbox": [0, 0, 4.25, 4], "area": 8.5000001, "iscrowd": 0}
    first, second, third = _read(tmp_path, "instances", entry, one).item("ä b/1", "train").annotations
    attributes: dict[str, Any] = {"is_crowd": False}
    outlines = [np.array(part) for part in parts]
    assert first == Polygon(outlines[0], id=5, group=5, label=0, attributes=attributes)
    assert second == Polygon(outlines[1], id=5, group=5, label=0, attributes=attributes)
    assert third == Polygon(outlines[0], id=6, label=0, attributes=attributes)


def test_a_box_that_does_not_follow_and_attributes(tmp_path: Path) -> None:
    segmentation = {"size": [10, 20], "counts": [0, 20, 180]}
    entry = {"segmentation": segmentation, "bbox": [0, 0, 1, 9], "area": 20, "iscrowd": 1, "attributes": {"x": [True]}}
    mask, box = _read(tmp_path, "instances", entry).item("ä b/1", "train").annotations
    attributes: dict[str, Any] = {"x": [True], "is_crowd": True}
    assert mask == Mask(10, 20, rle.encode_runs([0, 20, 180]), id=5, group=5, label=0, attributes=attributes)
    assert box == Bbox(0, 0, 1, 9, id=5, group=5, label=0, attributes=attributes)


def test_a_box_alone(tmp_path: Path) -> None:
    entry = {"segmentation": [], "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0}
    (box,) = _read(tmp_path, "instances", entry).item("ä b/1", "train").annotations
    assert box == Bbox(1, 2, 3, 4, id=5, label=0, attributes={"is_crowd": False})


def test_keypoints_define_no_box(tmp_path: Path) -> None:
    points = {"keypoints": [1, 1, 2, 9, 9, 0], "num_keypoints": 1, "segmentation": [], "iscrowd": 0}
    source = _read(tmp_path, "person_keypoints", points, points | {"id": 6, "bbox": [1, 1, 8, 8], "area": 64})
    alone, box, beside = source.item("ä b/1", "train").annotations
    expected = Points(np.array([[1, 1], [9, 9]]), np.array([2, 0]), id=5, label=0, attributes={"is_crowd": False})
    assert alone == expected
    assert isinstance(box, Bbox)
    assert isinstance(beside, Points)
    assert box.group == beside.group == 6


def test_categories_of_keypoints(tmp_path: Path) -> None:
    listed = [{"id": 1, "name": "person", "supercategory": "", "keypoints": ["nose", "eye"], "skeleton": [[1, 2]]}]
    document = {"images": [], "annotations": [], "categories": listed}
    files = {"annotations/person_keypoints_x.json": document}
    points = coco.read(support.make_folder(tmp_path, files)).meta("x").categories.points
    assert points is not None
    assert points.items == {0: PointsCategory(["nose", "eye"], [(1, 2)])}


def test_captions_and_labels(tmp_path: Path) -> None:
    (caption,) = _read(tmp_path / "c", "captions", {"caption": "hé"}).item("ä b/1", "train").annotations
    assert caption == Caption("hé", id=5, label=0)
    (label,) = _read(tmp_path / "l", "labels", {}).item("ä b/1", "train").annotations
    assert label == Label(id=5, label=0)


def test_results(tmp_path: Path) -> None:
    results = [{"image_id": 42, "category_id": 18, "bbox": [1, 2, 3, 4], "score": 0.5}]
    source = coco.read(support.make_folder(tmp_path, {"annotations/instances_val_fast_results.json": results}))
    assert source.subsets() == ["val_fast"]
    (box,) = source.item("42", "val_fast").annotations
    assert isinstance(box, Bbox)
    assert box.attributes["score"] == 0.5


def test_results_of_known_images(tmp_path: Path) -> None:
    results = [{"image_id": 2**40, "category_id": 18, "bbox": [1, 2, 3, 4], "score": 0.5}]
    source = _read(tmp_path, "instances", **{"annotations/instances_train_fast_results.json": results})
    assert source.subsets() == ["train"]
    (box,) = source.item("ä b/1", "train").annotations
    assert box.label == 0
    assert box.attributes == {"score": 0.5, "coco": {"task": "results"}}


def test_segments_of_a_picture(tmp_path: Path) -> None:
    numbers = np.array([[0, 7, 7], [300, 7, 7]], np.uint32)
    segment = {"id": 7, "category_id": 18, "area": 4, "bbox": [1, 0, 2, 2], "iscrowd": 0}
    source = _read(
        tmp_path,
        "panoptic",
        {"file_name": "ä b/1.png", "segments_info": [segment]},
        **{"annotations/panoptic_train/ä b/1.png": numbers},
    )
    listed, unlisted = source.item("ä b/1", "train").annotations
    assert listed == Mask(2, 3, rle.from_bitmap(numbers == 7), id=7, label=0, attributes={"is_crowd": False})
    attributes: dict[str, Any] = {"is_crowd": False, "coco": {"listed": False}}
    assert unlisted == Mask(2, 3, rle.from_bitmap(numbers == 300), id=300, attributes=attributes)


def test_several_tasks_make_one_item(tmp_path: Path) -> None:
    caption = {"id": 1, "image_id": 2**40, "caption": "x"}
    files = {"annotations/captions_train.json": {"images": [IMAGE], "annotations": [caption]}}
    source = _read(tmp_path, "instances", {"segmentation": [], "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0}, **files)
    (item,) = source.items("train")
    assert item.annotations == [
        Bbox(1, 2, 3, 4, id=5, label=0, attributes={"is_crowd": False}),
        Caption("x", id=1),
    ]
    assert "coco" not in item.attributes


def test_names_that_collide(tmp_path: Path) -> None:
    images = [{"id": i, "file_name": name} for i, name in enumerate(["a.jpg", "a.png", "b/a.jpg"])]
    files = {"annotations/image_info_x.json": {"images": images}}
    source = coco.read(support.make_folder(tmp_path, files))
    assert [item.id for item in source.items("x")] == ["a", "a.png", "b/a"]


@pytest.mark.skipif(not COCO128.is_dir(), reason="../shared/data is not here")
def test_real_data_keeps_next_to_nothing_beside() -> None:
    source = coco.read(COCO128)
    annotations = [annotation for item in source.items("train2017") for annotation in item.annotations]
    assert sum("coco" in annotation.attributes for annotation in annotations) < 0.02 * len(annotations)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools with numpy 2
@pytest.mark.skipif(not COCO128.is_dir(), reason="../shared/data is not here")
def test_pycocotools_reads_the_same_from_source_and_result(tmp_path: Path) -> None:
    support.convert(COCO128, tmp_path)
    name = "annotations/instances_train2017.json"
    source, result = COCO(COCO128 / name), COCO(tmp_path / name)
    items = {item.attributes["id"]: item for item in coco.read(COCO128).items("train2017")}
    assert result.getImgIds() == source.getImgIds()
    assert result.loadCats(result.getCatIds()) == source.loadCats(source.getCatIds())
    for number in source.getAnnIds():
        (expected,), (actual,) = source.loadAnns(number), result.loadAnns(number)
        support.assert_same(actual, expected)
        mask = source.annToMask(expected)
        assert np.array_equal(result.annToMask(actual), mask)
        shapes = [part for part in items[expected["image_id"]].annotations if part.id == number]
        assert bbox_of(shapes) == tuple(expected["bbox"])
        if expected["iscrowd"]:
            (own,) = (part for part in shapes if isinstance(part, Mask))
            assert np.array_equal(rle.to_bitmap(own.counts, own.height, own.width), mask)
            assert reference.area(reference.encode(np.asfortranarray(mask))) == mask.sum()
