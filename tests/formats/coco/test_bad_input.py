"""Each fault of a COCO dataset is one typed error that names file and place, and leaves no output."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from datumpb.errors import (
    ItemNotFoundError,
    MediaNotFoundError,
    MediaPathError,
    SourceFormatError,
)
from datumpb.formats import coco
from tests.support import coco as support

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Change = Callable[[dict[Any, Any]], None]

FILE = "annotations/instances_train.json"
GOOD: dict[str, Any] = {
    "images": [{"id": 1, "file_name": "a.jpg", "height": 4, "width": 6}, {"id": 2, "file_name": "b.jpg"}],
    "categories": [{"id": 3, "name": "cat", "supercategory": ""}],
    "annotations": [
        {"id": 1, "image_id": 1, "category_id": 3, "segmentation": [[0, 0, 4, 0, 4, 4]], "bbox": [0, 0, 4, 4]},
        {"id": 2, "image_id": 2, "category_id": 3, "segmentation": {"size": [4, 6], "counts": [20, 4]}},
        {"id": 3, "image_id": 2, "category_id": 3, "keypoints": [1, 1, 2], "bbox": [0, 0, 4, 4]},
    ],
}


def _set(*path: object) -> Change:
    *keys, last, value = path

    def change(data: dict[Any, Any]) -> None:
        for key in keys:
            data = data[key]
        data[last] = value

    return change


def _remove(*path: object) -> Change:
    *keys, last = path

    def change(data: dict[Any, Any]) -> None:
        for key in keys:
            data = data[key]
        del data[last]

    return change


FAULTS = [
    (_remove("images"), "images", "missing"),
    (_remove("annotations"), "annotations", "missing"),
    (_set("images", {}), "images", "a list expected"),
    (_set("images", 0, 5), "images[0]", "a map expected"),
    (_set("annotations", 1, None), "annotations[1]", "a map expected"),
    (_remove("images", 1, "id"), "images[1].id", "missing"),
    (_set("images", 1, "id", "2"), "images[1].id", "a whole number expected"),
    (_set("images", 1, "id", bool(1)), "images[1].id", "a whole number expected"),
    (_set("images", 1, "id", 1), "images[1].id", "two images have the id 1"),
    (_remove("images", 0, "file_name"), "images[0].file_name", "missing"),
    (_set("images", 0, "file_name", 7), "images[0].file_name", "text expected"),
    (_set("images", 0, "file_name", ""), "images[0].file_name", "id of its own"),
    (_set("images", 1, "file_name", "a.jpg"), "images[1].file_name", "two images have the file name"),
    (_set("images", 0, "height", -1), "images[0].height", "pixels"),
    (_set("images", 0, "height", 2**32), "images[0].height", "pixels"),
    (_set("images", 0, "width", "6"), "images[0].width", "pixels"),
    (_set("images", 0, "width", 6.5), "images[0].width", "pixels"),
    (_set("images", 0, "width", float("nan")), "images[0].width", "pixels"),
    (_remove("categories", 0, "name"), "categories[0].name", "missing"),
    (_set("categories", 0, "id", 3.5), "categories[0].id", "a whole number expected"),
    (_set("categories", [GOOD["categories"][0]] * 2), "categories[1].id", "two categories have the id 3"),
    (_set("categories", 0, "skeleton", [[1]]), "categories[0].skeleton[0]", "two numbers"),
    (_set("categories", 0, "keypoints", [1]), "categories[0].keypoints[0]", "text expected"),
    (_remove("annotations", 0, "image_id"), "annotations[0].image_id", "missing"),
    (_set("annotations", 0, "image_id", 99), "annotations[0].image_id", "missing image"),
    (_set("annotations", 0, "image_id", 1.0), "annotations[0].image_id", "a whole number expected"),
    (_remove("annotations", 2, "category_id"), "annotations[2].category_id", "missing"),
    (_set("annotations", 2, "category_id", 99), "annotations[2].category_id", "missing category"),
    (_remove("annotations", 2, "id"), "annotations[2].id", "missing"),
    (_set("annotations", 2, "id", "3"), "annotations[2].id", "a whole number expected"),
    (_set("annotations", 0, "bbox", [0, 0, 4]), "annotations[0].bbox", "4 numbers"),
    (_set("annotations", 0, "bbox", "0 0 4 4"), "annotations[0].bbox", "4 numbers"),
    (_set("annotations", 0, "bbox", [0, 0, 4, True]), "annotations[0].bbox", "4 numbers"),
    (_set("annotations", 0, "bbox", [0, 0, 4, 10**400]), "annotations[0].bbox", "too large"),
    (_set("annotations", 0, "segmentation", "x"), "annotations[0].segmentation", "a list expected"),
    (_set("annotations", 0, "segmentation", [1, 2, 3, 4]), "annotations[0].segmentation[0]", "a list expected"),
    (_set("annotations", 0, "segmentation", [[1, 2, 3]]), "annotations[0].segmentation[0]", "odd coordinate count"),
    (_set("annotations", 0, "segmentation", [[1, None]]), "annotations[0].segmentation[0][1]", "a number expected"),
    (_set("annotations", 0, "segmentation", [[1, "2"]]), "annotations[0].segmentation[0][1]", "a number expected"),
    (_set("annotations", 0, "segmentation", [[1, True]]), "annotations[0].segmentation[0][1]", "a number expected"),
    (_set("annotations", 0, "segmentation", [[1, 10**400]]), "annotations[0].segmentation[0]", "too large"),
    (_remove("annotations", 1, "segmentation", "size"), "annotations[1].segmentation.size", "missing"),
    (_set("annotations", 1, "segmentation", "size", [4]), "annotations[1].segmentation.size", "height and width"),
    (_set("annotations", 1, "segmentation", "size", [4, 7]), "annotations[1].segmentation.counts", "does not fit"),
    (
        _set("annotations", 1, "segmentation", "size", [10**9, 10**9]),
        "annotations[1].segmentation.counts",
        "impossible",
    ),
    (_set("annotations", 1, "segmentation", "size", [-4, -6]), "annotations[1].segmentation.counts", "impossible"),
    (_set("annotations", 1, "segmentation", "counts", [30, -6]), "annotations[1].segmentation.counts", "negative"),
    (_set("annotations", 1, "segmentation", "counts", [2**70]), "annotations[1].segmentation.counts", "too large"),
    (
        _set("annotations", 1, "segmentation", "counts", [20, 4.0]),
        "annotations[1].segmentation.counts",
        "whole numbers",
    ),
    (_set("annotations", 1, "segmentation", "counts", [20, 5]), "annotations[1].segmentation.counts", "does not fit"),
    (_set("annotations", 1, "segmentation", "counts", "d05"), "annotations[1].segmentation.counts", "does not fit"),
    (_set("annotations", 1, "segmentation", "counts", "d0d"), "annotations[1].segmentation.counts", "middle of a run"),
    (_set("annotations", 1, "segmentation", "counts", "d0 4"), "annotations[1].segmentation.counts", "character"),
    (_set("annotations", 1, "segmentation", "counts", "é"), "annotations[1].segmentation.counts", "character"),
    (_set("annotations", 1, "segmentation", "counts", "o" * 9 + "0"), "annotations[1].segmentation.counts", "too long"),
    (_set("annotations", 1, "segmentation", "counts", None), "annotations[1].segmentation.counts", "run lengths"),
    (_set("annotations", 2, "keypoints", [1, 1]), "annotations[2].keypoints", "odd coordinate count"),
    (_set("annotations", 2, "keypoints", [1, 1, "2"]), "annotations[2].keypoints[2]", "a number expected"),
    (_set("annotations", 2, "keypoints", {"x": 1}), "annotations[2].keypoints", "a list expected"),
]


@pytest.mark.parametrize(
    ("change", "place", "message"), FAULTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_fault_is_named_and_leaves_no_output(change: Change, place: str, message: str, tmp_path: Path) -> None:
    data = copy.deepcopy(GOOD)
    change(data)
    folder = support.make_folder(tmp_path / "in", {FILE: data})
    with pytest.raises(SourceFormatError, match=message) as caught:
        support.convert(folder, tmp_path / "out")
    assert caught.value.path == folder / FILE
    assert caught.value.place == place
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_the_good_one_is_good(tmp_path: Path) -> None:
    folder = support.make_folder(tmp_path / "in", {FILE: GOOD})
    support.convert(folder, tmp_path / "out")
    support.assert_same_dataset(folder, tmp_path / "out")


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        (b'{"images": [\n{"id": 1 2}]}', "line 2 column 10", "not JSON"),
        (b"", "line 1 column 1", "not JSON"),
        (b'{"images": "\xff"}', "byte 12", "not UTF-8"),
        (b"[" * 200_000, None, "cannot be parsed"),
        (b'{"images": [{"id": ' + b"9" * 5000 + b"}]}", None, "cannot be parsed"),
        (b"[]", None, "a map expected"),
        (b"null", None, "a map expected"),
    ],
)
def test_a_file_that_is_no_document(content: bytes, place: str | None, message: str, tmp_path: Path) -> None:
    folder = support.make_folder(tmp_path, {FILE: content})
    with pytest.raises(SourceFormatError, match=message) as caught:
        coco.read(folder).meta("train")
    assert caught.value.path == folder / FILE
    assert place is None or caught.value.place == place


def test_two_images_that_get_one_item_id(tmp_path: Path) -> None:
    names = ["x.jpg", "x.png.jpg", "x.png"]
    data = {"images": [{"id": i, "file_name": name} for i, name in enumerate(names)], "annotations": []}
    folder = support.make_folder(tmp_path, {FILE: data})
    with pytest.raises(SourceFormatError, match="id of its own") as caught:
        coco.read(folder).count("train")
    assert caught.value.place == "images[2].file_name"


def _panoptic(tmp_path: Path, png: object, **changes: object) -> Path:
    segments = [{"id": 7, "category_id": 3, "iscrowd": 0, "area": 1, "bbox": [0, 0, 1, 1]}]
    annotation = {"image_id": 1, "file_name": "a.png", "segments_info": segments} | changes
    files = {"annotations/panoptic_x.json": GOOD | {"annotations": [annotation]}}
    return support.make_folder(tmp_path / "in", files if png is None else files | {"annotations/panoptic_x/a.png": png})


PICTURE = np.array([[7, 0], [0, 0]], np.uint32)


@pytest.mark.parametrize(
    ("png", "changes", "place", "message"),
    [
        (None, {}, "annotations[0].file_name", "cannot be had"),
        (b"no picture", {}, None, "not a picture"),
        (PICTURE, {"file_name": "../../x.png"}, "annotations[0].file_name", "cannot be had"),
        (PICTURE, {"file_name": 5}, "annotations[0].file_name", "text expected"),
        (PICTURE, {"segments_info": 5}, "annotations[0].segments_info", "a list expected"),
        (PICTURE, {"segments_info": [5]}, "annotations[0].segments_info[0]", "a map expected"),
        (PICTURE, {"segments_info": [{"category_id": 3}]}, "annotations[0].segments_info[0].id", "missing"),
        (PICTURE, {"segments_info": [{"id": 7, "category_id": 9}]}, "annotations[0].segments_info[0].category_id", "9"),
    ],
)
def test_faults_of_panoptic(
    png: object, changes: dict[str, Any], place: str | None, message: str, tmp_path: Path
) -> None:
    folder = _panoptic(tmp_path, png, **changes)
    with pytest.raises(SourceFormatError, match=message) as caught:
        support.convert(folder, tmp_path / "out")
    assert caught.value.place == place
    assert not (tmp_path / "out").exists()


def test_a_png_that_would_fill_the_memory(tmp_path: Path) -> None:
    header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (2**30).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    folder = _panoptic(tmp_path, header + b"\0\0\0\0")
    with pytest.raises(SourceFormatError):
        support.convert(folder, tmp_path / "out")


def test_two_pngs_of_one_image(tmp_path: Path) -> None:
    folder = _panoptic(tmp_path, PICTURE)
    path = folder / "annotations" / "panoptic_x.json"
    annotation = {"image_id": 1, "file_name": "a.png", "segments_info": []}
    support.make_folder(folder, {path.relative_to(folder).as_posix(): GOOD | {"annotations": [annotation] * 2}})
    with pytest.raises(SourceFormatError, match="two panoptic annotations"):
        list(coco.read(folder).items("x"))


def test_unknown_items_and_subsets(tmp_path: Path) -> None:
    source = coco.read(support.make_folder(tmp_path, {FILE: GOOD}))
    assert source.item("b", "train").attributes["id"] == 2
    for item_id, subset in (("c", "train"), ("a", "val")):
        with pytest.raises(ItemNotFoundError):
            source.item(item_id, subset)
    with pytest.raises(ItemNotFoundError):
        list(source.items("val"))


def test_a_folder_without_coco(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(SourceFormatError):
            coco.read(path)


def test_media_that_is_missing_or_outside(tmp_path: Path) -> None:
    names = ["gone.jpg", "../secret.jpg", "/etc/passwd", "c\\d.jpg", "link.jpg"]
    data = {"images": [{"id": i, "file_name": name} for i, name in enumerate(names)], "annotations": []}
    folder = support.make_folder(tmp_path / "in", {FILE: data, "images/secret.jpg": b"x", "images/train/n": b"x"})
    (tmp_path / "outside.jpg").write_bytes(b"secret")
    (folder / "images" / "train" / "link.jpg").symlink_to(tmp_path / "outside.jpg")
    gone, *outside = coco.read(folder).items("train")
    with pytest.raises(MediaNotFoundError, match=r"gone\.jpg"):
        support.file_of(gone).read()
    for item in outside:
        with pytest.raises(MediaPathError):
            support.file_of(item).read()
    support.convert(folder, tmp_path / "plain")
    support.assert_same_dataset(folder, tmp_path / "plain")
    with pytest.raises(MediaPathError):
        support.convert(folder, tmp_path / "out", save_media=True)
    assert not (tmp_path / "out").exists()


def test_a_source_can_be_pickled(tmp_path: Path) -> None:
    source = coco.read(support.make_folder(tmp_path, {FILE: GOOD}))
    expected = list(source.items("train"))
    source.item("a", "train")
    assert list(pickle.loads(pickle.dumps(source)).items("train")) == expected  # noqa: S301 -- made here
