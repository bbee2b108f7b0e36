"""Writing long JSON lists in constant memory: entries go to a temporary file first, and to their place in the end."""

from __future__ import annotations

import shutil
import tempfile
from array import array
from typing import IO, TYPE_CHECKING

import numpy as np

from datumpb.formats.coco import order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_COPY_SIZE = 1 << 20


class Spool:
    """A list of JSON entries in a temporary file. In memory: their sizes, ids and what deviates from the base order."""

    def __init__(self, folder: Path) -> None:
        """Begin an empty list in a nameless file in a folder."""
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 -- closed by `close`
        self._offsets = array("q", [0])
        self._ids = array("q")
        self._runs = array("q")
        self._positions: dict[int, int] = {}

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
            self._positions[len(self._ids)] = position
        self._file.write(entry + b",")
        self._offsets.append(self._offsets[-1] + len(entry) + 1)
        self._ids.append(order.sort_id(number))
        self._runs.append(order.sort_id(run))

    def add_lines(self, lines: bytes, numbers: Sequence[int], runs: Sequence[int], positions: dict[int, int]) -> None:
        """Add some entries.

        Args:
            lines: The entries, encoded, each followed by the end of its line.
            numbers: The id of each, an int64.
            runs: The run of ids that each lies in, an int64.
            positions: For the places among these entries of those that have one, the position in the list.
        """
        for place, position in positions.items():
            self._positions[len(self._ids) + place] = position
        ends = np.flatnonzero(np.frombuffer(lines, np.uint8) == ord("\n")) + 1
        self._offsets.frombytes((ends + self._offsets[-1]).tobytes())
        self._ids.extend(numbers)
        self._runs.extend(runs)
        self._file.write(lines.replace(b"\n", b","))

    def copy_to(self, target: IO[bytes], *, by_id: bool = False) -> None:
        """Write a JSON list of the entries: in their base order (as added, or by run and id), or at their positions."""
        target.write(b"[")
        if len(self):
            if by_id or self._positions:
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
        self._file.flush()
        self._file.truncate(self._offsets[-1] - 1)  # the last comma
        self._file.seek(0)
        shutil.copyfileobj(self._file, target, _COPY_SIZE)

    def _copy_arranged(self, target: IO[bytes], *, by_id: bool) -> None:
        base = np.lexsort((self._ids, self._runs)).tolist() if by_id else range(len(self))
        self._file.flush()
        for place, index in enumerate(order.arrange(base, self._positions)):
            if place:
                target.write(b",")
            self._file.seek(self._offsets[index])
            target.write(self._file.read(self._offsets[index + 1] - self._offsets[index] - 1))
