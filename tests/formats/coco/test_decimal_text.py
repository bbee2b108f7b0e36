"""Numbers looked up in a table are written as Python writes them, and no other is taken for one of the table."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb.formats.coco.decimal_text import texts_of
from tests.support.strategies import FLOATS, rounded

LISTED = st.integers(0, 262_143).map(lambda number: number / 100) | st.integers(0, 640).map(float)


def test_every_number_of_the_table() -> None:
    numbers = (np.arange(1 << 18) / 100).tolist()
    (text,) = texts_of(np.array(numbers), [0, len(numbers)]) or [b""]
    assert text == ",".join(map(repr, numbers)).encode()
    assert texts_of(np.array([0.0, 12.5]), [0, 1, 2]) == [b"0.0", b"12.5"]


@given(st.lists(st.lists(LISTED, min_size=1, max_size=4), min_size=1, max_size=4))
def test_where_each_text_begins(parts: list[list[float]]) -> None:
    numbers = np.array([number for part in parts for number in part])
    edges = [0, *accumulate(map(len, parts))]
    assert texts_of(numbers, edges) == [",".join(map(repr, part)).encode() for part in parts]


@given(st.lists(LISTED | rounded() | FLOATS | st.floats(0, 2700), min_size=1, max_size=4))
def test_no_other_number(numbers: list[float]) -> None:
    texts = texts_of(np.array(numbers), [0, len(numbers)])
    if texts is not None:
        assert texts == [",".join(repr(abs(number)) for number in numbers).encode()]


@pytest.mark.parametrize(
    "number",
    [
        -0.01,
        0.001,
        0.005,
        5e-324,
        2621.435,
        2621.44,
        10_000.0,
        1e300,
        float("nan"),
        float("inf"),
        np.nextafter(0.07, 1),
    ],
)
def test_a_number_that_is_not_in_the_table(number: float) -> None:
    assert texts_of(np.array([0.07, number, 2621.43]), [0, 3]) is None
