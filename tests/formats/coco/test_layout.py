"""Where COCO datasets keep their files, and how they are told from other folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from datumpb.errors import SourceFormatError
from datumpb.formats import coco
from tests.support import coco as support

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT: dict[str, Any] = {
    "info": {},
    "licenses": [],
    "images": [{"id": 1, "file_name": "a.jpg"}],
    "categories": [],
    "annotations": [],
}
INSTANCES = "annotations/instances_train2017.json"


@pytest.mark.parametrize("picture", ["train2017/a.jpg", "images/train2017/a.jpg", "images/a.jpg", "a.jpg"])
def test_where_images_are(picture: str, tmp_path: Path) -> None:
    source = coco.read(support.make_folder(tmp_path, {INSTANCES: DOCUMENT, picture: b"here", "images/b.jpg": b""}))
    file = support.file_of(source.item("a", "train2017"))
    assert file.path == picture
    assert file.read() == b"here"


@pytest.mark.parametrize(
    ("name", "start", "subset"),
    [
        ("train/_annotations.coco.json", ".", "train"),
        ("train/_annotations.coco.json", "train", "train"),
        ("train/_annotations.coco.json", "train/_annotations.coco.json", "train"),
        ("annotations/instances_train.json", ".", "train"),
        ("annotations/instances_train.json", "annotations", "train"),
        ("annotations/instances_train.json", "annotations/instances_train.json", "train"),
        ("instances_train.json", ".", "train"),
        ("annotations/my data.json", ".", "my data"),
        ("annotations/instances.json", ".", "default"),
        ("lone.json", "lone.json", "lone"),
    ],
)
def test_names(name: str, start: str, subset: str, tmp_path: Path) -> None:
    support.make_folder(tmp_path, {name: DOCUMENT})
    assert coco.detect(tmp_path / start)
    source = coco.read(tmp_path / start)
    assert source.subsets() == [subset]
    assert source.count(subset) == 1


def test_images_beside_the_file_of_roboflow(tmp_path: Path) -> None:
    files = {"train/_annotations.coco.json": DOCUMENT, "train/a.jpg": b"here"}
    source = coco.read(support.make_folder(tmp_path, files))
    file = support.file_of(source.item("a", "train"))
    assert (file.path, file.read()) == ("train/a.jpg", b"here")


@pytest.mark.parametrize(
    ("entry", "task"),
    [
        ({"caption": "x"}, "captions"),
        ({"segments_info": []}, "panoptic"),
        ({"keypoints": []}, "person_keypoints"),
        ({"bbox": [0, 0, 1, 1]}, "instances"),
    ],
)
def test_the_task_by_content(entry: dict[str, Any], task: str, tmp_path: Path) -> None:
    document = DOCUMENT | {"annotations": [{"image_id": 1, **entry}]}
    path = support.make_folder(tmp_path, {"x.json": document}) / "x.json"
    assert coco.detect(path) == f"x.json starts like a COCO file ({task})"


@pytest.mark.parametrize(
    "content",
    [
        {"info": {}, "categories": {"label": {}}, "items": [{"id": "a", "annotations": [{"image_id": 1}]}]},
        {"images": 5, "items": []},
        [{"id": 1}],
        [],
        {},
        b"\xff\xfe",
        b"",
        b"plain text",
    ],
)
def test_other_json(content: object, tmp_path: Path) -> None:
    support.make_folder(tmp_path, {"annotations/train.json": content})
    assert coco.detect(tmp_path) is None
    assert coco.detect(tmp_path / "annotations" / "train.json") is None
    with pytest.raises(SourceFormatError, match="no COCO annotation file"):
        coco.read(tmp_path)


def test_detection_reads_no_more_than_the_start(tmp_path: Path) -> None:
    path = tmp_path / "annotations" / "instances_train.json"
    path.parent.mkdir()
    with path.open("wb") as file:
        file.write(b'{"images": [')
        file.truncate(1 << 33)
    assert coco.detect(tmp_path)
    assert coco.detect(path)
    coco.read(tmp_path)


def test_two_files_of_one_task(tmp_path: Path) -> None:
    files = {"annotations/instances_train.json": DOCUMENT, "annotations/train.json": DOCUMENT}
    with pytest.raises(SourceFormatError, match="holds instances of subset 'train'"):
        coco.read(support.make_folder(tmp_path, files))
