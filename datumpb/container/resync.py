"""Finding the next intact record behind damage, by the sync bytes with which every record begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from datumpb.container.ends import SYNC_SIZE, TRAILER_SIZE, parse_trailer
from datumpb.container.record import StoredRecord, read_stored
from datumpb.container.varint import MAX_PREFIX_SIZE, VarintError, decode_prefix
from datumpb.errors import DamagedFileError, FileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.container.bytes_source import BytesSource

_CHUNK = 1 << 20
_PAGE = 1 << 12
_SYNC_TAG = b"\x09"
_KIND_TAG = b"\x10"
_TRAILER_START = 12  # bytes: prefix, sync, kind
_ANY_SYNC = b".{%d}" % SYNC_SIZE
# A file made for it could have a record begin at every few bytes, each as long as may be.
_PATIENCE = 16
_LEAST_PATIENCE = 1 << 28


@dataclass(frozen=True, slots=True)
class Trailer:
    """TRAILER as it stands in the file.

    Attributes:
        offset: Where it is.
        footer_offset: Where it says that FOOTER is.
        footer_size: The size that it says FOOTER has.
    """

    offset: int
    footer_offset: int
    footer_size: int

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.offset + TRAILER_SIZE


Piece: TypeAlias = "StoredRecord | Trailer"


def read_piece(source: BytesSource, offset: int, limit: int, sync: bytes | None) -> Piece:
    """Read the record at an offset, whichever it is, but for PREAMBLE.

    Args:
        source: The file.
        offset: Of its length prefix.
        limit: The largest record that is accepted, in bytes without length prefix.
        sync: The file's sync bytes; None: any will do.

    Raises:
        FileError: There is no intact record of this file.
    """
    if sync is not None and _starts_as_trailer(source, offset, sync):
        place = parse_trailer(source.read_at(offset, TRAILER_SIZE), sync)
        if place is None:
            message = "TRAILER is damaged"
            raise DamagedFileError(message, source.path, offset)
        return Trailer(offset, *place)
    record = read_stored(source, offset, limit)
    if sync is not None and record.message.sync != int.from_bytes(sync, "little"):
        message = "the record belongs to another file"
        raise DamagedFileError(message, source.path, offset)
    return record


def _starts_as_trailer(source: BytesSource, offset: int, sync: bytes) -> bool:
    start = bytes((TRAILER_SIZE - 1,)) + _SYNC_TAG + sync + _KIND_TAG + b"\x08"
    return source.read_at(offset, min(_TRAILER_START, source.size - offset)) == start


class Resync:
    """Looks for intact records in a file; gives up, rather than to take for ever, where too many only seem to begin."""

    def __init__(self, source: BytesSource) -> None:
        """Look in this file."""
        self._source = source
        self._patience = max(_PATIENCE * source.size, _LEAST_PATIENCE)

    def find(self, start: int, limit: int, sync: bytes | None, reach: int | None = None) -> Piece | None:
        """Return the first intact record from an offset on, or None.

        Args:
            start: The first offset that it may have.
            limit: The largest record that is accepted, in bytes without length prefix.
            sync: The file's sync bytes; None: any will do.
            reach: Where to stop looking; None: at the end of the file.
        """
        for marker in self._markers(start, self._source.size if reach is None else reach, sync):
            for prefix_size in range(1, min(MAX_PREFIX_SIZE, marker - start) + 1):
                length = self._length(marker, prefix_size)
                if length is None or length > min(limit, self._source.size - marker):
                    continue
                self._patience -= length
                if self._patience < 0:
                    return None
                try:
                    return read_piece(self._source, marker - prefix_size, limit, sync)
                except FileError:  # it only looked like one
                    continue
        return None

    def _markers(self, start: int, end: int, sync: bytes | None) -> Iterator[int]:
        # Behind a prefix of at least a byte.
        known = _ANY_SYNC if sync is None else re.escape(sync)
        pattern = re.compile(_SYNC_TAG + b"(?=" + known + _KIND_TAG + b")", re.DOTALL)
        for base in range(start + 1, end, _CHUNK):
            data = read_around(self._source, base, _CHUNK + 1 + SYNC_SIZE)
            yield from (base + match.start() for match in pattern.finditer(data))

    def _length(self, marker: int, prefix_size: int) -> int | None:
        try:
            length, size = decode_prefix(read_around(self._source, marker - prefix_size, prefix_size))
        except VarintError:
            return None
        return length if size == prefix_size else None


def read_around(source: BytesSource, offset: int, size: int) -> bytes:
    """Read up to a number of bytes; what the disk cannot read counts as zeros, a page at a time."""
    size = max(min(size, source.size - offset), 0)
    try:
        return source.read_at(offset, size)
    except FileError:
        if size <= _PAGE:
            return bytes(size)
    pages = range(offset, offset + size, _PAGE)
    return b"".join(read_around(source, page, min(_PAGE, offset + size - page)) for page in pages)
