"""Who brings an id keeps it, wherever it stands; who brings none gets one that nobody brings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb.formats.coco.numbering import Numbering, Numbers
from datumpb.model import rle
from datumpb.model.annotations import Bbox, Mask
from datumpb.model.item import Item
from datumpb.model.media import Image, MediaRef
from datumpb.model.meta import Meta
from tests.support.coco import ListSource
from tests.support.exports import export_as

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.model.values import Value


def _written(items: list[Item], path: Path, *, losses: bool = False) -> dict[str, Any]:
    report = export_as("coco", ListSource(items), path, save_media=True)
    assert bool(report) is losses
    document: dict[str, Any] = json.loads((path / "annotations/instances_x.json").read_bytes())
    return document


def test_ids_that_come_late(tmp_path: Path) -> None:
    items = [
        Item("a", media=Image(MediaRef(data=b"\xff\xd8a")), annotations=[Bbox(1, 2, 3, 4), Bbox(5, 6, 7, 8)]),
        Item("b", attributes={"id": 1}, annotations=[Bbox(1, 1, 1, 1, id=2), Bbox(2, 2, 2, 2)]),
    ]
    document = _written(items, tmp_path / "out")
    assert [(image["file_name"], image["id"]) for image in document["images"]] == [("a.jpg", 2), ("b.jpg", 1)]
    assert [(entry["image_id"], entry["id"]) for entry in document["annotations"]] == [(2, 1), (2, 3), (1, 2), (1, 4)]
    assert (tmp_path / "out/images/x/a.jpg").read_bytes() == b"\xff\xd8a"


def test_losses_are_counted_once(tmp_path: Path) -> None:
    items = [Item("a"), Item("b", attributes={"id": 1, "x": b"no JSON"}), Item("c", attributes={"id": 1})]
    report = export_as("coco", ListSource(items), tmp_path / "out")
    assert dict(report.counts) == {
        "attribute of an item that COCO cannot hold": 1,
        "id of an image, as another has it": 1,
    }


def test_segments(tmp_path: Path) -> None:
    masks = [Mask(1, 3, rle.encode_runs(runs), id=number) for runs, number in (([0, 1, 2], 0), ([1, 1, 1], 1))]
    meta = Meta("x", {"coco": {"tasks": {"panoptic": {}}}})
    late = Item("b", attributes={"id": 1})
    export_as("coco", ListSource([Item("a", annotations=list(masks)), late], meta), tmp_path / "out")
    document = json.loads((tmp_path / "out/annotations/panoptic_x.json").read_bytes())
    assert [segment["id"] for segment in document["annotations"][0]["segments_info"]] == [2, 1]
    assert document["annotations"][0]["image_id"] == 2
    with PIL.Image.open(tmp_path / "out/annotations/panoptic_x/a.png") as picture:
        assert np.asarray(picture)[0, :, 0].tolist() == [2, 1, 0]


@pytest.mark.parametrize("late", [2, 3])
def test_an_id_that_is_kept_beside_the_model(late: int, tmp_path: Path) -> None:
    attributes: dict[str, Value] = {"coco": {"values": {"id": late}}}
    items = [Item("a", annotations=[Bbox(1, 2, 3, 4) for _ in range(3)])]
    items.append(Item("b", annotations=[Bbox(1, 1, 1, 1, id=late, attributes=attributes)]))
    ids = [entry["id"] for entry in _written(items, tmp_path / "out")["annotations"]]
    assert ids[-1] == late
    assert len(set(ids)) == 4


@given(st.lists(st.lists(st.integers(-2, 12), max_size=5), max_size=5), st.lists(st.integers(-2, 12), max_size=3))
def test_several_at_once(wanted: list[list[int]], reserved: list[int]) -> None:
    together, alone = Numbers(reserved), Numbers(reserved)
    for some in wanted:
        assert together.take_all(some) == [alone.take(number or None) for number in some]
    assert together.given_away == alone.given_away
    assert together.take(None) == alone.take(None)


@given(st.lists(st.none() | st.integers(-2, 12), max_size=12))
def test_any_mixture(wanted: list[int | None]) -> None:
    numbering = Numbering()
    first = [numbering["x"].take(number) for number in wanted]
    if not numbering.given_away():
        assert len(set(first)) == len(wanted)
    again = Numbering(numbering)
    given_numbers = [again["x"].take(number) for number in wanted]
    assert not again.given_away()
    assert len(set(given_numbers)) == len(wanted)
    for place, number in enumerate(wanted):
        if number is not None and number not in wanted[:place]:
            assert given_numbers[place] == number
        else:
            assert given_numbers[place] > 0
            assert given_numbers[place] not in wanted


def test_numbers_begin_at_1() -> None:
    numbers = Numbers([2])
    assert [numbers.take(None) for _ in range(3)] == [1, 3, 4]
    assert numbers.take(2) == 2
    assert not numbers.given_away
