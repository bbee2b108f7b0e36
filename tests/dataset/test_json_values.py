"""What other readers of JSON would refuse or misread is not written; what is read is checked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from datumpb.dataset.json_values import check, elements, encode, fits, get, holdable, parse
from datumpb.errors import SourceFormatError

if TYPE_CHECKING:
    from datumpb.model.values import Value

FITTING: list[Value] = [
    None,
    True,
    0,
    -1,
    2**1023 - 1,
    1 - 2**1023,
    1.5,
    -0.0,
    5e-324,
    "",
    "é\0",
    [],
    {},
    [{"a": [None]}],
]
NOT_FITTING: list[Value] = [2**1023, -(2**1023), float("nan"), float("inf"), b"", "\ud800", [b""], {"a": {"\ud800": 1}}]


@pytest.mark.parametrize("value", FITTING)
def test_what_fits_comes_back(value: Value) -> None:
    assert fits(value)
    assert json.loads(encode({"a": value})) == {"a": value}


@pytest.mark.parametrize("value", NOT_FITTING)
def test_what_does_not_fit(value: Value) -> None:
    assert not fits(value)
    lost: list[str] = []
    assert holdable({"a": 1, "b": value, "c": "x"}, lost.append) == {"a": 1, "c": "x"}
    assert lost == ["b"]


def test_extreme_nesting_does_not_fit() -> None:
    value: Value = []
    for _ in range(199):
        value = [value]
    assert fits(value)
    assert not fits([value])


def test_parse() -> None:
    assert parse(b'{"a": 1}') == {"a": 1}
    for data in (b"[]", b"{", b'{"a": NaN}', b'"\xff"'):
        with pytest.raises(ValueError, match="JSON"):
            parse(data)


def test_access_is_checked() -> None:
    values = {"a": 1, "b": [1, "x"], "c": True}
    assert get(values, "a", int, "top") == 1
    assert elements(values, "z", int, "top") == []
    with pytest.raises(SourceFormatError, match=r"top.z: this key is missing"):
        get(values, "z", int, "top")
    with pytest.raises(SourceFormatError, match=r"top.c: a whole number expected, not bool"):
        get(values, "c", int, "top")
    with pytest.raises(SourceFormatError, match=r"top.b\[1\]: a whole number expected, not str"):
        elements(values, "b", int, "top")
    with pytest.raises(SourceFormatError, match="place: a list expected, not dict"):
        check({}, list, "place")
