"""Attributes from their bytes: what messages say, however they are written."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec.attribute_bytes import KnownMaps, read_attributes
from datumpb.codec.values import decode_attributes, encode_attributes
from datumpb.errors import DatumpbError
from datumpb.model.values import Value, identical
from tests.support import strategies
from tests.support.wire import field


def outcome(serialized: list[bytes], *, from_bytes: bool) -> object:
    parsed = [messages.Attribute.FromString(data) for data in serialized]
    try:
        return read_attributes(serialized, {}) if from_bytes else decode_attributes(parsed)
    except DatumpbError as error:
        return type(error), str(error)


def assert_alike(serialized: list[bytes]) -> object:
    read, decoded = (outcome(serialized, from_bytes=from_bytes) for from_bytes in (True, False))
    assert type(read) is type(decoded)
    assert identical(read, decoded)
    return read


@given(strategies.ATTRIBUTES)
def test_any_attributes(attributes: dict[str, Value]) -> None:
    item = messages.Item()
    encode_attributes(attributes, item.attributes, "attributes")
    serialized = [part.SerializeToString() for part in item.attributes]
    assert identical(assert_alike(serialized), attributes)


@given(strategies.ATTRIBUTES, st.data())
def test_damaged_bytes(attributes: dict[str, Value], data: st.DataObject) -> None:
    item = messages.Item()
    encode_attributes(attributes, item.attributes, "attributes")
    serialized = [bytearray(part.SerializeToString()) for part in item.attributes]
    for part in serialized:
        part[data.draw(st.integers(0, len(part) - 1))] = data.draw(st.integers(0, 255))
    try:
        for part in serialized:
            messages.Attribute.FromString(bytes(part))
    except DecodeError:
        return
    assert_alike([bytes(part) for part in serialized])


KEY = field(1, b"k")
NESTED = field(2, b"\x4a\x00")
for _ in range(6):
    NESTED = field(2, field(9, field(1, KEY + NESTED)))


@pytest.mark.parametrize(
    "attribute",
    [
        b"",
        KEY,
        field(2, b"\x10\x01"),  # no key
        field(1, b"") + field(2, b"\x10\x01"),
        KEY + field(2, b""),  # a value of no kind
        KEY + field(2, b"\x10\x00"),
        KEY + field(2, b"\x10\x02"),
        KEY + field(2, b"\x10\x81\x00"),  # not in the fewest bytes
        KEY + field(2, b"\x10\x00\x10\x01"),  # the last one counts
        KEY + field(2, b"\x18\x03"),
        KEY + field(2, b"\x18\x83\x00"),
        KEY + field(2, b"\x18\x03\x18\x05"),
        KEY + field(2, b"\x18" + b"\xff" * 8 + b"\x7f"),
        KEY + field(2, b"\x18" + b"\xff" * 9 + b"\x01"),
        KEY + field(2, b"\x18" + b"\xff" * 9 + b"\x7f"),  # more than 64 bits, which are cut off
        KEY + field(2, b"\x18\x03\x10\x01"),  # two kinds
        KEY + field(2, field(6, b"abc")),
        KEY + field(2, field(6, b"")),
        KEY + field(2, field(6, "é".encode())),
        KEY + field(2, field(6, b"a") + field(6, b"b")),
        KEY + field(2, field(6, b"x" * 120)),
        KEY + b"\x12\x83\x01" + b"\x32\x80\x01" + b"x" * 128,
        KEY + field(2, b"\x29" + bytes(8)),
        KEY + field(2, b"\x29" + bytes.fromhex("010000000000f07f")),  # a signalling NaN
        KEY + field(2, b"\x08\x00"),  # null
        KEY + field(2, field(7, b"ab")),
        KEY + field(2, field(8, field(1, b"\x10\x01"))),  # a list
        KEY + field(2, b"\x4a\x00"),  # an empty map
        KEY + field(2, field(9, field(1, KEY + field(2, b"\x10\x01")) * 2)),  # a key twice
        KEY + field(2, field(9, field(1, KEY) + field(2, b"x"))),  # of a later version
        KEY + field(2, field(9, field(1, b"")) + field(9, b"")),
        KEY + NESTED,
        field(2, b"\x10\x01") + KEY,  # out of order
        KEY + KEY + field(2, b"\x10\x01"),
        KEY + field(2, b"\x10\x01") + field(2, b"\x18\x02"),  # merged
        KEY + field(2, b"\x10\x01") + field(3, b""),
        b"\x0a\x81\x00k" + field(2, b"\x10\x01"),
    ],
)
def test_ways_of_writing(attribute: bytes) -> None:
    assert_alike([attribute])
    assert_alike([attribute, field(1, b"other") + field(2, b"\x18\x02")])
    assert_alike([attribute, attribute])


def test_known_maps_are_copied_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datumpb.codec.attribute_bytes._MAX_KNOWN", 1)
    known: KnownMaps = {}
    item = messages.Item()
    encode_attributes({"a": {"b": {"c": 1}, "d": 2}, "e": {"f": 3}}, item.attributes, "attributes")
    serialized = [part.SerializeToString() for part in item.attributes]
    for _ in range(3):
        values: Any = read_attributes(serialized, known)
        assert values == {"a": {"b": {"c": 1}, "d": 2}, "e": {"f": 3}}
        assert len(known) <= 1
        values["a"]["b"]["c"] = values["e"]["f"] = 5
        values["a"].clear()
