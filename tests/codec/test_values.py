"""Values: exact both ways, refused by their keys, and never trusted."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given

from datumpb import messages
from datumpb.codec.value_encoder import MAX_DEPTH
from datumpb.codec.values import (
    decode_attributes,
    decode_value,
    encode_attributes,
    encode_value,
)
from datumpb.errors import DamagedFileError, InvalidItemError, UnsupportedFileError
from datumpb.model.values import identical
from tests.support import strategies

if TYPE_CHECKING:
    from datumpb.model.values import Value


def encoded(value: Any) -> messages.Value:  # noqa: ANN401 -- anything, to see it refused
    message = messages.Value()
    encode_value(value, message, "v")
    return message


def nested(depth: int, *, maps: bool) -> Value:
    value: Value = 1
    for _ in range(depth):
        value = {"k": value} if maps else [value]
    return value


@given(strategies.VALUES)
def test_values_come_back_identical(value: Value) -> None:
    assert identical(decode_value(messages.Value.FromString(encoded(value).SerializeToString())), value)


@given(strategies.ATTRIBUTES)
def test_attributes_come_back_identical_and_in_order(attributes: dict[str, Value]) -> None:
    message = messages.Item()
    encode_attributes(attributes, message.attributes, "attributes")
    decoded = decode_attributes(messages.Item.FromString(message.SerializeToString()).attributes)
    assert identical(decoded, attributes)
    assert list(decoded) == list(attributes)


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        (None, "0800"),
        (False, "1000"),
        (True, "1001"),
        (0, "1800"),
        (-1, "1801"),
        (2**63 - 1, "18feffffffffffffffff01"),
        (-(2**63), "18ffffffffffffffffff01"),
        (2**63, "2209008000000000000000"),
        (-(2**63) - 1, "2209ff7fffffffffffffff"),
        (2**71 - 1, "22097fffffffffffffffff"),
        (2**71, "220a00800000000000000000"),
        (-(2**71), "2209800000000000000000"),
        (0.0, "290000000000000000"),
        (-0.0, "290000000000000080"),
        ("", "3200"),
        ("é", "3202c3a9"),
        (b"", "3a00"),
        (b"\xff", "3a01ff"),
        ([], "4200"),
        ([None], "42040a020800"),
        ({}, "4a00"),
        ({"": {}}, "4a060a0412024a00"),
    ],
)
def test_the_wire(value: Value, wire: str) -> None:
    assert encoded(value).SerializeToString().hex() == wire.replace(" ", "")
    assert identical(decode_value(messages.Value.FromString(bytes.fromhex(wire))), value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.int8(-1), -1),
        (np.uint64(2**64 - 1), 2**64 - 1),
        (np.float32(0.1), 0.10000000149011612),
        (np.float64(0.1), 0.1),
        (np.float16(0.5), 0.5),
        (np.bool_(True), True),  # noqa: FBT003 -- its only form
        (np.str_("a"), "a"),
        (np.bytes_(b"a"), b"a"),
        ((1, (2,)), [1, [2]]),
        ({"a": (np.int64(1),)}, {"a": [1]}),
    ],
)
def test_numpy_scalars_and_tuples_become_plain(value: object, expected: Value) -> None:
    assert identical(decode_value(encoded(value)), expected)


@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        ({"a": {"b": [1, object()]}}, "attributes['a']['b'][1]: builtins.object is no type that values can have"),
        ({"a": np.zeros(2)}, "attributes['a']: numpy.ndarray is no type that values can have"),
        ({"a": np.datetime64(1, "ns")}, "attributes['a']: numpy.datetime64 is no type that values can have"),
        ({"a": np.timedelta64(1, "ns")}, "attributes['a']: numpy.timedelta64 is no type that values can have"),
        ({"a": np.complex128(1)}, "attributes['a']: numpy.complex128 is no type that values can have"),
        ({"a": {1: 2}}, "attributes['a']: key 1 is not text"),
        ({None: 2}, "attributes: key None is not text"),
        ({"\ud800": 2}, r"attributes: key '\ud800' has a lone surrogate, which UTF-8 cannot hold"),
        ({"a": ["\ud800"]}, r"attributes['a'][0]: '\ud800' has a lone surrogate, which UTF-8 cannot hold"),
        ({"a": bytearray()}, "attributes['a']: builtins.bytearray is no type that values can have"),
        (None, "attributes None is not a dict"),
    ],
)
def test_what_cannot_be_held_is_refused_by_its_keys(attributes: Any, problem: str) -> None:  # noqa: ANN401 -- wrong on purpose
    with pytest.raises(InvalidItemError, match=f"^{re.escape(problem)}$"):
        encode_attributes(attributes, messages.Item().attributes, "attributes")


def test_wider_floats_are_refused_where_they_are_wider() -> None:
    if math.log2(np.finfo(np.longdouble).max) < 2000:
        pytest.skip("long double is double here")
    with pytest.raises(InvalidItemError, match="longdouble"):
        encoded(np.longdouble(1) / 3)


@pytest.mark.parametrize("maps", [False, True])
def test_values_nest_to_their_limit_and_no_deeper(*, maps: bool) -> None:
    deepest = nested(MAX_DEPTH, maps=maps)
    assert identical(decode_value(encoded(deepest)), deepest)
    with pytest.raises(InvalidItemError, match="nest at most 30"):
        encoded(nested(MAX_DEPTH + 1, maps=maps))


def test_the_deepest_place_is_within_the_parsers_limit() -> None:
    batch = messages.ItemBatch()
    annotation = batch.items.add().annotations.add()
    encode_attributes({"k": nested(MAX_DEPTH, maps=True)}, annotation.tabular.values, "values")
    assert messages.ItemBatch.FromString(batch.SerializeToString()) == batch


def test_a_list_that_holds_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(InvalidItemError, match="nest at most"):
        encoded(endless)


@pytest.mark.parametrize("maps", [False, True])
def test_a_message_that_nests_deeper_is_damaged(*, maps: bool) -> None:
    message = encoded(nested(MAX_DEPTH, maps=maps))
    outer = messages.Value()
    inner = outer.map_value.entries.add(key="k").value if maps else outer.list_value.values.add()
    inner.CopyFrom(message)
    with pytest.raises(DamagedFileError, match="nest more than 30"):
        decode_value(outer)


@pytest.mark.parametrize("data", ["", "00", "7fffffffffffffff", "007fffffffffffffff", "ff8000000000000000", "00" * 9])
def test_a_big_integer_that_is_not_minimal_is_damaged(data: str) -> None:
    with pytest.raises(DamagedFileError, match="fewest bytes"):
        decode_value(messages.Value(big_int_value=bytes.fromhex(data)))


def test_a_key_that_stands_twice_is_damaged() -> None:
    message = messages.Item()
    message.attributes.add(key="k").value.int_value = 1
    message.attributes.add(key="k").value.int_value = 1
    with pytest.raises(DamagedFileError, match="'k' stands twice"):
        decode_attributes(message.attributes)


@pytest.mark.parametrize("data", ["", "a20600"])
def test_a_value_of_unknown_kind_needs_a_newer_reader(data: str) -> None:
    with pytest.raises(UnsupportedFileError):
        decode_value(messages.Value.FromString(bytes.fromhex(data)))
