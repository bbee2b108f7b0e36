from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

import datumpb as dp
from datumpb.model import value_text
from datumpb.model.values import identical
from tests.support import strategies

if TYPE_CHECKING:
    from datumpb.model.values import Value


@given(strategies.VALUES)
def test_values_come_back_bit_for_bit(value: Value) -> None:
    text = value_text.encode(value)
    json.loads(text)
    assert identical(value_text.decode(text), value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [True, 1, 1.0, None]}, '{"a":[true,1,1.0,null]}'),
        ([-0.0, float("nan"), float("-inf")], '[-0.0,{"$float":"NaN"},{"$float":"-Infinity"}]'),
        (2**53, '{"$int":"9007199254740992"}'),
        (-(2**2048), f'{{"$int":"-0x1{"0" * 512}"}}'),
        (b"\0\1\2", '{"$bytes":"AAEC"}'),
        ({"$int": "1", "$$": "é"}, '{"$$int":"1","$$$":"é"}'),
        ({"$int": 1}, '{"$$int":1}'),
    ],
)
def test_how_values_are_written(value: Value, text: str) -> None:
    assert value_text.encode(value) == text
    assert identical(value_text.decode(text), value)


@pytest.mark.parametrize(
    "text",
    ['{"$x":1}', '{"$int":1}', '{"$int":"1e5"}', '{"$int":"0b1"}', '{"$int":"' + "9" * 5000 + '"}', '{"$bytes":"?"}',
     '{"$float":"1"}', '{"a":1,"a":1}', '{"$int":"1","b":2}', "NaN", "[1,]", "", "9" * 5000],
)  # fmt: skip
def test_what_is_never_written_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        value_text.decode(text)


def test_what_cannot_be_written() -> None:
    circle: list[Value] = []
    circle.append(circle)
    for value in (object(), {1: 2}, {"a": "\ud800"}, {"\udfff": 1}, circle, 1j):
        with pytest.raises(dp.InvalidItemError):
            value_text.encode(value)  # type: ignore[arg-type]
