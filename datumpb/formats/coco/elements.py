"""The objects of a long list, left in their file: where they are, and reading some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from datumpb.errors import SourceFormatError
from datumpb.formats.coco.columns import Column
from datumpb.formats.coco.parsing import NOT_READ, parse_part

if TYPE_CHECKING:
    from collections.abc import Sequence
    from io import FileIO
    from pathlib import Path

    from datumpb.formats.coco.jsonvalues import JsonObject

_GAP = 1 << 12  # bytes between two objects that are read along, sooner than to read twice
_READ = 1 << 22
_DECODER = msgspec.json.Decoder(list[dict])  # type: ignore[type-arg]  # of anything


class Elements:
    """Where the objects of a list are."""

    def __init__(self) -> None:
        """Begin with none."""
        self.offsets = Column("u8")
        self.sizes = Column("u4")

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.sizes)

    def append(self, offsets: np.ndarray, sizes: np.ndarray) -> None:
        """Add objects."""
        self.offsets.append(offsets)
        self.sizes.append(sizes)


def fetch(file: FileIO, path: Path, offsets: np.ndarray, sizes: np.ndarray) -> list[JsonObject]:
    """Read objects.

    Args:
        file: The file.
        path: Its path, for errors.
        offsets: Where each begins.
        sizes: How many bytes each has.

    Raises:
        SourceFormatError: One is not JSON.
    """
    return parse_objects(read_pieces(file, offsets, sizes), path, offsets.tolist())


def parse_objects(pieces: Sequence[bytes], path: Path, offsets: Sequence[int]) -> list[JsonObject]:
    """Parse objects, whose bytes begin at offsets in the file.

    Raises:
        SourceFormatError: One is not JSON.
    """
    try:
        found = _DECODER.decode(b"[" + b",".join(pieces) + b"]")
    except NOT_READ:
        found = [parse_part(piece, path, start) for piece, start in zip(pieces, offsets, strict=True)]
    if len(found) != len(pieces) or not all(type(entry) is dict for entry in found):
        message = "this file was changed while it was read"
        raise SourceFormatError(message, path)
    return found


def read_pieces(file: FileIO, offsets: np.ndarray, sizes: np.ndarray) -> list[bytes]:
    """Read the bytes of objects in the order of the file, neighbours at once."""
    starts = offsets.astype(np.int64)
    order = np.argsort(starts)
    starts = starts[order]
    ends = starts + sizes[order]
    first, last, places = starts.tolist(), ends.tolist(), order.tolist()
    pieces = [b""] * len(places)
    begin = 0
    for stop in _beyond_neighbours(starts, ends):
        start, size = first[begin], last[stop - 1] - first[begin]
        file.seek(start)
        data = file.read(size)
        while len(data) < size and (more := file.read(size - len(data))):
            data += more
        if stop - begin == 1:
            pieces[places[begin]] = data
        else:
            for index in range(begin, stop):
                pieces[places[index]] = data[first[index] - start : last[index] - start]
        begin = stop
    return pieces


def _beyond_neighbours(starts: np.ndarray, ends: np.ndarray) -> list[int]:
    """Divide objects into those that are read at once; return the index behind each such run."""
    stops: list[int] = (np.flatnonzero(starts[1:] - ends[:-1] >= _GAP) + 1).tolist()
    if len(starts):
        stops.append(len(starts))
    if not len(starts) or ends[-1] - starts[0] < _READ:
        return stops
    shorter = []
    begin = 0
    for stop in stops:
        while begin < stop:  # what is too long in all is read in several pieces
            within = int(np.searchsorted(ends[begin:stop], starts[begin] + _READ)) if stop - begin > 1 else 1
            begin += max(within, 1)
            shorter.append(begin)
    return shorter
