"""Ids of any size as int64, so that numpy can sort and compare them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datumpb.formats.coco.order import sort_id

if TYPE_CHECKING:
    from collections.abc import Sequence

MISSING = -(1 << 63)
"""What stands for no id at all."""

_FREE = -(1 << 62)  # below, codes stand for what is no number from here to 2^63 - 1; nobody has as many of those


class WholeNumbers:
    """Gives each whole number a code, an int64: itself, but for those that are far from zero."""

    def __init__(self) -> None:
        """Begin without any."""
        self._codes: dict[object, int] = {}
        self._numbers: list[object] = []

    def encode(self, numbers: Sequence[object]) -> np.ndarray:
        """Return the codes of numbers; `MISSING` for what is none."""
        if {int}.issuperset(map(type, numbers)):
            try:
                codes = np.array(numbers, np.int64)
            except OverflowError:
                pass
            else:
                if not len(codes) or codes.min() >= _FREE:
                    return codes
        return np.array([self._code(number) for number in numbers], np.int64)

    def decode(self, code: int) -> int:
        """Return the number of a code."""
        return code if code >= _FREE else self._numbers[code - MISSING - 1]  # type: ignore[return-value]  # numbers

    def sort_ids(self, codes: np.ndarray) -> np.ndarray:
        """Return numbers to sort codes by: 0 where the number is no int64, or missing."""
        far = np.flatnonzero(codes < _FREE)
        if not len(far):
            return codes
        ids = codes.copy()
        ids[far] = [sort_id(self.decode(code)) if code != MISSING else 0 for code in codes[far].tolist()]
        return ids

    def _code(self, number: object) -> int:
        if type(number) is not int:
            return MISSING
        if _FREE <= number < 1 << 63:
            return number
        if number not in self._codes:
            self._numbers.append(number)
            self._codes[number] = MISSING + len(self._numbers)
        return self._codes[number]
