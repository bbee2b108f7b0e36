from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from datumpb.formats import coco
from datumpb.formats.coco.kept import checked_metas
from datumpb.model.categories import Categories, LabelCategory
from datumpb.model.meta import Meta
from tests.support import coco as support
from tests.support.exports import export_as

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from datumpb.model.categories import LabelCategories

CAT = {"id": 1, "name": "cat", "supercategory": "animal"}
DOG = {"id": 2, "name": "dog", "supercategory": "animal"}
FILES = {
    f"annotations/instances_{subset}.json": {"images": [], "annotations": [], "categories": categories}
    for subset, categories in (("train", [CAT, DOG]), ("val", [DOG]))
}


def _metas(tmp_path: Path) -> list[Meta]:
    source = coco.read(support.make_folder(tmp_path / "in", FILES))
    return [source.meta(subset) for subset in source.subsets()]


def _tasks(meta: Meta) -> dict[str, Any]:
    kept: Any = meta.infos["coco"]
    return kept["tasks"]["instances"]  # type: ignore[no-any-return]  # a map


def test_lists_hold_while_labels_are_the_same(tmp_path: Path) -> None:
    train, val = _metas(tmp_path)
    assert "categories" not in _tasks(train)
    assert _tasks(val)["categories"] == [DOG]
    assert checked_metas([train, val]) == [train, val]


def _rename(labels: LabelCategories) -> None:
    labels.labels[0].name = "lion"


def _other_parent(labels: LabelCategories) -> None:
    labels.labels[1].parent = "pet"


def _other_number(labels: LabelCategories) -> None:
    labels.labels[1].infos["id"] = 7


def _add(labels: LabelCategories) -> None:
    labels.labels.append(LabelCategory("emu"))


@pytest.mark.parametrize("change", [_rename, _other_parent, _other_number, _add])
def test_a_list_does_not_hold_once_labels_changed(change: Callable[[LabelCategories], None], tmp_path: Path) -> None:
    val = _metas(tmp_path)[1]
    assert val.categories.labels is not None
    change(val.categories.labels)
    (checked,) = checked_metas([val])
    assert "categories" not in _tasks(checked)
    export_as("coco", support.ListSource([], checked), tmp_path / "out")
    written = json.loads((tmp_path / "out" / "annotations" / "instances_val.json").read_text())
    assert [entry["name"] for entry in written["categories"]] == [label.name for label in val.categories.labels]


def test_lists_do_not_hold_without_the_file_that_has_the_other_labels(tmp_path: Path) -> None:
    (checked,) = checked_metas(_metas(tmp_path)[1:])
    assert "categories" not in _tasks(checked)


def test_what_else_is_kept_stays() -> None:
    tasks: dict[str, Any] = {"instances": {"categories": [], "labels": 5, "values": {"info": 1}}, "captions": {}}
    (checked,) = checked_metas([Meta("x", {"a": 1, "coco": {"tasks": tasks}}, Categories.from_labels(["cat"]))])
    assert checked.infos == {"a": 1, "coco": {"tasks": {"instances": {"values": {"info": 1}}, "captions": {}}}}
