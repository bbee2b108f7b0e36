"""Finding the rows of images by their ids."""

from __future__ import annotations

import numpy as np


class Lookup:
    """Finds the row of an image's id.

    Attributes:
        codes: The codes of ids, sorted.
        rows: The row of each.
        positions: Where each was when it was given.
    """

    def __init__(self, codes: np.ndarray, rows: np.ndarray) -> None:
        """Take the codes of ids, and their rows."""
        arranged = np.argsort(codes, kind="stable").astype(np.uint32)
        self.codes = codes[arranged]
        self.rows = rows[arranged].astype(np.uint32)
        self.positions = arranged

    @classmethod
    def empty(cls) -> Lookup:
        """Return one that knows no ids."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64))

    def extended(self, other: Lookup) -> Lookup:
        """Return this one with what the other knows beyond it."""
        if not len(self.codes):
            return other
        beyond = ~np.isin(other.codes, self.codes)
        codes = np.concatenate((self.codes, other.codes[beyond]))
        return Lookup(codes, np.concatenate((self.rows, other.rows[beyond])))

    def find(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of ids, and which of them are known."""
        if not len(self.codes):
            return np.zeros(len(codes), np.uint32), np.zeros(len(codes), bool)
        places = np.searchsorted(self.codes, codes).clip(max=len(self.codes) - 1)
        return self.rows[places], self.codes[places] == codes
