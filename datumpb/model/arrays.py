"""Arrays of numbers made of what callers give: what is no number is refused, not guessed."""

from __future__ import annotations

import numpy as np

from datumpb.errors import InvalidItemError

_FLOAT64 = np.dtype(np.float64)


def as_numbers(values: object) -> np.ndarray:
    """Return an array of integers or floating-point numbers of any size, itself where `values` is one.

    Unlike numpy alone, which makes NaN of None and 1.0 of "1".

    Raises:
        InvalidItemError: They are not numbers.
    """
    try:
        array = np.asarray(values)
    except ValueError as error:  # rows of different lengths
        message = f"coordinates have to be numbers: {error}"
        raise InvalidItemError(message) from error
    if array.dtype.kind not in "iuf":
        message = f"coordinates have to be numbers, not {array.dtype.type.__name__}"
        raise InvalidItemError(message)
    return array


def as_float64(values: object) -> np.ndarray:
    """Return a float64 array, itself where `values` is one.

    Raises:
        InvalidItemError: They are not numbers.
    """
    return as_numbers(values).astype(np.float64, copy=False)


def as_points(values: object) -> np.ndarray:
    """Bring coordinates to (N, 2) float64.

    Raises:
        InvalidItemError: They are not numbers, or their count is odd.
    """
    if type(values) is np.ndarray and values.dtype == _FLOAT64 and values.shape[1:] == (2,):
        return values
    points = as_float64(values)
    if points.size % 2:
        message = f"odd coordinate count: {points.size} numbers do not make points of x and y"
        raise InvalidItemError(message)
    return points.reshape(-1, 2)
