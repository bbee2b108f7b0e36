"""JSON has the bytes that Python's `json` writes, by whichever way."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb.formats.coco.jsonvalues import are_plain_floats, encode, is_plain_float
from tests.support.strategies import FLOATS, rounded

TEXTS = st.text(st.characters(), max_size=4) | st.sampled_from(["\ud800", "\x7f\x00\x1f\u2028", 'a"b\\/', "😀"])
NUMBERS = st.integers() | st.sampled_from([True, 2**64, -(2**80)])
VALUES = st.recursive(
    TEXTS | NUMBERS | FLOATS | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS | st.sampled_from([1, None, 0.5]), inner),
    max_leaves=6,
)


@given(VALUES | st.dictionaries(TEXTS, TEXTS | NUMBERS, max_size=4) | st.lists(st.integers()))
def test_as_json_has_it(value: object) -> None:
    try:
        expected = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        expected = json.dumps(value, separators=(",", ":")).encode()
    assert encode(value) == expected


def test_every_character() -> None:
    for start in range(0, sys.maxunicode + 1, 1 << 10):
        text = "".join(map(chr, range(start, start + (1 << 10))))
        if not "\ud800" <= text[0] < "\ue000":
            assert encode({"a": text}) == b'{"a":' + json.dumps(text, ensure_ascii=False).encode() + b"}"


@pytest.mark.parametrize("value", [b"x", {"a": b"x"}, {"a": {1, 2}}, {b"a": 1}, [object()]])
def test_what_is_no_json(value: object) -> None:
    with pytest.raises(TypeError):
        encode(value)


@given(st.lists(FLOATS | rounded() | st.floats(1e-5, 1e17), max_size=5))
def test_plain_floats(numbers: list[float]) -> None:
    plain = are_plain_floats(np.array(numbers, np.float64)).tolist()
    for number, found in zip(numbers, plain, strict=True):
        text = repr(number)
        assert is_plain_float(number) == text.replace(".", "").lstrip("-").isdigit()
        assert found == (is_plain_float(number) and text != "-0.0")
    assert not any(map(is_plain_float, [1, True, np.float64(1), None, "1.0"]))
