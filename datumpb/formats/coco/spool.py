"""Writing long JSON lists in constant memory: entries go to a temporary file first, and to their place in the end."""

from __future__ import annotations

import tempfile
from array import array
from itertools import pairwise
from typing import IO, TYPE_CHECKING

import numpy as np

from datumpb.formats.coco import order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_COPY_SIZE = 1 << 20
_ENTRIES_AT_ONCE = 1 << 15
_SIZE_AT_ONCE = 1 << 21
_READ_THROUGH = 1 << 12  # reading so many bytes more is cheaper than to begin anew


class Spool:
    """A list of JSON entries in a temporary file. In memory: their sizes, ids and what deviates from the base order."""

    def __init__(self, folder: Path) -> None:
        """Begin an empty list in a nameless file in a folder."""
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 -- closed by `close`
        self._offsets = array("q", [0])
        self._ids = array("q")
        self._runs = array("q")
        self._moved, self._positions = array("q"), array("q")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __len__(self) -> int:
        """Return how many entries there are."""
        return len(self._ids)

    def add(self, entry: bytes, number: object = 0, run: int = 0, position: object = None) -> None:
        """Add an entry.

        Args:
            entry: The entry, encoded.
            number: Its id, for a list ordered by id.
            run: The run of ids that it lies in.
            position: Its position in the list, where that does not follow from the base order.
        """
        if type(position) is int:
            self._move(len(self._ids), position)
        self._file.write(entry + b",")
        self._offsets.append(self._offsets[-1] + len(entry) + 1)
        self._ids.append(order.sort_id(number))
        self._runs.append(order.sort_id(run))

    def add_lines(self, lines: bytes, numbers: Iterable[int], runs: Iterable[int], positions: dict[int, int]) -> None:
        """Add some entries.

        Args:
            lines: The entries, encoded, each followed by the end of its line.
            numbers: The id of each, an int64.
            runs: The run of ids that each lies in, an int64.
            positions: For the places among these entries of those that have one, the position in the list.
        """
        for place, position in positions.items():
            self._move(len(self._ids) + place, position)
        ends = np.flatnonzero(np.frombuffer(lines, np.uint8) == ord("\n")) + 1
        self._offsets.frombytes((ends + self._offsets[-1]).tobytes())
        self._ids.extend(numbers)
        self._runs.extend(runs)
        self._file.write(lines.replace(b"\n", b","))

    def _move(self, entry: int, position: int) -> None:
        self._moved.append(entry)
        self._positions.append(max(-1, min(position, order.INT64_LIMIT - 1)))

    def copy_to(self, target: IO[bytes], *, by_id: bool = False) -> None:
        """Write a JSON list of the entries: in their base order (as added, or by run and id), or at their positions."""
        target.write(b"[")
        if len(self):
            self._file.flush()
            if by_id or self._moved:
                self._copy_arranged(target, by_id=by_id)
            else:
                self._copy_all(target)
        target.write(b"]")

    def entries(self) -> Iterator[bytes]:
        """Yield the entries as they were added."""
        self._file.flush()
        self._file.seek(0)
        for index in range(len(self)):
            yield self._file.read(self._offsets[index + 1] - self._offsets[index])[:-1]

    def _copy_all(self, target: IO[bytes]) -> None:
        self._file.seek(0)
        size = self._offsets[-1] - 1  # without the last comma
        for start in range(0, size, _COPY_SIZE):
            target.write(self._file.read(min(size - start, _COPY_SIZE)))

    def _copy_arranged(self, target: IO[bytes], *, by_id: bool) -> None:
        arranged = np.lexsort((self._ids, self._runs)) if by_id else np.arange(len(self))
        if self._moved:
            arranged = order.arrange(
                arranged, *(np.frombuffer(one, np.int64) for one in (self._moved, self._positions))
            )
        offsets = np.frombuffer(self._offsets, np.int64)
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
