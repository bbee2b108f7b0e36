"""Arrays of numbers made of what callers give."""

from __future__ import annotations

import numpy as np
import pytest

from datumpb.errors import InvalidItemError
from datumpb.model.arrays import as_float64, as_numbers, as_points


@pytest.mark.parametrize("values", [[1, 2, 3, 4], [[1, 2], [3, 4]], (1.0, 2, 3, 4), np.array([1, 2, 3, 4], np.uint8)])
def test_points_take_their_shape(values: object) -> None:
    points = as_points(values)
    assert points.dtype == np.float64
    assert points.tolist() == [[1, 2], [3, 4]]


def test_no_points_are_points() -> None:
    assert as_points([]).shape == (0, 2)


@pytest.mark.parametrize("size", [1, 3, 7])
def test_an_odd_count_is_refused(size: int) -> None:
    with pytest.raises(InvalidItemError, match=f"odd coordinate count: {size} numbers"):
        as_points(np.zeros(size))


@pytest.mark.parametrize(
    "values", ["12", ["1", "2"], None, [None, 1], [1j, 2], [True, False], [[1, 2], [3]], [10**400, 1], [b"1", b"2"]]
)
def test_what_is_no_numbers_is_refused(values: object) -> None:
    for make in (as_numbers, as_float64, as_points):
        with pytest.raises(InvalidItemError, match="coordinates have to be numbers"):
            make(values)


def test_an_array_of_the_right_type_is_not_copied() -> None:
    array = np.zeros((3, 2))
    assert as_numbers(array) is array
    assert as_float64(array) is array
    assert np.shares_memory(as_points(array), array)
