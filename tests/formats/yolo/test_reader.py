"""Every layout and task, as the items that they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import datumpb as dp
from datumpb.formats import yolo
from datumpb.model.geometry import rotated_corners
from tests.support.exports import export_as
from tests.support.pictures import ASSETS, make, picture

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.source import DatasetSource

TWO = "names: [cat, dog]\n"
LINE = "1 0.5 0.5 0.2 0.4\n"


def items(source: DatasetSource) -> dict[str, list[str]]:
    return {subset: [item.id for item in source.items(subset)] for subset in source.subsets()}


def only(source: DatasetSource) -> dp.Item:
    (item,) = (item for subset in source.subsets() for item in source.items(subset))
    return item


def names(source: DatasetSource) -> list[str]:
    return [label.name for label in source.meta(source.subsets()[0]).categories.labels or []]


@pytest.mark.parametrize("prefix", ["data/", "", "./"])
def test_darknet(prefix: str, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "obj.data": f"classes = 2\n# a remark\ntrain = {prefix}train.txt\nnames = {prefix}obj.names\nbackup = x/\n",
        "obj.names": "cat\r\n big dog \r\n\r\n",
        "train.txt": f"{prefix}obj_train_data/b/2.png\n{prefix}obj_train_data/1.png\n",
        "obj_train_data/1.png": picture(10, 20),
        "obj_train_data/1.txt": "\ufeff" + LINE,
        "obj_train_data/b/2.png": picture(),
    }
    root = make(tmp_path / "in", files)
    assert yolo.detect(root) == "obj.data has Darknet's settings"
    for path in (root, root / "obj.data"):
        source = yolo.read(path)
        assert items(source) == {"train": ["b/2", "1"]}
        assert names(source) == ["cat", "big dog"]
        item = source.item("1", "train")
        assert isinstance(item.media, dp.Image)
        assert (item.media.height, item.media.width) == (20, 10)
        assert item.media.file is not None
        assert item.media.file.read() == files["obj_train_data/1.png"]
        assert item.annotations == [dp.Bbox(4.0, 6.0, 2.0, 8.0, label=1)]
        assert source.item("b/2", "train").annotations == []


@pytest.mark.parametrize(
    "places",
    [
        "train: images/train\nval: [images/val]\n",
        "path: .\ntrain: images/train/\nval: ./images/val\n",
        "path: ../datasets/elsewhere\ntrain: images/train\nval: images/val\ntest:\n",
        "path: images\ntrain: train\nval: val\ntest: ''\n",
        "train: ../images/train\nval: ../images/val\n",  # as Roboflow writes it
        "train: train.txt\nval: lists/val.txt\n",
    ],
)
def test_ultralytics(places: str, tmp_path: Path) -> None:
    root = make(
        tmp_path / "in",
        {
            "data.yaml": places + "names: {0: cat, 1: 7}\nnc: 2\n",
            "train.txt": f"./images/train/a.png\n{tmp_path.resolve()}/in/images/train/sub/b.png\n",
            "lists/val.txt": "images/val/a.png\n",
            "images/train/a.png": picture(10, 10),
            "images/train/sub/b.png": picture(),
            "images/val/a.png": picture(),
            "labels/train/a.txt": LINE,
            "labels/train/sub/b.txt": "",
        },
    )
    assert yolo.detect(root) is not None
    source = yolo.read(root)
    assert items(source) == {"train": ["a", "sub/b"], "val": ["a"]}
    assert names(source) == ["cat", "7"]
    assert source.item("a", "train").annotations == [dp.Bbox(4.0, 3.0, 2.0, 4.0, label=1)]
    assert source.count("train") == 2


def test_labels_are_found_beside_their_folder_of_images(tmp_path: Path) -> None:
    root = make(
        tmp_path / "in",
        {
            "data.yaml": TWO + "train: [train/images, more]\nval: val/images\n",
            "train/images/a.png": picture(),
            "train/labels/a.txt": LINE,
            "val/images/a.png": picture(),
            "val/labels/a.txt": LINE + LINE,
            "more/a.png": picture(),
            "more/a.txt": LINE * 3,
            "more/notes.txt": "no labels",
        },
    )
    source = yolo.read(root)
    assert {item.id: len(item.annotations) for item in source.items("train")} == {"a": 1, "more/a": 3}
    assert [len(item.annotations) for item in source.items("val")] == [2]


def test_pictures_that_differ_in_their_ending_only(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"data.yaml": TWO + "train: images\n", "labels/a.txt": LINE}
    root = make(tmp_path, {**files, "images/a.jpg": picture(kind="JPEG"), "images/a.png": picture()})
    assert items(yolo.read(root)) == {"train": ["a", "images/a"]}


@pytest.mark.parametrize("names_file", ["obj.names", "classes.txt"])
@pytest.mark.parametrize(("images", "labels"), [("images/", "labels/"), ("Images/", "Annotations/"), ("", "")])
def test_loose(names_file: str, images: str, labels: str, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {names_file: "cat\ndog\n", f"{images}1.png": picture(), f"{labels}1.txt": LINE}
    root = make(tmp_path, {**files, "README.txt": "words"})
    assert yolo.detect(root) is not None
    source = yolo.read(root)
    assert items(source) == {"default": ["1"]}
    assert len(only(source).annotations) == 1


def test_other_keys_are_kept(tmp_path: Path) -> None:
    root = make(
        tmp_path / "in",
        {
            "data.yaml": TWO + "train: images\ndate: 2024-02-03\nflip_idx: [1, 0]\nroboflow: {version: 2}\n",
            "images/a.png": picture(),
        },
    )
    kept = {"date": "2024-02-03", "flip_idx": [1, 0], "roboflow": {"version": 2}}
    assert yolo.read(root).meta("train").infos == {"yolo": kept}
    export_as("yolo", yolo.read(root), tmp_path / "out")
    assert yolo.read(tmp_path / "out").meta("train").infos == {"yolo": kept}


def _one(tmp_path: Path, line: str, settings: str = TWO) -> Path:
    image = picture(100, 50)
    return make(
        tmp_path / "in",
        {"data.yaml": settings + "train: images\n", "images/a.png": image, "labels/a.txt": line + "\n"},
    )


def test_segment(tmp_path: Path) -> None:
    (shape,) = only(yolo.read(_one(tmp_path, "0 0.1 0.2 0.5 0.2 0.5 0.8"))).annotations
    assert shape == dp.Polygon(np.array([10.0, 10, 50, 10, 50, 40]), label=0)


@pytest.mark.parametrize("settings", [TWO, TWO + "task: obb\n"])
def test_obb(settings: str, tmp_path: Path) -> None:
    task = None if "task" in settings else "obb"
    root = _one(tmp_path, "0 0.3 0.2 0.5 0.6 0.4 0.8 0.2 0.4", settings)
    (shape,) = only(yolo.read(root, task=task)).annotations
    assert isinstance(shape, dp.RotatedBbox)
    assert (shape.cx, shape.cy) == pytest.approx((35, 25))
    assert (shape.w, shape.h, shape.r) == pytest.approx((800**0.5, 200**0.5, 45))
    assert rotated_corners(shape) == [pytest.approx(corner) for corner in [(30, 10), (50, 30), (40, 40), (20, 20)]]


def test_obb_that_is_not_rectangular(tmp_path: Path) -> None:
    (shape,) = only(yolo.read(_one(tmp_path, "0 0.1 0.1 0.9 0.1 0.5 0.5 0.1 0.5"), task="obb")).annotations
    assert shape == dp.Polygon(np.array([10.0, 5, 90, 5, 50, 25, 10, 25]), label=0)


@pytest.mark.parametrize("size", [2, 3])
def test_pose(size: int, tmp_path: Path) -> None:
    settings = TWO + f"kpt_shape: [2, {size}]\nkpt_names: {{1: [nose, tail]}}\n"
    points = "0.1 0.2 0.3 0.4" if size == 2 else "0.1 0.2 1.0 0.3 0.4 0"
    source = yolo.read(_one(tmp_path, f"1 0.5 0.5 0.2 0.4 {points}", settings))
    box, keypoints = only(source).annotations
    assert box == dp.Bbox(40.0, 15.0, 20.0, 20.0, label=1, group=1)
    visibility = np.array([2, 2] if size == 2 else [1, 0], np.uint8)
    assert keypoints == dp.Points(np.array([[0.1, 0.2], [0.3, 0.4]]) * (100, 50), visibility, label=1, group=1)
    categories = source.meta("train").categories.points
    assert categories is not None
    assert [category.labels for category in categories.items.values()] == [["0", "1"], ["nose", "tail"]]


@pytest.mark.skipif(not ASSETS.is_dir(), reason="../shared/data is not here")
@pytest.mark.parametrize(
    ("folder", "subsets"), [("annotations", ["default"]), ("labels", ["train", "val"]), ("strict", ["train"])]
)
def test_shared_folders(folder: str, subsets: list[str], tmp_path: Path) -> None:
    path = ASSETS / "yolo_dataset" / folder
    assert dp.Dataset.detect(path) == "yolo"
    source = yolo.read(path)
    assert items(source) == {subset: ["1"] for subset in subsets}
    assert len(names(source)) == 10
    layout = "darknet" if folder == "strict" else "ultralytics"
    export_as("yolo", source, tmp_path / "out", layout=layout, save_media=True)
    before = sorted(file.read_bytes() for file in path.rglob("1.*"))
    assert sorted(file.read_bytes() for file in (tmp_path / "out").rglob("1.*")) == before


def test_nothing_else_is_taken_for_yolo(tmp_path: Path) -> None:
    for name, content in {
        "a.yaml": "names: [x]\n",
        "b.yaml": "train: x\n",
        "obj.names": "cat\n",
        "x.data": "a = b\n",
    }.items():
        assert yolo.detect(make(tmp_path / name, {name: content, "images/a.png": picture()})) is None
    assert yolo.detect(tmp_path / "missing") is None
