"""Datumaro's coordinates: float32, rounded to two decimals when a shape is made."""

from __future__ import annotations

import numpy as np


def two_decimals(values: object) -> np.ndarray:
    """Return coordinates of a shape as the numbers of two decimals that they stand for, flat, float64.

    Datumaro has 0.1 as 0.10000000149011612, the nearest float32. What is no such float32, being changed since the
    shape was made, or too large to have decimals, stays what it is.

    Args:
        values: The coordinates as Datumaro has them.
    """
    given = np.asarray(values, np.float64).reshape(-1)
    with np.errstate(over="ignore", invalid="ignore"):
        short = given.round(2)
        return np.where(short.astype(np.float32) == given, short, given)
