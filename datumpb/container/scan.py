"""Scanning a file that may be damaged: every intact record in the order of the file, and the gaps between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from datumpb.container.ends import PREAMBLE_SIZE, SYNC_SIZE, preamble
from datumpb.container.header import HEADER_LIMIT, READER_MAX_RECORD_SIZE, parse_head, read_head
from datumpb.container.resync import Piece, Resync, Trailer, read_around, read_piece
from datumpb.container.varint import MAX_PREFIX_SIZE, VarintError, decode_prefix
from datumpb.errors import DamagedFileError, FileError, UnsupportedFileError
from datumpb.messages import RecordKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.container.bytes_source import BytesSource
    from datumpb.container.header import FileHead


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes that are no intact record.

    Attributes:
        offset: Of the first one.
        size: How many.
        error: What is wrong with the record that should stand there.
    """

    offset: int
    size: int
    error: FileError

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.offset + self.size


Found: TypeAlias = "Piece | Gap"


class Scan:
    """The records of a file from HEADER on; PREAMBLE shows up where it is damaged, as a gap.

    Attributes:
        source: The file.
        sync: Its sync bytes.
        head: What its start says; None where HEADER is lost.
        start_error: What is wrong with PREAMBLE or HEADER, if anything.
    """

    def __init__(self, source: BytesSource, reach: int | None = None) -> None:
        """Read the start of the file, or what is left of it.

        Args:
            source: The file.
            reach: How many bytes are searched for a first record where PREAMBLE is damaged; None: all.

        Raises:
            NotADatumFileError: There is no record in it.
            UnsupportedFileError: The file needs a newer reader.
            LimitError: It asks for larger records than this reader accepts.
            DamagedFileError: There is no intact record in it.
        """
        self.source = source
        self._resync = Resync(source)
        self.head: FileHead | None = None
        self.start_error: FileError | None = None
        try:
            self.head = read_head(source)
            self.sync = self.head.sync
        except UnsupportedFileError:
            raise
        except FileError as error:
            self.start_error = error
            self.sync = self._salvage(error, reach)
        self._limit = READER_MAX_RECORD_SIZE if self.head is None else self.head.header.max_record_size
        self._head_end = 0 if self.head is None else self.head.end

    def __iter__(self) -> Iterator[Found]:
        """Yield every record and gap, in the order of the file."""
        whole_start = read_around(self.source, 0, PREAMBLE_SIZE) == preamble(self.sync)
        offset = PREAMBLE_SIZE if whole_start else 0
        while offset < self.source.size:
            limit = max(self._limit, HEADER_LIMIT) if offset < self._head_end else self._limit
            piece: Piece | None
            try:
                piece = read_piece(self.source, offset, limit, self.sync)
            except FileError as error:
                piece = self._resync.find(offset + 1, limit, self.sync)
                end = piece.offset if piece else self.source.size
                yield from self._gaps(self._gap(offset, end, self._start_error_at(offset) or error))
            if piece is None:
                return
            yield piece
            offset = piece.end

    def _salvage(self, error: FileError, reach: int | None) -> bytes:
        start = read_around(self.source, 0, PREAMBLE_SIZE)
        known = start[2 : 2 + SYNC_SIZE]
        sync = known if start == preamble(known) else None
        first = self._resync.find(0, READER_MAX_RECORD_SIZE, sync, reach)
        if first is None:  # no checksum covers the sync bytes
            first = self._resync.find(0, READER_MAX_RECORD_SIZE, None, reach)
        if first is None or isinstance(first, Trailer):
            raise error
        sync = first.message.sync.to_bytes(SYNC_SIZE, "little")
        if first.message.kind == RecordKind.RECORD_KIND_HEADER:
            try:
                self.head = parse_head(sync, first, self.source)
            except DamagedFileError:  # as if it were not there
                self.head = None
        return sync

    def _start_error_at(self, offset: int) -> FileError | None:
        if self.start_error is not None and offset == (self.start_error.offset or 0):
            return self.start_error
        return DamagedFileError("PREAMBLE is damaged", self.source.path, 0) if offset == 0 else None

    def _gap(self, offset: int, end: int, error: FileError) -> Gap:
        # The offset of the record, wherever in it the error was noticed.
        return Gap(offset, end - offset, type(error)(error.message, self.source.path, offset))

    def _gaps(self, gap: Gap) -> Iterator[Gap]:
        # A record that is damaged inside still says where the next one begins.
        offset, error = gap.offset, gap.error
        while True:
            end = self._announced_end(offset)
            if end is None or not offset < end or not self._begins(end, gap.end):
                break
            yield self._gap(offset, end, error)
            offset = end
            try:
                read_piece(self.source, offset, self._limit, self.sync)
            except FileError as next_error:
                error = next_error
        yield self._gap(offset, gap.end, error)

    def _announced_end(self, offset: int) -> int | None:
        try:
            length, size = decode_prefix(read_around(self.source, offset, MAX_PREFIX_SIZE))
        except VarintError:
            return None
        return offset + size + length

    def _begins(self, offset: int, end: int) -> bool:
        # Not the sync bytes of the record behind the gap: a byte before them may look like part of their prefix.
        data = read_around(self.source, offset, min(MAX_PREFIX_SIZE + 1 + SYNC_SIZE, end - offset))
        try:
            _, size = decode_prefix(data)
        except VarintError:
            return False
        return data[size:].startswith(b"\x09" + self.sync)
