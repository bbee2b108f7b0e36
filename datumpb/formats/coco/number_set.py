"""A set of whole numbers that takes some eight bytes for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

_RECENT = 1 << 16  # numbers that may be in a set of Python, which takes some 60 bytes for each
_LOW, _HIGH = -(1 << 63), 1 << 63


class NumberSet:
    """Whole numbers, added one by one and asked for one by one."""

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        """Begin with some."""
        self._sorted = np.zeros(0, np.int64)
        self._recent: set[int] = set()
        self._huge: set[int] = set()  # no int64
        for number in numbers:
            self.add(number)

    def __contains__(self, number: int) -> bool:
        """Tell whether a number is there."""
        if number in self._recent or not len(self._sorted):
            return number in self._recent or number in self._huge
        if not _LOW <= number < _HIGH:
            return number in self._huge
        place = int(self._sorted.searchsorted(number))
        return place < len(self._sorted) and self._sorted.item(place) == number

    def add(self, number: int) -> None:
        """Add a number, which may be there already."""
        if not _LOW <= number < _HIGH:
            self._huge.add(number)
            return
        self._recent.add(number)
        self._settle()

    def is_disjoint(self, numbers: set[int]) -> bool:
        """Tell whether none of some numbers is there."""
        if not len(self._sorted):
            return self._recent.isdisjoint(numbers) and self._huge.isdisjoint(numbers)
        return not any(number in self for number in numbers)

    def add_all(self, numbers: set[int]) -> None:
        """Add some numbers, which may be there already."""
        if numbers and min(numbers) >= _LOW and max(numbers) < _HIGH:
            self._recent |= numbers
            self._settle()
        else:
            for number in numbers:
                self.add(number)

    def update(self, other: NumberSet) -> None:
        """Add all numbers of another set."""
        recent = np.fromiter(other._recent, np.int64, len(other._recent))
        self._sorted = _united(_united(self._sorted, other._sorted), recent)
        self._huge |= other._huge

    def _settle(self) -> None:
        if len(self._recent) >= max(_RECENT, len(self._sorted) >> 5):  # sorted again and again, but not too often
            self._sorted = _united(self._sorted, np.fromiter(self._recent, np.int64, len(self._recent)))
            self._recent = set()


def _united(ordered: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return what `np.union1d` does of sorted numbers and others that are each there once, in half of the memory."""
    if len(ordered):
        places = np.searchsorted(ordered, others).clip(max=len(ordered) - 1)
        others = others[ordered[places] != others]
    united = np.concatenate((ordered, others))
    united.sort()
    return united
