"""Writing long JSON lists in constant memory: entries go to a temporary file first, and to their place in the end."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from typing import IO, TYPE_CHECKING

import numpy as np

from datumpb.formats.coco import order
from datumpb.formats.coco.columns import Column

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_NOWHERE = (1 << 32) - 1  # a position that no entry has
_COPY_SIZE = 1 << 20
_ENTRIES_AT_ONCE = 1 << 15
_SIZE_AT_ONCE = 1 << 21
_READ_THROUGH = 1 << 12  # reading so many bytes more is cheaper than to begin anew


class Spool:
    """A list of JSON entries in a temporary file; where they end, and what their order follows from, in others."""

    def __init__(self, folder: Path) -> None:
        """Begin an empty list in a nameless file in a folder."""
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 -- closed by `close`
        self._count = self._size = 0
        self._ends, self._ids, self._runs = Column("u8"), Column("i8"), Column("i8")
        self._moved, self._positions = Column("u4"), Column("u4")
        self._waiting: list[tuple[int, int, int]] = []  # end, id and run
        self._waiting_moved: list[tuple[int, int]] = []  # entry and position

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __len__(self) -> int:
        """Return how many entries there are."""
        return self._count

    def add(self, entry: bytes, number: object = 0, run: int = 0, position: object = None) -> None:
        """Add an entry.

        Args:
            entry: The entry, encoded.
            number: Its id, for a list ordered by id.
            run: The run of ids that it lies in.
            position: Its position in the list, where that does not follow from the base order.
        """
        if type(position) is int:
            self._move(self._count, position)
        self._file.write(entry + b",")
        self._count += 1
        self._size += len(entry) + 1
        self._waiting.append((self._size, order.sort_id(number), order.sort_id(run)))
        if len(self._waiting) >= _ENTRIES_AT_ONCE:
            self._settle()

    def add_lines(self, lines: bytes, numbers: Sequence[int], runs: Sequence[int], positions: dict[int, int]) -> None:
        """Add some entries.

        Args:
            lines: The entries, encoded, each followed by the end of its line.
            numbers: The id of each, an int64.
            runs: The run of ids that each lies in, an int64.
            positions: For the places among these entries of those that have one, the position in the list.
        """
        for place, position in positions.items():
            self._move(self._count + place, position)
        self._settle()
        ends = np.flatnonzero(np.frombuffer(lines, np.uint8) == ord("\n")) + 1
        self._ends.append(ends + self._size)
        self._ids.append(np.array(numbers, np.int64))
        self._runs.append(np.array(runs, np.int64))
        self._count += len(ends)
        self._size += len(lines)
        self._file.write(lines.replace(b"\n", b","))

    def _move(self, entry: int, position: int) -> None:
        self._waiting_moved.append((entry, position if 0 <= position < _NOWHERE else _NOWHERE))

    def _settle(self) -> None:
        """Put aside what is known of the entries that were added one by one."""
        _append((self._ends, self._ids, self._runs), self._waiting)
        _append((self._moved, self._positions), self._waiting_moved)
        self._waiting, self._waiting_moved = [], []

    def copy_to(self, target: IO[bytes], *, by_id: bool = False) -> None:
        """Write a JSON list of the entries: in their base order (as added, or by run and id), or at their positions."""
        target.write(b"[")
        self._settle()
        if len(self):
            self._file.flush()
            if by_id or len(self._moved):
                self._copy_arranged(target, by_id=by_id)
            else:
                self._copy_all(target)
        target.write(b"]")

    def entries(self) -> Iterator[bytes]:
        """Yield the entries as they were added."""
        self._settle()
        self._file.flush()
        self._file.seek(0)
        start = 0
        for ends in self._ends.chunks():
            for end in ends.tolist():
                yield self._file.read(end - start)[:-1]
                start = end

    def _copy_all(self, target: IO[bytes]) -> None:
        self._file.seek(0)
        size = self._size - 1  # without the last comma
        for start in range(0, size, _COPY_SIZE):
            target.write(self._file.read(min(size - start, _COPY_SIZE)))

    def _copy_arranged(self, target: IO[bytes], *, by_id: bool) -> None:
        arranged = np.arange(len(self), dtype=np.uint32)
        if by_id:
            arranged = np.lexsort((self._ids.whole(), self._runs.whole())).astype(np.uint32)
        if len(self._moved):
            arranged = order.arrange(arranged, self._moved.whole(), self._positions.whole())
        offsets = np.zeros(len(self) + 1, np.int64)
        offsets[1:] = self._ends.whole()
        first = 0
        while first < len(arranged):
            places = arranged[first : first + _ENTRIES_AT_ONCE]
            sizes = offsets[places + 1] - offsets[places]
            places = places[: max(1, int(np.searchsorted(sizes.cumsum(), _SIZE_AT_ONCE)))]
            first += len(places)
            entries = self._read(places, offsets)
            if first == len(arranged):
                entries[-1] = entries[-1][:-1]
            target.writelines(entries)

    def _read(self, places: np.ndarray, offsets: np.ndarray) -> list[bytes]:
        """Return some entries, each with its comma: read in the order of the file, and those between them, too."""
        arranged = np.argsort(places)
        starts, stops = offsets[places[arranged]], offsets[places[arranged] + 1]
        apart = (starts[1:] - stops[:-1] > _READ_THROUGH) | (starts[1:] // _COPY_SIZE != starts[:-1] // _COPY_SIZE)
        edges = [0, *(np.flatnonzero(apart) + 1).tolist(), len(places)]
        bounds = [*zip(starts.tolist(), stops.tolist(), strict=True)]
        found: list[bytes] = []
        for first, last in pairwise(edges):
            base = bounds[first][0]
            self._file.seek(base)
            read = self._file.read(bounds[last - 1][1] - base)
            found += [read[start - base : stop - base] for start, stop in bounds[first:last]]
        back = np.empty_like(arranged)
        back[arranged] = np.arange(len(arranged))
        return [found[place] for place in back.tolist()]


def _append(columns: tuple[Column, ...], rows: Sequence[tuple[int, ...]]) -> None:
    if rows:
        for column, numbers in zip(columns, np.array(rows, np.int64).T, strict=True):
            column.append(numbers)
