"""What is read of a VOC folder: labels, lists, tasks, objects, pictures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import datumpb as dp
from datumpb.formats import voc
from datumpb.formats.voc.palette import PALETTE
from tests.support.pictures import make, picture
from tests.support.voc import LABELMAP, annotation_xml, box_xml, folder_files, object_xml, read, rich_dataset

if TYPE_CHECKING:
    from pathlib import Path


def labels_of(root: Path) -> list[str]:
    source = voc.read(root)
    return [label.name for label in source.meta(source.subsets()[0]).categories.labels or []]


def test_the_palette_is_that_of_voc() -> None:
    assert len(set(PALETTE)) == 256
    known = {0: (0, 0, 0), 1: (128, 0, 0), 2: (0, 128, 0), 3: (128, 128, 0), 8: (64, 0, 0), 15: (192, 128, 128)}
    assert {number: PALETTE[number] for number in known} == known
    assert PALETTE[20] == (0, 64, 128)
    assert PALETTE[255] == (224, 224, 192)


def test_without_a_list_the_labels_are_those_of_voc(tmp_path: Path) -> None:
    root = make(tmp_path, folder_files(object_xml("tvmonitor"), labelmap=None))
    source = voc.read(root)
    labels = source.meta("train").categories.labels
    assert labels is not None
    assert len(labels) == 25
    assert [labels[index].name for index in (0, 1, 15, 20, 21, 22)] == [
        *("background", "aeroplane", "person", "tvmonitor", "ignored", "head"),
    ]
    assert "jumping" in labels[15].attributes
    assert labels[15].infos == {"voc": {"parts": ["head", "hand", "foot"]}}


def test_other_labels_are_found_where_there_is_no_list(tmp_path: Path) -> None:
    part = f"<part><name>wheel</name>{box_xml(1, 1, 2, 2)}</part>"
    files = folder_files(
        object_xml("van", more=part + "<actions><moving>1</moving></actions>"), object_xml("bus"), labelmap=None
    )
    files["ImageSets/Main/tram_train.txt"] = "a -1\n"
    root = make(tmp_path, files)
    assert labels_of(root) == ["background", "bus", "tram", "van", "wheel"]
    source = voc.read(root)
    labels = source.meta("train").categories.labels
    assert labels is not None
    assert labels[3].attributes == ["moving"]
    assert source.subsets() == ["train"]


def test_colours_are_those_of_the_palette_where_no_label_has_one(tmp_path: Path) -> None:
    files = folder_files(object_xml(), labelmap="background:::\ncat:::\n")
    root = make(tmp_path, files)
    assert voc.read(root).meta("train").categories.masks is None
    make(root, {"SegmentationClass/a.png": picture()})
    assert voc.read(root).meta("train").categories.masks == dp.MaskCategories({0: (0, 0, 0), 1: (128, 0, 0)})


def test_the_file_of_labels_that_datumaro_can_write_instead(tmp_path: Path) -> None:
    meta = {
        "labels": ["background", "cat", "person"],
        "label_map": {"0": "background", "2": "person"},
        "segmentation_colors": [[0, 0, 0], [1, 2, 3]],
        "parts": {"0": [], "2": ["head"]},
        "actions": {"2": ["jumping"]},
    }
    root = make(tmp_path, {**folder_files(object_xml()), "dataset_meta.json": json.dumps(meta)})
    categories = voc.read(root).meta("train").categories
    assert labels_of(root) == ["background", "cat", "person", "head"]
    assert categories.masks == dp.MaskCategories({0: (0, 0, 0), 2: (1, 2, 3)})


def test_lists_of_all_tasks_make_the_items(tmp_path: Path) -> None:
    files = folder_files(object_xml())
    files |= {
        "ImageSets/Main/train.txt": "# all\n\nb\na\n",
        "ImageSets/Segmentation/train.txt": "c\n",
        "ImageSets/Layout/train.txt": 'a 1\na 2\n"d e" 1\n',
        "ImageSets/Action/val.txt": "f 1\n",
        "ImageSets/Main/my_val.txt": "g\n",
    }
    root = make(tmp_path, files)
    assert list(read(root)) == [
        *(("my_val", "g"), ("train", "b"), ("train", "a"), ("train", "c"), ("train", "d e"), ("val", "f")),
    ]
    assert list(read(root, task="layout")) == [("train", "a"), ("train", "d e")]
    assert list(read(root, task="segmentation")) == [("train", "c")]
    assert list(read(root, task="action")) == [("val", "f")]


def test_a_list_of_a_label_is_no_subset_and_says_what_is_there(tmp_path: Path) -> None:
    files = folder_files()
    files |= {
        "ImageSets/Main/train.txt": "a\nb\nc d\n",
        "ImageSets/Main/cat_train.txt": "a  1\nb -1\nc d  0\n",
        "ImageSets/Main/person_train.txt": "a  1\n",
        "ImageSets/Main/cat_val.txt": "x\n",  # no list "val": a subset of its own
    }
    root = make(tmp_path, files)
    assert voc.read(root).subsets() == ["cat_val", "train"]
    found = {key: item.annotations for key, item in read(root, task="classification").items()}
    assert found == {
        ("cat_val", "x"): [],
        ("train", "a"): [dp.Label(label=1), dp.Label(label=2)],
        ("train", "b"): [],
        ("train", "c d"): [dp.Label(label=1, attributes={"difficult": True})],
    }


def test_lists_of_actions_count_where_the_object_says_nothing(tmp_path: Path) -> None:
    files = folder_files(object_xml("person", more="<actions><jumping>0</jumping></actions>"), object_xml("person"))
    files |= {
        "ImageSets/Action/train.txt": "a 1\na 2\n",
        "ImageSets/Action/jumping_train.txt": "a 1 1\na 2 1\n",
        "ImageSets/Action/walking_train.txt": "a 1 1\n",
    }
    first, second = read(make(tmp_path, files), task="action")["train", "a"].annotations
    assert first.attributes == {"jumping": False, "walking": True}
    assert second.attributes == {"jumping": True}


@pytest.mark.parametrize(
    ("task", "kinds"),
    [
        (None, ["Label", "Label", "Bbox", "Bbox", "Bbox", "Bbox", "Mask", "Mask"]),
        ("classification", ["Label", "Label"]),
        ("detection", ["Bbox", "Bbox"]),
        ("segmentation", ["Mask", "Mask"]),
        ("layout", ["Bbox", "Bbox", "Bbox", "Bbox"]),
        ("action", ["Bbox", "Bbox"]),
    ],
)
def test_a_task_is_read_alone(task: str | None, kinds: list[str], tmp_path: Path) -> None:
    from tests.support.voc import export  # noqa: PLC0415 -- only here

    export(rich_dataset(tmp_path), tmp_path / "out")
    found = read(tmp_path / "out", task=task)["train", "a"].annotations
    assert [type(one).__name__ for one in found] == kinds
    boxes = [one for one in found if isinstance(one, dp.Bbox) and one.label == 2]
    assert all(("jumping" in box.attributes) is (task in {None, "action"}) for box in boxes)


def test_an_object_with_all_that_it_may_have(tmp_path: Path) -> None:
    more = (
        "<pose>Frontal</pose><truncated>1</truncated><occluded>0</occluded><difficult>1</difficult>"
        f"<part><name>head</name>{box_xml(2, 3, 4, 5)}</part><actions><walking>1</walking></actions>"
        "<attributes><attribute><name>colour</name><value>red</value></attribute></attributes><view>side</view>"
    )
    found = read(make(tmp_path, folder_files(object_xml("person", more=more))))["train", "a"].annotations
    attributes: dict[str, Any] = {"pose": "Frontal", "truncated": True, "occluded": False, "difficult": True}
    attributes |= {"colour": "red", "walking": True, "voc": {"view": "side"}}
    assert found == [
        dp.Bbox(1, 2, 4, 5, label=2, id=1, group=1, attributes=attributes),
        dp.Bbox(2, 3, 2, 2, label=3, group=1),
    ]
    one_based = read(tmp_path, one_based=True)["train", "a"].annotations
    assert isinstance(one_based[0], dp.Bbox)
    assert (one_based[0].x, one_based[0].y, one_based[0].w, one_based[0].h) == (0, 1, 5, 6)


@pytest.mark.parametrize(
    ("pictures", "filename", "found"),
    [
        (["a.jpg", "b.png"], "b.png", "a.jpg"),  # VOC goes by the name of the item
        (["a.png"], "a.jpg", "a.png"),
        (["b.png"], "b.png", "b.png"),
        ([], "b.png", "b.png"),
        (["b.png"], None, None),
    ],
)
def test_the_picture_of_an_item(pictures: list[str], filename: str | None, found: str | None, tmp_path: Path) -> None:
    files = folder_files()
    del files["JPEGImages/a.jpg"]
    files |= {f"JPEGImages/{name}": picture() for name in pictures}
    files["Annotations/a.xml"] = annotation_xml(head=f"<filename>{filename}</filename>" if filename else "")
    media = read(make(tmp_path, files))["train", "a"].media
    path = media.file.path if isinstance(media, dp.Image) and media.file is not None else None
    assert path == (None if found is None else f"JPEGImages/{found}")


def test_one_item_and_the_number_of_items(tmp_path: Path) -> None:
    source = voc.read(make(tmp_path, folder_files(object_xml())))
    assert source.count("train") == 1
    assert source.item("a", "train") == next(iter(source.items("train")))
    for item_id, subset in (("b", "train"), ("a", "val")):
        with pytest.raises(dp.ItemNotFoundError):
            source.item(item_id, subset)


def test_items_are_read_one_by_one(tmp_path: Path) -> None:
    files = folder_files(object_xml())
    files |= {"ImageSets/Main/train.txt": "a\nb\n", "Annotations/b.xml": "broken"}
    items = voc.read(make(tmp_path, files)).items("train")
    assert next(items).id == "a"
    with pytest.raises(dp.SourceFormatError, match=r"b\.xml"):
        next(items)


def test_a_folder_is_recognized_and_so_is_the_one_around_it(tmp_path: Path) -> None:
    make(tmp_path / "VOCdevkit/VOC2012", folder_files(object_xml(), labelmap=LABELMAP))
    assert voc.detect(tmp_path / "VOCdevkit/VOC2012") == "lists in ImageSets, and folders of what they name"
    assert voc.detect(tmp_path / "VOCdevkit") == "lists in VOC2012/ImageSets, and folders of what they name"
    assert list(read(tmp_path / "VOCdevkit")) == [("train", "a")]
    assert voc.detect(tmp_path) is None
    assert voc.detect(tmp_path / "VOCdevkit/VOC2012/labelmap.txt") is None
