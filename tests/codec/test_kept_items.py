"""Kept items: each is the one that is decoded alone, as often as it is asked for, and its caller's own."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec.blocks import parse_item
from datumpb.codec.items import decode_item
from datumpb.codec.kept_items import KeptItems
from datumpb.errors import DamagedFileError, UnknownDataWarning, UnsupportedFileError
from datumpb.model import annotations as model
from datumpb.model.item import Item
from datumpb.model.media import Image, MediaRef, PointCloud
from tests.support import strategies
from tests.support.item_messages import encode_item
from tests.support.wire import field

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random


def kept(items: Sequence[Item]) -> KeptItems:
    return KeptItems([encode_item(item).SerializeToString() for item in items], "train", None)


POLYGON = model.Polygon(np.arange(40.0) / 10, label=1, attributes={"is_crowd": False})
MASK = model.Mask(2, 2, b"04")
LINE, KEYPOINTS = model.PolyLine(np.arange(6.0)), model.Points(np.arange(4.0), np.array([1, 2], np.uint8))
MEDIUM = Image(MediaRef("images/a.jpg", size=3, crc32=4), 480, 640)


@given(st.lists(strategies.ITEMS, max_size=4), st.randoms())
def test_any_items_in_any_order(items: list[Item], random: Random) -> None:
    made = kept(items)
    assert made.ids == [item.id for item in items]
    order = [*range(len(items))] * 2
    random.shuffle(order)
    for place in order:
        item = items[place]
        assert made.item(place) == Item(item.id, "train", item.media, item.attributes, item.annotations)


ITEMS = [
    Item("a", "train", MEDIUM, {"license": 1, "coco": {"runs": [1, {"x": 2}]}}, [POLYGON, POLYGON]),
    Item("b", "train", None, {"license": 1, "coco": {"runs": [1, {"x": 2}]}}, []),
    Item("c", "train", Image(MediaRef(data=b"x" * 100)), {}, [POLYGON]),
    Item("d", "train", PointCloud(MediaRef("d.pcd"), [MEDIUM]), {"license": 2}, [KEYPOINTS]),
    Item("e", "train", MEDIUM, {}, [LINE, MASK, POLYGON, KEYPOINTS, LINE]),
    Item("f", "train", Image(None, 4, 5), {}, [POLYGON]),
]


def test_nobody_sees_what_others_do_to_their_items() -> None:
    made = kept(ITEMS)
    for _ in range(2):
        for place, expected in enumerate(ITEMS):
            item: Any = made.item(place)
            assert item == expected
            for annotation in item.annotations:
                annotation.attributes["is_crowd"] = True
                annotation.id = 7
                if hasattr(annotation, "points"):
                    annotation.points[:] = 0
            item.annotations.append(POLYGON)
            for value in item.attributes.values():
                if isinstance(value, dict):
                    value["runs"][1]["x"] = 5
                    value["runs"].append(6)
            item.attributes["more"] = 1
            if item.media is not None:
                item.media.file = None


def test_who_keeps_an_item_keeps_nothing_of_others() -> None:
    item: Any = kept([ITEMS[0]] * 3).item(1)
    assert item.annotations[0].points.base.size == 2 * POLYGON.points.size


def test_what_a_later_version_knows_is_warned_of_each_time() -> None:
    message = encode_item(ITEMS[0])
    message.annotations.add(id=5)
    strange_medium = field(1, b"b") + field(2, b"\xfa\x3e\x01n")  # field 1007
    made = KeptItems([message.SerializeToString(), strange_medium], "train", None)
    for place in (0, 1, 0, 1):
        with pytest.warns(UnknownDataWarning, match="is left out"):
            made.item(place)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        KeptItems([message.SerializeToString(), strange_medium], "train", None)


def test_damage_is_found_at_once() -> None:
    good = encode_item(ITEMS[0]).SerializeToString()
    line, value = messages.Item(id="a"), messages.Item(id="a")
    line.annotations.add().poly_line.points.delta.extend([1, 2, 3])
    value.attributes.add(key="k")
    for bad, error in ((b"", DamagedFileError), (line.SerializeToString(), DamagedFileError)):
        with pytest.raises(error):
            KeptItems([good, bad], "train", None)
    with pytest.raises(UnsupportedFileError):
        KeptItems([good, value.SerializeToString()], "train", None)


def test_the_size_is_of_the_order_of_what_is_kept() -> None:
    small, large = kept([Item("a")]), kept([Item("a", annotations=[model.Polygon(np.arange(20_000.0))])])
    assert large.size - small.size > 160_000
    texts = kept([Item("a", attributes={"text": "é" * 50_000})])
    assert texts.size - small.size > 50_000


def test_is_as_if_decoded_alone() -> None:
    for item in ITEMS:
        data = encode_item(item).SerializeToString()
        assert KeptItems([data], "train", None).item(0) == decode_item(parse_item(data), "train", None)
