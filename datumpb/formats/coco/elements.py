"""The objects of a long list, left in their file: where they are, and fetching some of them."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import msgspec
import numpy as np

from datumpb.errors import SourceFormatError
from datumpb.formats.coco.columns import Column
from datumpb.formats.coco.parsing import NOT_READ, parse_part

if TYPE_CHECKING:
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


def fetch(file: IO[bytes], path: Path, offsets: np.ndarray, sizes: np.ndarray) -> list[JsonObject]:
    """Read objects.

    Args:
        file: The file.
        path: Its path, for errors.
        offsets: Where each begins.
        sizes: How many bytes each has.

    Raises:
        SourceFormatError: One is not JSON.
    """
    starts = offsets.astype(np.int64)
    pieces = _pieces(file, starts, starts + sizes)
    try:
        found = _DECODER.decode(b"[" + b",".join(pieces) + b"]")
    except NOT_READ:
        found = [parse_part(piece, path, start) for piece, start in zip(pieces, starts.tolist(), strict=True)]
    if len(found) != len(pieces) or not all(type(entry) is dict for entry in found):
        message = "this file was changed while it was read"
        raise SourceFormatError(message, path)
    return found


def _pieces(file: IO[bytes], starts: np.ndarray, ends: np.ndarray) -> list[bytes]:
    """Read the bytes of objects in the order of the file, neighbours at once."""
    order = np.argsort(starts).tolist()
    pieces = [b""] * len(order)
    first, last = starts.tolist(), ends.tolist()
    place = 0
    while place < len(order):
        begin, stop = first[order[place]], last[order[place]]
        beyond = place + 1
        while beyond < len(order) and first[order[beyond]] - stop < _GAP and last[order[beyond]] - begin < _READ:
            stop = last[order[beyond]]
            beyond += 1
        file.seek(begin)
        data = file.read(stop - begin)
        for index in order[place:beyond]:
            pieces[index] = data[first[index] - begin : last[index] - begin]
        place = beyond
    return pieces
