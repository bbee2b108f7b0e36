"""Serialized items decoded together: what their parsed messages say, however the bytes are written."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec.blocks import parse_item, split_item
from datumpb.codec.item_batch import ItemBatch
from datumpb.codec.items import decode_item
from datumpb.codec.polygon_scan import PolygonScan
from datumpb.errors import DatumpbError, UnknownDataWarning
from datumpb.model import annotations as model
from datumpb.model.item import Item
from tests.support import strategies
from tests.support.item_messages import encode_item
from tests.support.wire import field

LONG = st.lists(st.integers(-9999, 9999), min_size=20, max_size=60).map(
    lambda numbers: model.Polygon(np.array(numbers[: len(numbers) // 2 * 2]) / 100)
)
POLYGONS = strategies.ANNOTATIONS_BY_TYPE[model.Polygon] | LONG


def scan_of(serialized: list[bytes]) -> PolygonScan:
    return PolygonScan([split_item(data).annotations for data in serialized])


def decode_items(serialized: list[bytes], subset: str, source: None) -> list[Item]:
    return ItemBatch(serialized, subset, source).items()


def outcome(serialized: list[bytes], *, together: bool) -> object:
    """Return the items, or the type of error, and what was warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UnknownDataWarning)
        try:
            if together:
                result: object = decode_items(serialized, "train", None)
            else:
                result = [decode_item(parse_item(data), "train", None) for data in serialized]
        except DatumpbError as error:
            return type(error)
    return result, [str(warning.message) for warning in caught]


def assert_alike(*serialized: bytes) -> object:
    one_by_one = outcome(list(serialized), together=False)
    assert outcome(list(serialized), together=True) == one_by_one
    return one_by_one


@given(st.lists(strategies.ITEMS, max_size=3))
def test_any_items(items: list[Item]) -> None:
    serialized = [encode_item(item).SerializeToString() for item in items]
    expected = [Item(item.id, "train", item.media, item.attributes, item.annotations) for item in items]
    assert assert_alike(*serialized) == (expected, [])


@given(st.lists(st.lists(POLYGONS, max_size=6), max_size=4))
def test_polygons(parts: list[list[model.Annotation]]) -> None:
    items = [Item("a", "train", annotations=part) for part in parts]
    assert assert_alike(*[encode_item(item).SerializeToString() for item in items]) == (items, [])


@given(st.lists(POLYGONS, min_size=1, max_size=4), st.data())
def test_damaged_bytes(polygons: list[model.Annotation], data: st.DataObject) -> None:
    damaged = bytearray(encode_item(Item("a", annotations=polygons)).SerializeToString())
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert_alike(bytes(damaged))


COORDINATES = bytes.fromhex("0802 12 02 0406")  # decimals 2, delta 2 and 3
POLYGON = field(7, field(1, COORDINATES))
ATTRIBUTE = field(4, field(1, b"k") + field(2, b"\x10\x01"))  # True
RICE = bytes.fromhex("28 02 32 02 4e06 3a 02 8f02")  # 1, -2, 0, -1, 7, -3


@pytest.mark.parametrize(
    ("annotation", "found"),
    [
        (POLYGON, True),
        (b"\x08\x05\x10\x07\x18\x00" + ATTRIBUTE + b"\x28\x03\x30\x00" + POLYGON, True),
        (b"\x08\xff\xff\xff\xff\xff\xff\xff\x7f" + POLYGON, True),  # 2^56 - 1
        (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\x7f" + POLYGON, False),  # a number of nine bytes
        (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" + POLYGON, False),  # -1
        (b"\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" + POLYGON, False),
        (b"\x08\x85\x80\x00" + POLYGON, True),  # not in the fewest bytes
        (b"\x88\x00\x05" + POLYGON, False),  # the tag not in the fewest bytes
        (b"\x18\xff\xff\xff\xff\x0f" + POLYGON, True),
        (b"\x18\xff\xff\xff\xff\x1f" + POLYGON, False),  # more than 32 bits, which are cut off
        (POLYGON + b"\x08\x05", False),  # out of order
        (b"\x08\x04\x08\x05" + POLYGON, False),  # the last one counts
        (POLYGON + POLYGON, False),  # merged
        (POLYGON + b"\xfa\x3e\x01n", False),  # field 1007
        (ATTRIBUTE * 2 + POLYGON, True),  # a key twice
        (b"".join(field(4, field(1, bytes([97 + i]))) for i in range(17)) + POLYGON, False),
        (field(4, field(1, b"k")) + POLYGON, True),  # a value of no known kind
        (field(7, b""), False),
        (field(7, field(1, b"")), False),
        (field(7, field(1, COORDINATES) + field(1, b"\x08\x03")), False),  # merged
        (field(7, field(1, b"\x12\x02\x04\x06")), True),  # no decimals
        (field(7, field(1, b"\x10\x04\x10\x06")), False),  # not packed
        (field(7, field(1, b"\x12\x02\x04\x06\x08\x02")), False),
        (field(7, field(1, b"\x08\x0d\x12\x02\x04\x06")), True),  # 13 decimals
        (field(7, field(1, b"\x08\x0d")), False),  # 13 decimals of no numbers
        (field(7, field(1, b"\x08\xff\xff\xff\xff\x1f\x12\x02\x04\x06")), False),
        (field(7, field(1, b"\x12\x01\x04")), True),  # an odd count
        (field(7, field(1, COORDINATES + b"\x1a\x04" + bytes(4))), False),  # two ways
        (field(7, field(1, COORDINATES + RICE)), True),
        (field(7, field(1, RICE)), True),
        (field(7, field(1, RICE[:2] + RICE[6:])), True),  # no remainders
        (field(7, field(1, RICE[2:])), True),  # no rice_bits
        (field(7, field(1, COORDINATES + RICE[:6])), True),  # no quotients, so that the rest means nothing
        (field(7, field(1, COORDINATES + b"\x3a\x00")), True),
        (field(7, field(1, b"\x1a\x08" + bytes(8))), False),  # in single precision
        (field(8, field(1, b"\x12\x04\x02\x04\x06\x08")), False),  # a box
        (b"", False),
        (field(7, field(1, b"\x12\x0a" + b"\xff" * 9 + b"\x01")), True),  # -2^63
    ],
)
def test_ways_of_writing(annotation: bytes, found: bool) -> None:
    item = field(1, b"a") + field(4, annotation)
    plain = field(1, b"b") + field(4, POLYGON) * 2
    try:
        scan = scan_of([plain, item, plain])
        scan.points()
    except DatumpbError:
        assert found
    else:
        assert scan.found == [True, True, found, True, True]
    assert_alike(item)
    assert_alike(plain, item, plain)


def test_what_is_too_much_at_once_is_left_to_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datumpb.codec.polygon_scan._MAX_SIZE", 3 * len(POLYGON))
    plain = field(1, b"b") + field(4, POLYGON) * 2
    assert scan_of([plain, plain]).found == [True, True, True, False]
    assert_alike(plain, plain)


def test_equal_attributes_are_different_dicts() -> None:
    items = decode_items([field(1, b"a") + field(4, ATTRIBUTE + POLYGON) * 3], "train", None)
    first, second, third = items[0].annotations
    assert first.attributes == second.attributes == third.attributes == {"k": True}
    first.attributes["k"] = 5
    assert second.attributes == third.attributes == {"k": True}


def test_who_keeps_an_item_keeps_nothing_of_others() -> None:
    polygon = model.Polygon(np.arange(2000.0))
    serialized = [encode_item(Item(name, annotations=[polygon, polygon])).SerializeToString() for name in "abc"]
    kept: Any = decode_items(serialized, "train", None)[1].annotations[0]
    assert kept.points.base.size == 2 * polygon.points.size
    kept.points[:] = 0
    assert kept != polygon


def test_no_items() -> None:
    assert decode_items([], "train", None) == []


def test_kinds_that_only_a_later_version_knows() -> None:
    message = messages.Item(id="a")
    message.annotations.add(id=5)
    assert_alike(message.SerializeToString() + field(4, POLYGON))
