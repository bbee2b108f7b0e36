from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb.dataset.transforms.ratios import shares_of, sizes_of
from datumpb.errors import OptionError
from tests.support.samples import one_line


@pytest.mark.parametrize(
    ("ratios", "shares"),
    [
        ({"all": 1}, {"all": 1}),
        ({"train": 0.8, "val": 0.1, "test": 0.1}, {"train": 8, "val": 1, "test": 1}),
        ({"a": 0.5, "b": 0.25, "c": 0.25}, {"a": 2, "b": 1, "c": 1}),
    ],
)
def test_ratios_are_what_is_written(ratios: dict[str, float], shares: dict[str, int]) -> None:
    assert shares_of(ratios) == shares


def test_thirds_are_near_enough() -> None:
    shares = shares_of({"a": 1 / 3, "b": 1 / 3, "c": 1 / 3})
    assert sizes_of(9, shares) == [3, 3, 3]
    with pytest.raises(OptionError):
        shares_of({"a": 0.333, "b": 0.333, "c": 0.333})


@pytest.mark.parametrize(
    ("ratios", "names"),
    [
        ({}, ["sum to 1, not 0"]),
        ({"a": 0.5}, ["sum to 1, not 0.5"]),
        ({"a": 80, "b": 20}, ["sum to 1, not 100"]),
        ({"a": 1 + 2e-9}, ["sum to 1"]),
        ({"a": 1.0, "b": 0.0}, ["'b'", "positive", "0.0"]),
        ({"a": 1.5, "b": -0.5}, ["'b'", "positive", "-0.5"]),
        ({"a": math.nan}, ["'a'", "nan"]),
        ({"a": math.inf}, ["'a'", "inf"]),
        ({"a": True}, ["'a'", "True"]),
        ({"": 1.0}, ["''"]),
    ],
)
def test_what_are_no_ratios(ratios: dict[str, Any], names: list[str]) -> None:
    with pytest.raises(OptionError) as caught:
        shares_of(ratios)
    one_line(caught.value, *names)


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(0, [0, 0, 0]), (1, [1, 0, 0]), (2, [1, 1, 0]), (3, [1, 1, 1]), (4, [2, 1, 1]), (5, [3, 1, 1]), (10, [5, 3, 2])],
)
def test_the_largest_remainders_get_what_is_left_over(count: int, sizes: list[int]) -> None:
    assert sizes_of(count, {"a": 5, "b": 3, "c": 2}) == sizes


@given(st.integers(0, 10**12), st.lists(st.integers(1, 10**9), min_size=1, max_size=6))
def test_sizes_are_exact(count: int, weights: list[int]) -> None:
    sizes = sizes_of(count, dict(zip("abcdef", weights, strict=False)))
    assert sum(sizes) == count
    for size, weight in zip(sizes, weights, strict=True):
        assert abs(size - Fraction(count * weight, sum(weights))) < 1
