"""Datasets that do not come from COCO: written so that it reads, with everything that is lost counted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from datumpb.errors import InvalidItemError, MediaPathError
from datumpb.formats import coco
from datumpb.model import annotations as model
from datumpb.model import rle
from datumpb.model.categories import (
    Categories,
    LabelCategories,
    LabelCategory,
    LabelGroup,
    MaskCategories,
    PointsCategories,
    PointsCategory,
    TabularCategories,
)
from datumpb.model.item import Item
from datumpb.model.media import Image, MediaRef, PointCloud
from datumpb.model.meta import Meta
from tests.support import coco as support
from tests.support.coco import ListSource
from tests.support.exports import export_as

if TYPE_CHECKING:
    from pathlib import Path

SQUARE = np.array([0, 0, 2, 0, 2, 2, 0, 2])
BITS = rle.from_bitmap(np.eye(4))


def _written(path: Path, task: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((path / "annotations" / f"{task}_x.json").read_text("utf-8"))
    return data


def test_ids_are_given_where_there_are_none(tmp_path: Path) -> None:
    items = [
        Item("a", attributes={"id": 2}, annotations=[model.Bbox(1, 2, 3, 4, label=1, id=9)]),
        Item("b", annotations=[model.Bbox(1, 2, 3, 4, label=0), model.Bbox(0, 0, 1, 1)]),
        Item("c", attributes={"id": 2}, annotations=[model.Bbox(1, 2, 3, 4, label=0, id=9)]),
    ]
    losses = export_as("coco", ListSource(items), tmp_path)
    data = _written(tmp_path, "instances")
    assert [image["id"] for image in data["images"]] == [2, 1, 3]
    assert [image["file_name"] for image in data["images"]] == ["a.jpg", "b.jpg", "c.jpg"]
    assert [entry["id"] for entry in data["annotations"]] == [9, 1, 2, 3]
    assert [entry["image_id"] for entry in data["annotations"]] == [2, 1, 1, 3]
    assert [entry["category_id"] for entry in data["annotations"]] == [2, 1, 0, 1]
    assert dict(losses.counts) == {"id of an image, as another has it": 1, "id of an annotation, as another has it": 1}
    again = coco.read(tmp_path)
    assert [a.label for item in again.items("x") for a in item.annotations] == [1, 0, None, 0]


def test_an_unlabelled_annotation_where_0_is_a_category(tmp_path: Path) -> None:
    categories = Categories(labels=LabelCategories([LabelCategory("cat", infos={"id": 0})]))
    items = [Item("a", annotations=[model.Bbox(1, 2, 3, 4, label=0), model.Bbox(1, 2, 3, 4)])]
    export_as("coco", ListSource(items, Meta("x", categories=categories)), tmp_path)
    assert [a.label for a in coco.read(tmp_path).item("a", "x").annotations] == [0, None]


def test_tasks_follow_from_what_is_there(tmp_path: Path) -> None:
    annotations: list[model.Annotation] = [
        model.Polygon(SQUARE, label=0, group=3),
        model.Polygon(SQUARE + 5, label=0, group=3),
        model.Caption("ä\ud800"),
        model.Label(label=1),
        model.Points(np.array([1, 2]), label=0),
        model.Mask(4, 4, BITS, label=1, attributes={"is_crowd": True, "occluded": False}),
    ]
    losses = export_as("coco", ListSource([Item("a", annotations=annotations), Item("b")]), tmp_path)
    assert not losses.lines()
    assert len(list((tmp_path / "annotations").iterdir())) == 4
    outlines, mask = _written(tmp_path, "instances")["annotations"]
    assert outlines["bbox"] == [0, 0, 7, 7]
    assert outlines["area"] == 8
    assert len(outlines["segmentation"]) == 2
    assert mask["segmentation"]["counts"] == rle.decode_runs(BITS).tolist()
    assert (mask["iscrowd"], mask["attributes"]) == (1, {"occluded": False})
    (points,) = _written(tmp_path, "person_keypoints")["annotations"]
    assert (points["keypoints"], points["num_keypoints"]) == ([1, 2, 2], 1)
    (caption,) = _written(tmp_path, "captions")["annotations"]
    assert caption["caption"] == "ä\ud800"
    (label,) = _written(tmp_path, "labels")["annotations"]
    assert label == {"id": 1, "image_id": 1, "category_id": 2}
    for task in ("instances", "person_keypoints", "captions", "labels"):
        assert [image["file_name"] for image in _written(tmp_path, task)["images"]] == ["a.jpg", "b.jpg"]


def test_items_without_annotations(tmp_path: Path) -> None:
    export_as("coco", ListSource([Item("a")]), tmp_path)
    assert [path.name for path in (tmp_path / "annotations").iterdir()] == ["image_info_x.json"]


CUBOID = model.Cuboid3d(np.zeros(3), np.zeros(3), np.ones(3))


@pytest.mark.parametrize(
    ("annotations", "loss"),
    [
        ([CUBOID], "annotation of type Cuboid3d"),
        ([model.FeatureVector(SQUARE)], "annotation of type FeatureVector"),
        ([model.Label(z_order=1)], "z_order of an annotation"),
        ([model.Label(object_id=1)], "object_id of an annotation"),
        ([model.Label(group=1)], "group of a caption or label"),
        ([model.Label(label=7)], "label that is not among the categories"),
        ([model.Label(attributes={"x": b"y"})], "attribute of an annotation that is not JSON"),
        ([model.Bbox(0, 0, 1, 1, group=1), model.Bbox(0, 0, 2, 2, group=1)],
         "group of shapes that are more than one object"),
        ([model.Bbox(0, 0, 1, 1, group=1), model.Bbox(0, 0, 2, 2, group=1, label=1)],
         "group of shapes with different labels"),
        ([model.Polygon(SQUARE, group=1, attributes={"x": 1}), model.Polygon(SQUARE, group=1, attributes={"x": 2})],
         "different attributes of the shapes of one object"),
        ([model.Bbox(0, 0, 1, 1, attributes={"is_crowd": "no"})], "is_crowd that is neither true nor false"),
    ],
)  # fmt: skip
def test_losses_of_annotations(annotations: list[model.Annotation], loss: str, tmp_path: Path) -> None:
    losses = export_as("coco", ListSource([Item("a", annotations=annotations)]), tmp_path)
    assert dict(losses.counts) == {loss: 1}
    coco.read(tmp_path).item("a", "x")


def test_nothing_of_the_shapes_is_lost_when_a_group_is_split(tmp_path: Path) -> None:
    shapes: list[model.Annotation] = [
        model.Mask(4, 4, BITS, group=1),
        model.Mask(4, 4, BITS, group=1),
        model.Polygon(SQUARE, group=1),
    ]
    export_as("coco", ListSource([Item("a", annotations=shapes)]), tmp_path)
    kinds = [type(annotation) for annotation in coco.read(tmp_path).item("a", "x").annotations]
    assert kinds == [model.Mask, model.Mask, model.Polygon]


def test_losses_of_items(tmp_path: Path) -> None:
    items = [
        Item("a", media=PointCloud(MediaRef(path="a.pcd"))),
        Item("b", attributes={"x": b"y", "id": "text", "height": 5, "coco": 7, "nan": float("nan")}),
    ]
    losses = export_as("coco", ListSource(items, Meta("x", infos={"x": 1})), tmp_path)
    assert dict(losses.counts) == {
        "media that is not an image (PointCloud)": 1,
        "attribute of an item that COCO cannot hold": 3,
        "info of the dataset": 1,
    }
    entry = _written(tmp_path, "image_info")["images"][1]
    assert entry["coco"] == 7
    assert np.isnan(entry["nan"])


def test_losses_of_categories(tmp_path: Path) -> None:
    labels = LabelCategories(
        [LabelCategory("a", attributes=["x"], infos={"y": b"", "id": "z"})], [LabelGroup("g")], ["all"]
    )
    points = PointsCategories({0: PointsCategory(["nose"], [(1, 1)], np.zeros((1, 2)))})
    categories = Categories(labels, MaskCategories({0: (1, 2, 3)}), points, TabularCategories([]))
    losses = export_as("coco", ListSource([Item("a")], Meta("x", categories=categories)), tmp_path)
    assert dict(losses.counts) == {
        "list of a label's attributes": 1,
        "info of a label": 2,
        "group of labels": 1,
        "list of attributes of all labels": 1,
        "colours of masks": 1,
        "positions of keypoints": 1,
        "columns of tables": 1,
    }


def test_a_label_added_to_a_dataset_from_coco(tmp_path: Path) -> None:
    document = {
        "images": [{"id": 1, "file_name": "a.jpg"}],
        "categories": [{"id": 5, "name": "cat", "odd": 1}, {"id": 7, "name": "dog"}],
        "annotations": [],
    }
    source = coco.read(support.make_folder(tmp_path / "in", {"annotations/instances_x.json": document}))
    meta, (item,) = source.meta("x"), source.items("x")
    assert meta.categories.labels is not None
    meta.categories.labels.labels[1].name = "wolf"
    meta.categories.labels.labels.append(LabelCategory("owl"))
    item.annotations = [model.Bbox(0, 0, 1, 1, label=label) for label in range(3)]
    export_as("coco", ListSource([item], meta), tmp_path / "out")
    data = _written(tmp_path / "out", "instances")
    names = {entry["id"]: entry["name"] for entry in data["categories"]}
    assert [names[entry["category_id"]] for entry in data["annotations"]] == ["cat", "wolf", "owl"]


def test_media_are_copied_where_asked(tmp_path: Path) -> None:
    (tmp_path / "b.PNG").write_bytes(b"picture")
    items = [
        Item("ä/a", media=Image(MediaRef(data=b"\x89PNG..."))),
        Item("b", media=Image.from_file(str(tmp_path / "b.PNG"))),
        Item("c", media=Image.from_file(str(tmp_path / "gone.jpg"), 4, 5)),
    ]
    losses = export_as("coco", ListSource(items), tmp_path / "out", save_media=True)
    images = tmp_path / "out" / "images" / "x"
    assert (images / "ä" / "a.png").read_bytes() == b"\x89PNG..."
    assert (images / "b.PNG").read_bytes() == b"picture"
    assert dict(losses.counts) == {"media file that is missing": 1}
    assert [support.file_of(item).read() for item in list(coco.read(tmp_path / "out").items("x"))[:2]] == [
        b"\x89PNG...",
        b"picture",
    ]
    export_as("coco", ListSource(items), tmp_path / "plain")
    assert not (tmp_path / "plain" / "images").exists()


def test_a_png_that_would_lead_outside(tmp_path: Path) -> None:
    rest: dict[str, Any] = {"panoptic": {"values": {"file_name": "../../x.png"}, "size": [1, 1]}}
    with pytest.raises(MediaPathError):
        export_as("coco", ListSource([Item("a", attributes={"coco": rest})]), tmp_path / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "rest",
    [
        {"images": {"instances": 5, "x": {"values": 7, "missing": 8, "order": "y"}}},
        {"images": {"instances": {"values": {"id": "x", "file_name": 5}, "missing": [5, "height"]}}},
        {"runs": {"instances": "x"}},
        {"panoptic": {"values": 5}},
        {"values": {"id": [1]}},
    ],
)
def test_a_changed_rest_is_no_trouble(rest: dict[str, Any], tmp_path: Path) -> None:
    infos: dict[str, Any] = {
        "coco": {
            "tasks": {"instances": {"categories": [5, {"id": [1]}], "missing": 3, "values": 1}, "stuff": 1, "no": {}}
        }
    }
    box = model.Bbox(0, 0, 1, 1, attributes={"coco": {"values": {"x": 1}, "missing": [1], "order": 2**70, "rle": "?"}})
    meta = Meta("x", infos=infos, categories=Categories.from_labels(["cat"]))
    export_as(
        "coco", ListSource([Item("a", attributes={"coco": rest}, annotations=[box])], meta), tmp_path, save_media=True
    )
    assert _written(tmp_path, "instances")["annotations"][0]["x"] == 1


@pytest.mark.parametrize(
    "item",
    [
        Item("a", attributes={"coco": {"images": {"instances": {"values": {"x": b"y"}}}}}),
        Item("a", annotations=[model.Label(attributes={"coco": {"values": {"x": [b"y"]}}})]),
        Item("a", attributes={"coco": {"panoptic": {"values": {"x": b"y"}, "size": [1, 1]}}}),
        Item("a", attributes={"coco": {"panoptic": {"size": [2**31, 2**31]}}}),
        Item("a", attributes={"coco": {"panoptic": {"size": [0, 1]}}}, annotations=[]),
    ],
)
def test_a_rest_that_cannot_be_written(item: Item, tmp_path: Path) -> None:
    with pytest.raises(InvalidItemError):
        export_as("coco", ListSource([item]), tmp_path / "out")
    assert not list(tmp_path.iterdir())
