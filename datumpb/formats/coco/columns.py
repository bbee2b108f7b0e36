"""Long columns of numbers: a little in memory, the rest in a temporary file that is gone as soon as nobody uses it."""

from __future__ import annotations

import tempfile
import weakref
from typing import TYPE_CHECKING

import numpy as np

from datumpb.dataset.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 1 << 16
"""How many numbers are worked on at once."""

_IN_MEMORY = 1 << 22  # bytes; the indexes of datasets up to some 100 MB never reach the disk


class Column:
    """Numbers of one type, appended and read in pieces."""

    def __init__(self, dtype: str) -> None:
        """Begin an empty column.

        Args:
            dtype: The numbers' type in numpy.
        """
        self._dtype = np.dtype(dtype)
        self._count = 0
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=scratch_folder())  # noqa: SIM115 -- closed with the column
        weakref.finalize(self, self._file.close)

    def __len__(self) -> int:
        """Return how many numbers there are."""
        return self._count

    def append(self, numbers: np.ndarray) -> None:
        """Append numbers."""
        self._file.seek(0, 2)
        self._file.write(numbers.astype(self._dtype, copy=False).tobytes())
        self._count += len(numbers)

    def write(self, start: int, numbers: np.ndarray) -> None:
        """Put numbers in the place of those from `start` on, which are there already."""
        self._file.seek(start * self._dtype.itemsize)
        self._file.write(numbers.astype(self._dtype, copy=False).tobytes())

    def read(self, start: int, stop: int) -> np.ndarray:
        """Return the numbers from `start` to before `stop`, as far as there are any; not to be changed."""
        size = self._dtype.itemsize
        self._file.seek(start * size)
        return np.frombuffer(self._file.read(max(min(stop, self._count) - start, 0) * size), self._dtype)

    def chunks(self) -> Iterator[np.ndarray]:
        """Yield all numbers in order, `CHUNK` at a time."""
        for start in range(0, self._count, CHUNK):
            yield self.read(start, start + CHUNK)

    def whole(self) -> np.ndarray:
        """Return all numbers; not to be changed."""
        return self.read(0, self._count)

    def __getitem__(self, place: int) -> int:
        """Return one number."""
        return int(self.read(place, place + 1)[0])
