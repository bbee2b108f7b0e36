"""Coordinates of two decimals at the most, as nearly all of COCO have, written as JSON: looked up in a table.

A row of the table is the text of one number and a comma, with zeros in place of the digits that it does not have.
"""

from __future__ import annotations

import functools
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

_SCALE = 100
_COUNT = 1 << 18  # 2 MB; pictures of COCO have up to 640 pixels, these are 2621


def texts_of(numbers: np.ndarray, edges: Sequence[int]) -> list[bytes] | None:
    """Return numbers as texts, separated by commas; None where one of the numbers is not in the table.

    Args:
        numbers: (N,) float64, at least one; -0.0 counts as 0.
        edges: Where each text begins, and the last one ends; none is empty.
    """
    if not (numbers.min() >= 0 and numbers.max() <= (_COUNT - 1) / _SCALE):  # of NaN, neither is true
        return None
    scaled = np.rint(numbers * _SCALE)
    if (scaled / _SCALE != numbers).any():
        return None
    places = scaled.astype(np.intp)
    table, sizes = _table()
    text = table.take(places).tobytes().translate(None, b"\0")
    ends = np.append(0, sizes.take(places).cumsum(dtype=np.int64))[np.array(edges)].tolist()
    return [text[start : stop - 1] for start, stop in pairwise(ends)]


@functools.cache
def _table() -> tuple[np.ndarray, np.ndarray]:
    """Return the texts of all numbers, eight bytes each as one number, and their sizes; each with its comma."""
    numbers = np.arange(_COUNT, dtype=np.int32)
    table = np.zeros((len(numbers), 8), np.uint8)
    for column, unit in enumerate((100_000, 10_000, 1000, 100)):
        digits = numbers // unit
        table[:, column] = np.where((digits > 0) | (unit == _SCALE), digits % 10 + ord("0"), 0)
    table[:, 4] = ord(".")
    table[:, 5] = numbers // 10 % 10 + ord("0")
    table[:, 6] = np.where(numbers % 10 > 0, numbers % 10 + ord("0"), 0)
    table[:, 7] = ord(",")
    return table.view(np.uint64).reshape(-1), np.count_nonzero(table, axis=1).astype(np.uint8)
