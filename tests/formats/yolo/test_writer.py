"""What is written, and what is counted as lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import yaml

import datumpb as dp
from datumpb.errors import InvalidItemError, MediaNotFoundError, MediaPathError, OptionError, OutputExistsError
from datumpb.model import rle
from tests.support.pictures import contents, make, picture

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.losses import LossReport

SIZE = dp.Image(height=100, width=200)


def write(path: Path, annotations: list[dp.Annotation], task: str = "detect", **fields: object) -> LossReport:
    item = dp.Item("a", "train", SIZE, annotations=annotations)
    for name, value in fields.items():
        setattr(item, name, value)
    points = dp.PointsCategories({0: dp.PointsCategory(["p", "q"])}) if task == "pose" else None
    categories = dp.Categories(dp.LabelCategories.from_names(["cat", "dog"]), points=points)
    return dp.Dataset.from_iterable([item], categories=categories).export(path, "yolo", task=task)


def lines(path: Path) -> list[str]:
    return (path / "labels" / "train" / "a.txt").read_text().splitlines()


def outline(*numbers: float, **fields: int) -> dp.Polygon:
    return dp.Polygon(np.array(numbers, np.float64), label=0, **fields)  # type: ignore[arg-type]  # whole numbers


SQUARE = (20.0, 10, 40, 10, 40, 30, 20, 30)
BOX = "0 0.150000 0.200000 0.100000 0.200000"
CORNERS = "0 0.100000 0.100000 0.200000 0.100000 0.200000 0.300000 0.100000 0.300000"
MASK = dp.Mask(100, 200, rle.from_bitmap(np.pad(np.ones((20, 20)), ((10, 70), (20, 160)))), label=0)
BOTH = dp.Points(np.array([10.0, 10, 20, 20]), np.array([2, 0]), label=0, group=1)

CASES: list[tuple[str, list[dp.Annotation], list[str], dict[str, int]]] = [
    ("detect", [dp.Bbox(20, 10, 20, 20, label=0)], [BOX], {}),
    ("detect", [outline(*SQUARE)], [BOX], {"Polygon, written as its box": 1}),
    ("detect", [MASK], [BOX], {"Mask, written as its box": 1}),
    ("detect", [dp.Ellipse(20, 10, 40, 30, label=0)], [BOX], {"Ellipse, written as its box": 1}),
    ("detect", [dp.RotatedBbox(30, 20, 20, 20, 90, label=0)], [BOX], {"RotatedBbox, written as its box": 1}),
    ("detect", [outline(*SQUARE, group=1), outline(*SQUARE, group=1)], [BOX],
     {"Polygon, written as its box": 2, "group of annotations": 2}),
    ("detect", [dp.Bbox(20, 10, 20, 20, label=0, group=1), outline(0, 0, 1, 0, 1, 1, group=1)], [BOX],
     {"Polygon beside a box": 1, "group of annotations": 2}),
    ("detect", [dp.Bbox(20, 10, 20, 20, label=0, group=1), dp.Bbox(0, 0, 1, 1, label=0, group=1)], [BOX],
     {"second box of an object": 1, "group of annotations": 2}),
    ("detect", [BOTH], [], {"annotation of type Points": 1, "group of annotations": 1}),
    ("detect", [dp.Caption("x"), dp.Label(label=0)], [],
     {"annotation of type Caption": 1, "annotation of type Label": 1}),
    ("detect", [dp.Bbox(1, 1, 1, 1)], [], {"annotation without a label": 1}),
    ("detect", [dp.Bbox(1, 1, 1, 1, label=2)], [], {"annotation whose label is not among the categories": 1}),
    ("detect", [dp.Bbox(1, 1, 1, 1, label=0, attributes={"is_crowd": True})], [],
     {"crowd region, which would be learned as one object": 1}),
    ("detect", [dp.Bbox(20, 10, 20, 20, label=0, id=1, z_order=2, object_id=3, attributes={"a": 1, "b": 2})], [BOX],
     {"id of an annotation": 1, "z_order of an annotation": 1, "object_id of an annotation": 1,
      "attribute of an annotation": 2}),
    ("detect", [dp.Bbox(-100, 10, 140, 20, label=0)], ["0 0.100000 0.200000 0.200000 0.200000"],
     {"shape that reaches beyond the picture, cut": 1}),
    ("detect", [dp.Bbox(-100, 10, 20, 20, label=0)], [], {"shape outside of the picture": 1}),
    ("detect", [dp.Bbox(10, 10, -1, 20, label=0)], [], {"box of negative size": 1}),
    ("detect", [outline()], [], {"Polygon, written as its box": 1, "shape without an extent": 1}),
    ("segment", [outline(*SQUARE)], [CORNERS], {}),
    ("segment", [outline(*SQUARE, group=1), outline(*SQUARE, group=1)], [CORNERS, CORNERS],
     {"object of several outlines, written as several objects": 1, "group of annotations": 2}),
    ("segment", [dp.Bbox(20, 10, 20, 20, label=0)], [CORNERS], {"Bbox, written as the corners of its box": 1}),
    ("segment", [MASK], [CORNERS], {"Mask, written as the corners of its box": 1}),
    ("segment", [outline(*SQUARE, group=1), dp.Bbox(0, 0, 1, 1, label=0, group=1)], [CORNERS],
     {"Bbox beside an outline": 1, "group of annotations": 2}),
    ("segment", [outline(0, 0, 1, 1)], [], {"outline of fewer than three corners": 1}),
    ("segment", [outline(-10, 10, 40, 10, 40, 30)], ["0 0.000000 0.100000 0.200000 0.100000 0.200000 0.300000"],
     {"shape that reaches beyond the picture, cut": 1}),
    ("obb", [dp.RotatedBbox(30, 20, 20, 20, 0, label=0)], [CORNERS], {}),
    ("obb", [outline(*SQUARE)], [CORNERS], {}),
    ("obb", [outline(*SQUARE[:6], 20, 30, 22, 20)], [CORNERS], {"Polygon, written as the corners of its box": 1}),
    ("obb", [dp.Bbox(20, 10, 20, 20, label=0)], [CORNERS], {"Bbox, written as the corners of its box": 1}),
    ("pose", [dp.Bbox(20, 10, 20, 20, label=0, group=1), BOTH],
     [BOX + " 0.050000 0.100000 2.000000 0.100000 0.200000 0.000000"], {}),
    ("pose", [dp.Bbox(20, 10, 20, 20, label=0)], [BOX + " 0.000000" * 6], {}),
    ("pose", [dp.Points(np.array([10.0, 10]), label=0)],
     ["0 0.050000 0.100000" + " 0.000000" * 2 + " 0.050000 0.100000 2.000000" + " 0.000000" * 3],
     {"keypoints without a box, which is made of their extent": 1,
      "object with fewer keypoints than kpt_shape has, filled up with zeros": 1}),
    ("pose", [dp.Points(np.arange(6.0), label=0)], [],
     {"keypoints without a box, which is made of their extent": 1,
      "object with more keypoints than kpt_shape has": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("task", "annotations", "expected", "losses"), CASES)
def test_lines_and_losses(
    task: str, annotations: list[dp.Annotation], expected: list[str], losses: dict[str, int], tmp_path: Path
) -> None:
    found = write(tmp_path / "out", annotations, task)
    assert lines(tmp_path / "out") == expected
    assert dict(found.counts) == losses
    assert found.examples.keys() == losses.keys()
    dp.Dataset.import_from(tmp_path / "out", "yolo").get("a")  # what is written can be read


def test_losses_of_items_and_categories(tmp_path: Path) -> None:
    labels = dp.LabelCategories([dp.LabelCategory("a", "b", ["x"], {"y": 1})], [dp.LabelGroup("g")], ["z"])
    categories = dp.Categories(labels, dp.MaskCategories(), dp.PointsCategories(), dp.TabularCategories())
    item = dp.Item("a", "train", dp.Video(), {"k": 1})
    dataset = dp.Dataset.from_iterable([item], infos={"i": 1}, categories=categories)
    assert dict(dataset.export(tmp_path / "out", "yolo", save_media=True).counts) == {
        "parent of a label": 1,
        "list of a label's attributes": 1,
        "info of a label": 1,
        "group of labels": 1,
        "list of attributes of all labels": 1,
        "colours of masks": 1,
        "keypoints of labels": 1,
        "columns of tables": 1,
        "info of the dataset": 1,
        "attribute of an item": 1,
        "media that is not an image (Video)": 1,
    }


def dataset_of_two(tmp_path: Path) -> dp.Dataset:
    data = picture(20, 10)
    file = make(tmp_path / "pictures", {"x.jpg": picture(30, 10, "JPEG")}) / "x.jpg"
    items = [
        dp.Item("b/1", "train", dp.Image.from_bytes(data), annotations=[dp.Bbox(5, 5, 10, 2, label=1)]),
        dp.Item("a", "train", dp.Image.from_bytes(data, 10, 20)),
        dp.Item("a", "val", dp.Image.from_file(str(file))),
    ]
    return dp.Dataset.from_iterable(items, categories=["cat", "no"])


def test_ultralytics(tmp_path: Path) -> None:
    assert not dataset_of_two(tmp_path).export(tmp_path / "out", "yolo", save_media=True)
    found = contents(tmp_path / "out")
    assert sorted(found) == [
        "data.yaml", "images/train/a.png", "images/train/b/1.png", "images/val/a.jpg",
        "labels/train/a.txt", "labels/train/b/1.txt", "labels/val/a.txt", "train.txt", "val.txt",
    ]  # fmt: skip
    settings = yaml.safe_load(found["data.yaml"])
    assert settings == {"train": "train.txt", "val": "val.txt", "nc": 2, "names": {0: "cat", 1: "no"}}
    assert found["train.txt"] == b"./images/train/b/1.png\n./images/train/a.png\n"
    assert found["labels/train/b/1.txt"] == b"1 0.500000 0.600000 0.500000 0.200000\n"
    assert found["labels/train/a.txt"] == b""
    assert found["images/train/a.png"] == picture(20, 10)


def test_darknet(tmp_path: Path) -> None:
    assert not dataset_of_two(tmp_path).export(tmp_path / "out", "yolo", save_media=True, layout="darknet")
    found = contents(tmp_path / "out")
    assert sorted(found) == [
        "obj.data", "obj.names", "obj_train_data/a.png", "obj_train_data/a.txt", "obj_train_data/b/1.png",
        "obj_train_data/b/1.txt", "obj_val_data/a.jpg", "obj_val_data/a.txt", "train.txt", "val.txt",
    ]  # fmt: skip
    assert found["obj.data"] == (
        b"classes = 2\ntrain = data/train.txt\nval = data/val.txt\nnames = data/obj.names\nbackup = backup/\n"
    )
    assert found["obj.names"] == b"cat\nno\n"
    assert found["train.txt"] == b"data/obj_train_data/b/1.png\ndata/obj_train_data/a.png\n"


@pytest.mark.parametrize("layout", ["ultralytics", "darknet"])
def test_without_pictures_their_sizes_are_written(layout: str, tmp_path: Path) -> None:
    dataset = dataset_of_two(tmp_path)
    dataset.export(tmp_path / "with", "yolo", save_media=True, layout=layout)
    dataset.export(tmp_path / "out", "yolo", layout=layout)
    expected = dp.Dataset.import_from(tmp_path / "with", "yolo")
    assert list(dp.Dataset.import_from(tmp_path / "out", "yolo")) == list(expected)


def test_overwriting_another_layout(tmp_path: Path) -> None:
    dataset = dataset_of_two(tmp_path)
    dataset.export(tmp_path / "out", "yolo", layout="darknet")
    with pytest.raises(OutputExistsError):
        dataset.export(tmp_path / "out", "yolo")
    dataset.export(tmp_path / "out", "yolo", save_media=True, overwrite=True)
    assert not (tmp_path / "out" / "obj.data").exists()
    assert [item.id for item in dp.Dataset.import_from(tmp_path / "out")] == ["b/1", "a", "a"]


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
@pytest.mark.parametrize("task", ["detect", "segment", "obb"])
def test_coordinates_that_are_not_finite(number: float, task: str, tmp_path: Path) -> None:
    for shape in (dp.Bbox(0, 0, number, 1, label=0), outline(0, 0, number, 0, 1, 1, 0, 1)):
        with pytest.raises(InvalidItemError, match="'a': a coordinate"):
            write(tmp_path / "out", [shape], task)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("media", [None, dp.Image(), dp.Image(height=0, width=0), dp.Image.from_file("nowhere.png")])
def test_a_size_that_is_not_known(media: dp.Image | None, tmp_path: Path) -> None:
    write(tmp_path / "empty", [], media=media)
    with pytest.raises(MediaNotFoundError, match="'a': the size of its picture"):
        write(tmp_path / "out", [dp.Bbox(0, 0, 1, 1, label=0)], media=media)
    assert [entry.name for entry in tmp_path.iterdir()] == ["empty"]


@pytest.mark.parametrize("item_id", ["../x", "/x", "a//b", "a\\b", "a\0"])
def test_an_id_that_leads_outside(item_id: str, tmp_path: Path) -> None:
    with pytest.raises(MediaPathError):
        write(tmp_path / "out", [], id=item_id)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("layout", ["ultralytics", "darknet"])
@pytest.mark.parametrize("subset", ["names", "..", "a/b", " a", "a\nb"])
def test_names_of_subsets(subset: str, layout: str, tmp_path: Path) -> None:
    dataset = dp.Dataset.from_iterable([dp.Item("a", subset)])
    with pytest.raises(InvalidItemError, match="subset"):
        dataset.export(tmp_path / "out", "yolo", layout=layout)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a\nb", " a", ""])
def test_names_of_labels(name: str, tmp_path: Path) -> None:
    dataset = dp.Dataset.from_iterable([], categories=[name])
    with pytest.raises(InvalidItemError, match="label"):
        dataset.export(tmp_path / "out", "yolo", layout="darknet")
    assert not list(tmp_path.iterdir())
    dataset.export(tmp_path / "out", "yolo")
    assert [label.name for label in dp.Dataset.import_from(tmp_path / "out").categories().labels or []] == [name]


def test_an_id_with_a_line_break(tmp_path: Path) -> None:
    with pytest.raises(InvalidItemError, match="line break"):
        write(tmp_path / "out", [], id="a\nb")


@pytest.mark.parametrize(
    "options", [{"layout": "x"}, {"task": "x"}, {"layout": "darknet", "task": "segment"}, {"nope": 1}]
)
def test_options_that_there_are_not(options: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(OptionError):
        dataset_of_two(tmp_path).export(tmp_path / "out", "yolo", **options)
    assert not (tmp_path / "out").exists()


def test_pose_without_keypoints(tmp_path: Path) -> None:
    with pytest.raises(InvalidItemError, match="keypoints"):
        dataset_of_two(tmp_path).export(tmp_path / "out", "yolo", task="pose")
    assert not (tmp_path / "out").exists()


def test_pose_counts_keypoints_where_no_category_has_them(tmp_path: Path) -> None:
    points = [dp.Points(np.arange(count * 2.0), label=0) for count in (1, 3, 2)]
    item = dp.Item("a", "train", SIZE, annotations=list(points))
    dp.Dataset.from_iterable([item], categories=["cat"]).export(tmp_path / "out", "yolo", task="pose")
    assert yaml.safe_load((tmp_path / "out" / "data.yaml").read_text())["kpt_shape"] == [3, 3]
    assert len(lines(tmp_path / "out")) == 3


def test_losses_of_keypoints(tmp_path: Path) -> None:
    points = dp.PointsCategories(
        {
            0: dp.PointsCategory(["p", "q"], [(1, 2)], np.zeros((2, 2))),
            1: dp.PointsCategory(["p"]),
            7: dp.PointsCategory([]),
        }
    )
    categories = dp.Categories(dp.LabelCategories.from_names(["cat", "dog"]), points=points)
    found = dp.Dataset.from_iterable([], categories=categories).export(tmp_path / "out", "yolo", task="pose")
    assert dict(found.counts) == {
        "joints of keypoints": 1,
        "positions of keypoints": 1,
        "names of keypoints that are not as many as kpt_shape has": 1,
    }
    settings = yaml.safe_load((tmp_path / "out" / "data.yaml").read_text())
    assert (settings["kpt_shape"], settings["kpt_names"]) == ([2, 3], {0: ["p", "q"]})


@pytest.mark.parametrize("name", ["\x85", "a\u2028b", "no", "1.0", "null", "- x", "#", "😀", "a: b", "\t"])
def test_names_that_yaml_would_take_for_something_else(name: str, tmp_path: Path) -> None:
    dp.Dataset.from_iterable([], categories=[name]).export(tmp_path / "out", "yolo")
    assert [label.name for label in dp.Dataset.import_from(tmp_path / "out").categories().labels or []] == [name]


def test_an_id_with_a_folder_of_images(tmp_path: Path) -> None:
    write(tmp_path / "out", [dp.Bbox(1, 1, 1, 1, label=0)], id="images/b")
    assert (tmp_path / "out" / "images" / "train" / "labels" / "b.txt").is_file()  # where Ultralytics looks
    (item,) = dp.Dataset.import_from(tmp_path / "out")
    assert (item.id, len(item.annotations)) == ("images/b", 1)
