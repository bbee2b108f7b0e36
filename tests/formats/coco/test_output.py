"""What must not be written is refused with a typed error, and whatever goes wrong leaves no output behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from datumpb.errors import DatumpbError, InvalidItemError, MediaPathError, OutputExistsError
from datumpb.model.annotations import Bbox, Mask
from datumpb.model.item import Item
from datumpb.model.media import Image, MediaRef
from datumpb.model.meta import Meta
from tests.support import coco as support
from tests.support.coco import ListSource
from tests.support.exports import export_as

if TYPE_CHECKING:
    from pathlib import Path

FILE = "annotations/instances_train.json"
DOCUMENT: dict[str, Any] = {"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [], "categories": []}


@pytest.mark.parametrize("subset", ["..", "../x", "/x", "a/b", "a\\b", "", ".", "C:x", "\0"])
def test_a_subset_that_leads_outside(subset: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidItemError, match="part of a file's name"):
        export_as("coco", ListSource([Item("a")], Meta(subset)), tmp_path / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("item_id", ["../x", "/x", "a/../../x", "a\\b", "a\0b"])
def test_an_item_id_that_leads_outside(item_id: str, tmp_path: Path) -> None:
    items = [Item(item_id, media=Image(MediaRef(data=b"\xff\xd8")))]
    with pytest.raises(MediaPathError):
        export_as("coco", ListSource(items), tmp_path / "out", save_media=True)
    assert not list(tmp_path.iterdir())


def test_two_items_for_one_file(tmp_path: Path) -> None:
    items = [Item("a", media=Image(MediaRef(data=b"x"))) for _ in range(2)]
    with pytest.raises(MediaPathError, match="two items"):
        export_as("coco", ListSource(items), tmp_path / "out", save_media=True)
    assert not list(tmp_path.iterdir())


def test_a_damaged_mask_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(InvalidItemError, match="does not fit"):
        export_as("coco", ListSource([Item("a", annotations=[Mask(4, 4, b"04")])]), tmp_path / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device"), DatumpbError("x")])
def test_nothing_is_left_when_the_work_breaks_off(error: BaseException, tmp_path: Path) -> None:
    with pytest.raises(type(error)):
        export_as("coco", ListSource([Item("a", annotations=[Bbox(1, 2, 3, 4)])], error=error), tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_an_output_that_is_not_empty(tmp_path: Path) -> None:
    folder = support.make_folder(tmp_path / "in", {FILE: DOCUMENT})
    support.make_folder(tmp_path / "out", {"mine.txt": b"x", "annotations/instances_train.json": b"old"})
    with pytest.raises(OutputExistsError):
        support.convert(folder, tmp_path / "out")
    assert (tmp_path / "out" / FILE).read_bytes() == b"old"
    support.convert(folder, tmp_path / "out", overwrite=True)
    support.assert_same_dataset(folder, tmp_path / "out")
    assert (tmp_path / "out" / "mine.txt").read_bytes() == b"x"


def test_overwriting_leaves_no_file_of_the_old_dataset(tmp_path: Path) -> None:
    out = tmp_path / "out"
    export_as("coco", ListSource([Item("a", annotations=[Bbox(1, 2, 3, 4)])], Meta("val")), out)
    (out / "annotations" / "notes.json").write_text("{}")
    export_as("coco", ListSource([Item("b", annotations=[Bbox(1, 2, 3, 4)])], Meta("train")), out, overwrite=True)
    names = {file.name for file in (out / "annotations").iterdir()}
    assert "notes.json" in names
    assert {name for name in names if name.endswith("_train.json")}
    assert not {name for name in names if name.endswith("_val.json")}
