"""Serialized items decoded together: what their parsed messages say, however the bytes are written."""

from __future__ import annotations

import math
import struct
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec.all_or_each import all_or_each
from datumpb.codec.annotation_scan import (
    BBOX,
    LABEL,
    MASK,
    NOT_READ,
    POINTS,
    POLY_LINE,
    POLYGON,
    AnnotationScan,
)
from datumpb.codec.blocks import parse_item, split_item
from datumpb.codec.item_batch import ItemBatch
from datumpb.codec.items import decode_item
from datumpb.errors import DatumpbError, FileError, UnknownDataWarning, UnsupportedFileError
from datumpb.model import annotations as model
from datumpb.model.item import Item
from tests.support import strategies
from tests.support.item_messages import encode_item
from tests.support.wire import field

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LONG = st.lists(st.integers(-9999, 9999), min_size=20, max_size=60).map(
    lambda numbers: model.Polygon(np.array(numbers[: len(numbers) // 2 * 2]) / 100)
)
POLYGONS = strategies.ANNOTATIONS_BY_TYPE[model.Polygon] | LONG
COMMON = POLYGONS | strategies.ANNOTATIONS_BY_TYPE[model.Bbox] | strategies.ANNOTATIONS_BY_TYPE[model.Label]
COMMON |= strategies.ANNOTATIONS_BY_TYPE[model.Mask] | strategies.ANNOTATIONS_BY_TYPE[model.PolyLine]
COMMON |= strategies.ANNOTATIONS_BY_TYPE[model.Points]


def scan_of(serialized: list[bytes]) -> AnnotationScan:
    return AnnotationScan([split_item(data).annotations for data in serialized])


def decode_items(serialized: Sequence[bytes], subset: str, source: None) -> list[Item]:
    return ItemBatch(serialized, subset, source).items()


def decode_alone(data: bytes) -> Item:
    return decode_item(parse_item(data), "train", None)


def outcome(decode: Callable[[], list[Item]]) -> object:
    """Return the items and what was warned of, or the error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UnknownDataWarning)
        try:
            items = decode()
        except DatumpbError as error:
            return type(error), str(error)
    return items, [str(warning.message) for warning in caught]


def assert_alike(*serialized: bytes) -> object:
    one_by_one = outcome(lambda: [decode_alone(data) for data in serialized])

    def together(batch: Sequence[bytes]) -> list[Item]:
        try:
            return decode_items(batch, "train", None)
        except FileError:  # not where alone all is well
            assert isinstance(one_by_one, tuple)
            assert isinstance(one_by_one[0], type)
            raise

    assert outcome(lambda: list(all_or_each(serialized, together, decode_alone))) == one_by_one
    return one_by_one


@given(st.lists(strategies.ITEMS, max_size=3))
def test_any_items(items: list[Item]) -> None:
    serialized = [encode_item(item).SerializeToString() for item in items]
    expected = [Item(item.id, "train", item.media, item.attributes, item.annotations) for item in items]
    assert assert_alike(*serialized) == (expected, [])


@given(st.lists(st.lists(COMMON, max_size=6), max_size=4))
def test_common_annotations(parts: list[list[model.Annotation]]) -> None:
    items = [Item("a", "train", annotations=part) for part in parts]
    assert assert_alike(*[encode_item(item).SerializeToString() for item in items]) == (items, [])


@given(st.lists(COMMON, min_size=1, max_size=4), st.data())
def test_damaged_bytes(annotations: list[model.Annotation], data: st.DataObject) -> None:
    damaged = bytearray(encode_item(Item("a", annotations=annotations)).SerializeToString())
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert_alike(bytes(damaged))


COORDINATES = bytes.fromhex("0802 12 02 0406")  # decimals 2, delta 2 and 3
OUTLINE = field(7, field(1, COORDINATES))
NUMBERS = bytes.fromhex("12 04 02040608")
BOX = field(8, field(1, b"\x08\x01" + NUMBERS))  # 0.1, 0.2, 0.3, 0.4
ATTRIBUTE = field(4, field(1, b"k") + field(2, b"\x10\x01"))  # True
RUNS = bytes.fromhex("8a01 08 0802 1002 1a023034")  # a mask of 2 by 2
UNEVEN = -1
NO_FIELDS = b"\x82\x01\x00"  # a label
RICE = bytes.fromhex("28 02 32 02 4e06 3a 02 8f02")  # 1, -2, 0, -1, 7, -3


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        (OUTLINE, POLYGON),
        (b"\x08\x05\x10\x07\x18\x00" + ATTRIBUTE + b"\x28\x03\x30\x00" + OUTLINE, POLYGON),
        (b"\x08\xff\xff\xff\xff\xff\xff\xff\x7f" + OUTLINE, POLYGON),  # 2^56 - 1
        (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\x7f" + OUTLINE, NOT_READ),  # a number of nine bytes
        (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" + OUTLINE, NOT_READ),  # -1
        (b"\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" + OUTLINE, NOT_READ),
        (b"\x08\x85\x80\x00" + OUTLINE, POLYGON),  # not in the fewest bytes
        (b"\x88\x00\x05" + OUTLINE, NOT_READ),  # the tag not in the fewest bytes
        (b"\x18\xff\xff\xff\xff\x0f" + OUTLINE, POLYGON),
        (b"\x18\xff\xff\xff\xff\x1f" + OUTLINE, NOT_READ),  # more than 32 bits, which are cut off
        (OUTLINE + b"\x08\x05", NOT_READ),  # out of order
        (b"\x08\x04\x08\x05" + OUTLINE, NOT_READ),  # the last one counts
        (OUTLINE + OUTLINE, NOT_READ),  # merged
        (OUTLINE + b"\xfa\x3e\x01n", NOT_READ),  # field 1007
        (ATTRIBUTE * 2 + OUTLINE, POLYGON),  # a key twice
        (b"".join(field(4, field(1, bytes([97 + i]))) for i in range(17)) + OUTLINE, NOT_READ),
        (field(4, field(1, b"k")) + OUTLINE, POLYGON),  # a value of no known kind
        (field(7, b""), NOT_READ),
        (field(7, field(1, b"")), NOT_READ),
        (field(7, field(1, COORDINATES) + field(1, b"\x08\x03")), NOT_READ),  # merged
        (field(7, field(1, b"\x12\x02\x04\x06")), POLYGON),  # no decimals
        (field(7, field(1, b"\x10\x04\x10\x06")), NOT_READ),  # not packed
        (field(7, field(1, b"\x12\x02\x04\x06\x08\x02")), NOT_READ),
        (field(7, field(1, b"\x08\x0d\x12\x02\x04\x06")), POLYGON),  # 13 decimals
        (field(7, field(1, b"\x08\x0d")), NOT_READ),  # 13 decimals of no numbers
        (field(7, field(1, b"\x08\xff\xff\xff\xff\x1f\x12\x02\x04\x06")), NOT_READ),
        (field(7, field(1, b"\x12\x01\x04")), POLYGON),  # an odd count
        (field(7, field(1, COORDINATES + b"\x1a\x04" + bytes(4))), NOT_READ),  # two ways
        (field(7, field(1, COORDINATES + RICE)), POLYGON),
        (field(7, field(1, RICE)), POLYGON),
        (field(7, field(1, RICE[:2] + RICE[6:])), POLYGON),  # no remainders
        (field(7, field(1, RICE[2:])), POLYGON),  # no rice_bits
        (field(7, field(1, COORDINATES + RICE[:6])), POLYGON),  # no quotients, so that the rest means nothing
        (field(7, field(1, COORDINATES + b"\x3a\x00")), POLYGON),
        (field(7, field(1, b"\x1a\x08" + bytes(8))), NOT_READ),  # in single precision
        (b"\x08\x05\x10\x07\x18\x00" + ATTRIBUTE + b"\x28\x03\x30\x00" + BOX, BBOX),
        (OUTLINE + BOX, NOT_READ),  # the last one counts
        (BOX + BOX, NOT_READ),  # merged
        (BOX + b"\xfa\x3e\x01n", NOT_READ),  # field 1007
        (field(8, b""), NOT_READ),
        (field(8, field(1, b"")), NOT_READ),
        (field(8, field(1, NUMBERS) + b"\x10\x01"), NOT_READ),  # field 2 of a box
        (field(8, field(1, b"\x08\x0c" + NUMBERS)), BBOX),  # 12 decimals
        (field(8, field(1, b"\x08\x0d" + NUMBERS)), NOT_READ),
        (field(8, field(1, NUMBERS + b"\x08\x02")), NOT_READ),  # out of order
        (field(8, field(1, b"\x12\x03\x02\x04\x06")), NOT_READ),  # three numbers
        (field(8, field(1, b"\x12\x05\x02\x04\x06\x08\x0a")), NOT_READ),
        (field(8, field(1, b"\x12\x0b\x02\x04\x06" + b"\xfe" + b"\xff" * 6 + b"\x1f")), BBOX),  # 2^53 - 1
        (field(8, field(1, b"\x12\x0b\x02\x04\x06" + b"\x80" * 7 + b"\x20")), BBOX),  # 2^53
        (field(8, field(1, b"\x12\x0b\x02\x04\x06" + b"\x82" + b"\x80" * 6 + b"\x20")), NOT_READ),
        (field(8, field(1, b"\x12\x0b\x02\x04\x06" + b"\x81" + b"\x80" * 6 + b"\x20")), NOT_READ),
        (field(8, field(1, b"\x12\x0d\x02\x04\x06" + b"\xff" * 9 + b"\x01")), NOT_READ),  # -2^63
        (field(8, field(1, NUMBERS + RICE)), NOT_READ),
        (field(8, field(1, field(3, struct.pack("<4f", 0.1, -0.0, math.inf, 1e30)))), BBOX),
        (field(8, field(1, field(4, struct.pack("<4d", 0.1, -0.0, math.nan, 1e300)))), BBOX),
        (field(8, field(1, b"\x08\x0d" + field(4, bytes(32)))), BBOX),  # decimals of no integers
        (field(8, field(1, field(3, bytes(12)))), NOT_READ),
        (field(8, field(1, field(4, bytes(24)))), NOT_READ),
        (field(8, field(1, field(3, bytes(16)) + field(4, bytes(32)))), NOT_READ),  # two ways
        (field(8, field(1, NUMBERS + field(4, bytes(32)))), NOT_READ),
        (field(8, field(1, b"\x12\x00" + field(4, bytes(32)))), NOT_READ),  # one of them without numbers
        (NO_FIELDS, LABEL),
        (b"\x08\x05\x10\x07\x18\x00" + ATTRIBUTE + b"\x28\x03\x30\x00" + NO_FIELDS, LABEL),
        (NO_FIELDS + b"\x08\x05", NOT_READ),  # out of order
        (b"\x82\x01\x02\x08\x01", NOT_READ),  # what only a later version knows
        (BOX + NO_FIELDS, NOT_READ),
        (NO_FIELDS * 2, NOT_READ),
        (RUNS, MASK),
        (b"\x08\x05\x10\x07\x18\x00" + ATTRIBUTE + b"\x28\x03\x30\x00" + RUNS, MASK),
        (RUNS + b"\x08\x05", NOT_READ),  # out of order
        (RUNS + RUNS, NOT_READ),  # merged
        (OUTLINE + RUNS, NOT_READ),
        (NO_FIELDS + RUNS, NOT_READ),
        (b"\x8a\x01\x00", MASK),
        (b"\x8a\x01\x04\x1a\x02\x30\x34", MASK),  # no size
        (b"\x8a\x01\x06\x08\x02\x10\x02\x1a\x00", MASK),  # no runs
        (b"\x8a\x01\x06\x1a\x02\x30\x34\x08\x02", NOT_READ),  # out of order
        (b"\x8a\x01\x06\x08\xff\xff\xff\xff\x0f", MASK),  # 2^32 - 1 high
        (b"\x8a\x01\x06\x08\xff\xff\xff\xff\x1f", NOT_READ),  # more than 32 bits, which are cut off
        (b"\x8a\x01\x06\x10\xff\xff\xff\xff\x1f", NOT_READ),
        (b"\x8a\x01\x02\x20\x01", NOT_READ),  # what only a later version knows
        (b"\x8b\x01\x00\x8c\x01", NOT_READ),  # a group with the number of a mask
        (b"\x82\x81\x00\x00", NOT_READ),  # its tag, not in the fewest bytes
        (b"\x92\x01\x08" + field(1, COORDINATES), POLY_LINE),
        (b"\x08\x05\x10\x07\x18\x00" + ATTRIBUTE + b"\x92\x01\x08" + field(1, COORDINATES), POLY_LINE),
        (b"\x92\x01\x08" + field(1, COORDINATES) + b"\x08\x05", NOT_READ),  # out of order
        (b"\x92\x01\x0b" + field(1, COORDINATES) + b"\x12\x01\x01", NOT_READ),  # field 2 of a line
        (OUTLINE + b"\x92\x01\x08" + field(1, COORDINATES), NOT_READ),
        (field(7, field(1, COORDINATES) + b"\x12\x01\x01"), NOT_READ),  # field 2 of an outline
        (b"\x9a\x01\x08" + field(1, COORDINATES), POINTS),  # all visible
        (b"\x9a\x01\x0b" + field(1, COORDINATES) + b"\x12\x01\x01", POINTS),
        (b"\x9a\x01\x0a" + field(1, COORDINATES) + b"\x12\x00", POINTS),
        (b"\x9a\x01\x0b" + field(1, COORDINATES) + b"\x12\x01\x7f", POINTS),
        (b"\x9a\x01\x0c" + field(1, COORDINATES) + b"\x12\x02\x80\x01", NOT_READ),  # 128
        (b"\x9a\x01\x0c" + field(1, COORDINATES) + b"\x12\x02\x80\x02", NOT_READ),  # 256
        (b"\x9a\x01\x0a" + field(1, COORDINATES) + b"\x10\x01", NOT_READ),  # not packed
        (b"\x9a\x01\x0b" + b"\x12\x01\x01" + field(1, COORDINATES), NOT_READ),  # out of order
        (b"\x9a\x01\x03\x12\x01\x01", NOT_READ),  # no points
        (b"\x9a\x01\x00", NOT_READ),
        (b"\x9a\x01\x0c" + field(1, COORDINATES) + b"\x12\x02\x01\x02", UNEVEN),  # more numbers than points
        (NO_FIELDS + b"\x9a\x01\x08" + field(1, COORDINATES), NOT_READ),
        (b"", NOT_READ),
        (field(7, field(1, b"\x12\x0a" + b"\xff" * 9 + b"\x01")), POLYGON),  # -2^63
    ],
)
def test_ways_of_writing(annotation: bytes, kind: int) -> None:
    item = field(1, b"a") + field(4, annotation)
    plain = field(1, b"b") + field(4, OUTLINE) * 2
    try:
        scan = scan_of([plain, item, plain])
        scan.visibility(scan.points()[1])
    except DatumpbError:
        assert kind in {POLYGON, UNEVEN}
    else:
        assert scan.kinds.tolist() == [POLYGON, POLYGON, kind, POLYGON, POLYGON]
    assert_alike(item)
    assert_alike(plain, item, plain)


def test_of_two_faults_the_same_is_told_together() -> None:
    unknown = field(4, field(1, b"k")) + OUTLINE  # a value of no known kind
    odd = field(7, field(1, b"\x12\x01\x04"))
    for first, second in ((unknown, odd), (odd, unknown)):
        found: Any = assert_alike(field(1, b"b"), field(1, b"a") + field(4, first) + field(4, second))
        assert found[0] is UnsupportedFileError


def test_what_is_too_much_at_once_is_left_to_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datumpb.codec.annotation_scan._MAX_SIZE", 3 * len(OUTLINE))
    plain = field(1, b"b") + field(4, OUTLINE) * 2
    assert scan_of([plain, plain]).kinds.tolist() == [POLYGON, POLYGON, POLYGON, NOT_READ]
    assert_alike(plain, plain)


def test_equal_attributes_are_different_dicts() -> None:
    items = decode_items([field(1, b"a") + field(4, ATTRIBUTE + OUTLINE) * 3], "train", None)
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
    assert_alike(message.SerializeToString() + field(4, OUTLINE))
