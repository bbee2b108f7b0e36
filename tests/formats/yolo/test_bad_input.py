"""Each fault of a YOLO dataset is one typed error that names file and place."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from datumpb.errors import (
    DatumpbError,
    ItemNotFoundError,
    MediaMismatchError,
    MediaNotFoundError,
    MediaPathError,
    OptionError,
    SourceFormatError,
)
from datumpb.formats import yolo
from tests.support.exports import export_as
from tests.support.pictures import make, picture
from tests.support.samples import one_line

if TYPE_CHECKING:
    from pathlib import Path

NAMES = "names: [cat, dog]\n"
POSE = NAMES + "kpt_shape: [2, 3]\n"
GOOD = "0 0.5 0.5 0.2 0.2\n"


def read_all(path: Path, task: str | None = None) -> None:
    source = yolo.read(path, task=task)
    for subset in source.subsets():
        for _ in source.items(subset):
            pass


def with_line(tmp_path: Path, line: str, settings: str = NAMES) -> Path:
    files: dict[str, str | bytes] = {"data.yaml": settings + "train: images\n", "images/a.png": picture()}
    return make(tmp_path / "in", {**files, "labels/a.txt": f"\n{line}\n"})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("2 0.5 0.5 0.1 0.1", "unknown class 2"),
        ("-1 0.5 0.5 0.1 0.1", "unknown class -1"),
        ("1.5 0.5 0.5 0.1 0.1", "whole number"),
        ("cat 0.5 0.5 0.1 0.1", "finite number expected, not 'cat'"),
        ("0 0.5 0.5 0.1", "not 3 numbers"),
        ("0", "not 0 numbers"),
        ("0 0.5 0.5 0.1 0.1 0.9", "not 5 numbers"),
        ("0 0.5 0.5 0.1 0.1 0.9 0.8 0.7", "not 7 numbers"),
        ("0 nan 0.5 0.1 0.1", "finite number expected, not 'nan'"),
        ("0 inf 0.5 0.1 0.1", "finite number"),
        ("0 0_1 0.5 0.1 0.1", "finite number"),
        ("0 0.5 1.02 0.1 0.1", "outside of the picture: 1.02"),
        ("0 -0.02 0.5 0.1 0.1", "outside of the picture: -0.02"),
        ("0 0.5 0.5 -0.001 0.1", "negative size"),
        ("0 0.5 0.5 0.1 0.1 0.2 1.5", "outside of the picture"),
    ],
)
def test_a_bad_line(line: str, message: str, tmp_path: Path) -> None:
    root = with_line(tmp_path, GOOD + line)
    with pytest.raises(SourceFormatError, match=message) as caught:
        read_all(root)
    assert caught.value.path == root / "labels" / "a.txt"
    assert caught.value.place == "line 3"
    one_line(caught.value)


@pytest.mark.parametrize(
    ("line", "settings", "task"),
    [
        ("0 0.1 0.1 0.2 0.1 0.2 0.2", NAMES, "detect"),
        ("0 0.1 0.1 0.2 0.1 0.2 0.2", NAMES, "obb"),
        (GOOD, NAMES, "obb"),
        (GOOD, POSE, None),
        ("0 0.5 0.5 0.2 0.2 0.1 0.1 3 0.1 0.1 2", POSE, None),
        ("0 0.5 0.5 0.2 0.2 0.1 0.1 0.5 0.1 0.1 2", POSE, None),
        ("0 0.5 0.5 0.2 0.2 0.1 1.1 2 0.1 0.1 2", POSE, None),
    ],
)
def test_a_line_of_another_task(line: str, settings: str, task: str | None, tmp_path: Path) -> None:
    with pytest.raises(SourceFormatError, match=r"a\.txt: line 2: "):
        read_all(with_line(tmp_path, line, settings), task)


def test_slightly_outside_is_allowed(tmp_path: Path) -> None:
    read_all(with_line(tmp_path, "0 1.009 -0.009 1 1"))


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("names: [a\ntrain: x", "line 2", "not YAML"),
        ("a: b\nnames: {0: a\n", "line 3", "not YAML"),
        ("names: \0", "line 1", "not YAML"),
        ("names: &a [x]\nval: *a\n", "line 2", "aliases"),
        ("nc: " + "[" * 3000, None, "nested too deeply"),
        ("nc: 2024-99-99\nnames: [a]\n", None, "nested too deeply"),
        ("- names: 1\n", None, "a map"),
        ("1: 2\nnames: [a]", None, "a map"),
        ("train: x", "names", "missing"),
        ("names: cat", "names", "a list"),
        ("names: [cat, no]", "names[1]", "quotes"),
        ("names: [[cat]]", "names[0]", "quotes"),
        ("names: {0: a, 2: b}", "names", "no 1"),
        ("names: {a: 0}", "names", "no 0"),
        ("names: [a]\nnc: 2", "nc", "1 names, not 2"),
        ("nc: -1", "nc", "number of labels"),
        ("nc: yes", "nc", "number of labels"),
        ("nc: 99999999999", "nc", "number of labels"),
        ("names: [a]\npath: 7", "path", "a path"),
        ("names: [a]\nkpt_shape: 17", "kpt_shape", "keypoints"),
        ("names: [a]\nkpt_shape: [17, 4]", "kpt_shape", "keypoints"),
        ("names: [a]\nkpt_shape: [0, 3]", "kpt_shape", "keypoints"),
        ("names: [a]\nkpt_shape: [1, 3]\nkpt_names: {0: [a, b]}", "kpt_names", "1 names"),
        ("names: [a]\nkpt_shape: [1, 3]\nkpt_names: {5: [a]}", "kpt_names", "number"),
        ("names: [a]\ntrain: 7", "train", "a path"),
        ("names: [a]\ntrain: [images, 7]", "train", "a path"),
        ("names: [a]\ntrain: nowhere", "train", "no such file"),
        ("names: [a]\ntrain: ../../etc", "train", "no such file"),
        ("names: [a]\ntrain: /etc", "train", "no such file"),
        ("names: [a]\ntrain: 'C:\\x'", "train", "no such file"),
    ],
)
def test_bad_yaml(text: str, place: str | None, message: str, tmp_path: Path) -> None:
    root = make(tmp_path, {"data.yaml": text, "images/a.png": picture()})
    with pytest.raises(SourceFormatError, match=message) as caught:
        yolo.read(root / "data.yaml")
    assert (caught.value.path, caught.value.place) == (root / "data.yaml", place)
    one_line(caught.value)


DARKNET = "names = obj.names\ntrain = train.txt\n"


@pytest.mark.parametrize(
    ("config", "place", "message"),
    [
        ("nonsense\n" + DARKNET, "line 1", "key = value"),
        ("train = train.txt\n", None, "'names' is missing"),
        ("names = obj.names\n", None, "no list"),
        (DARKNET + "train = train.txt\n", "line 3", "twice"),
        (DARKNET + "classes = 3\n", "line 3", "2 names, not 3"),
        (DARKNET + "valid = nowhere.txt\n", "line 3", "not there"),
        (DARKNET + "valid = ../x.txt\n", "line 3", "leads out"),
        (DARKNET + "valid = /etc/passwd\n", "line 3", "leads out"),
    ],
)
def test_bad_darknet_settings(config: str, place: str | None, message: str, tmp_path: Path) -> None:
    root = make(tmp_path, {"obj.data": config, "obj.names": "cat\ndog\n", "train.txt": ""})
    with pytest.raises(SourceFormatError, match=message) as caught:
        yolo.read(root / "obj.data")
    assert (caught.value.path, caught.value.place) == (root / "obj.data", place)


@pytest.mark.parametrize("kind", ["obj.data", "data.yaml"])
@pytest.mark.parametrize("line", ["../../x.png", "/etc/x.png", "a/../../x.png", "C:/x.png", "images/a.png"])
def test_bad_list(kind: str, line: str, tmp_path: Path) -> None:
    settings = {"obj.data": DARKNET, "data.yaml": NAMES + "train: train.txt\n"}[kind]
    files: dict[str, str | bytes] = {kind: settings, "obj.names": "cat\ndog\n", "images/a.png": picture()}
    root = make(tmp_path, {**files, "train.txt": f"images/a.png\n{line}\n"})
    with pytest.raises(SourceFormatError, match=r"leads out|earlier line") as caught:
        read_all(root)
    assert (caught.value.path, caught.value.place) == (root / "train.txt", "line 2")


def test_text_that_is_not_unicode(tmp_path: Path) -> None:
    root = with_line(tmp_path, GOOD)
    (root / "labels" / "a.txt").write_bytes(GOOD.encode() + b"\xff")
    with pytest.raises(SourceFormatError, match=r"a\.txt: line 2: text in UTF-8"):
        read_all(root)


def test_a_missing_picture(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"data.yaml": NAMES + "train: train.txt\n", "train.txt": "images/a.png\n"}
    root = make(tmp_path, {**files, "images/b.png": picture(), "labels/a.txt": ""})
    read_all(root)  # nothing needs its size
    (root / "labels" / "a.txt").write_text(GOOD)
    with pytest.raises(MediaNotFoundError, match=r"a\.png: the picture is missing"):
        read_all(root)


def test_a_label_file_without_a_picture(tmp_path: Path) -> None:
    root = make(with_line(tmp_path, GOOD), {"labels/b.txt": GOOD})
    with pytest.raises(MediaNotFoundError, match=r"labels/b\.txt"):
        read_all(root)


def test_a_picture_that_is_none(tmp_path: Path) -> None:
    root = make(with_line(tmp_path, GOOD), {"images/a.png": b"no picture"})
    with pytest.raises(MediaMismatchError, match=r"a\.png: not a picture"):
        read_all(root)


@pytest.mark.parametrize("name", ["images/a.png", "labels/a.txt"])
def test_a_link_that_leads_outside(name: str, tmp_path: Path) -> None:
    root = with_line(tmp_path, GOOD)
    outside = tmp_path / "outside"
    (root / name).rename(outside)
    (root / name).symlink_to(outside)
    with pytest.raises(MediaPathError, match="through a link"):
        read_all(root)


@pytest.mark.parametrize("line", ["a.png 1", '"a.png" x 2', '"a.png" 0 2', '"a.png" -1 2'])
def test_bad_sizes(line: str, tmp_path: Path) -> None:
    root = make(with_line(tmp_path, GOOD), {"images.meta": "# a remark\n" + line})
    with pytest.raises(SourceFormatError, match=r"images\.meta: line 2: "):
        yolo.read(root)


def test_no_settings(tmp_path: Path) -> None:
    with pytest.raises(SourceFormatError, match=r"no obj\.data"):
        yolo.read(make(tmp_path, {"a.png": picture()}))


@pytest.mark.parametrize(("task", "message"), [("nope", "there are: detect"), ("pose", "kpt_shape")])
def test_bad_task(task: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=message):
        yolo.read(with_line(tmp_path, GOOD), task=task)


def test_unknown_items(tmp_path: Path) -> None:
    source = yolo.read(with_line(tmp_path, GOOD))
    for arguments in (("b", "train"), ("a", "nope")):
        with pytest.raises(ItemNotFoundError):
            source.item(*arguments)


def test_a_source_can_be_pickled(tmp_path: Path) -> None:
    source = yolo.read(with_line(tmp_path, GOOD))
    copy = pickle.loads(pickle.dumps(source))  # noqa: S301 -- our own
    assert list(copy.items("train")) == list(source.items("train"))


def test_nothing_is_left_of_an_output_that_fails(tmp_path: Path) -> None:
    source = yolo.read(with_line(tmp_path, "0 2 2 2 2"))
    with pytest.raises(DatumpbError):
        export_as("yolo", source, tmp_path / "out", save_media=True)
    assert [entry.name for entry in tmp_path.iterdir()] == ["in"]
