"""A survey of a damaged file: which records are there and trustworthy, and which ones are missing."""

from __future__ import annotations

import struct
import zlib
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datumpb.codec.blocks import parse
from datumpb.container.ends import PREAMBLE_CRC32, PREAMBLE_SIZE
from datumpb.container.file_reader import LAST_KNOWN_KIND, META_SEQ, content_name
from datumpb.container.header import READER_MAX_RECORD_SIZE, unlock
from datumpb.container.record import open_body, read_stored
from datumpb.container.resync import Trailer
from datumpb.container.scan import Gap, Scan
from datumpb.errors import DamagedFileError, FileError
from datumpb.messages import ContentType, Footer, Index, RecordKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb.container.bytes_source import BytesSource
    from datumpb.container.record import Seal, StoredRecord

_CRC = struct.Struct("<I")
_HEADER, _META, _BLOCK = RecordKind.RECORD_KIND_HEADER, RecordKind.RECORD_KIND_META, RecordKind.RECORD_KIND_BLOCK
_INDEX, _FOOTER, _MEDIA = RecordKind.RECORD_KIND_INDEX, RecordKind.RECORD_KIND_FOOTER, RecordKind.RECORD_KIND_MEDIA


@dataclass(frozen=True, slots=True)
class Sighting:
    """An intact record.

    Attributes:
        offset: Where it is.
        size: Its size with its length prefix.
        kind: What it is.
        seq: Its number.
        crc32: Its checksum.
        raw_size: The size of its body.
    """

    offset: int
    size: int
    kind: int
    seq: int
    crc32: int
    raw_size: int


@dataclass(frozen=True, slots=True)
class Hole:
    """Bytes that are no intact record, and the numbers of the records around them.

    Attributes:
        gap: The bytes.
        after: The number of the record before; 0 at the start.
        before: The number of the record behind; None at the end of the file.
    """

    gap: Gap
    after: int
    before: int | None


@dataclass(frozen=True, slots=True)
class Listed:
    """What INDEX says of a block.

    Attributes:
        crc32: Its checksum.
        size: Its size.
        first_item: The place of its first item in the file.
        id_crc32: The checksums of its items' ids.
    """

    crc32: int
    size: int
    first_item: int
    id_crc32: array[int]


@dataclass(slots=True)
class Survey:
    """What is there of a file.

    Attributes:
        scan: The file.
        seal: How it is encrypted; None: it is not.
        limit: The largest body in bytes.
        meta: The body of META; None where it is lost.
        sightings: All intact blocks, and records of kinds that only a later version knows, by number.
        holes: What lies between intact records.
        listed: The blocks by number, where INDEX survived; only what FOOTER vouches for, where that survived, too.
        vouched: Whether `listed` has all blocks of the file.
        footer: FOOTER, where it survived.
        end: The number of the first record behind all blocks; None where that is lost.
        notes: What was found that takes no item away.
    """

    scan: Scan
    seal: Seal | None
    limit: int
    meta: bytes | None = None
    sightings: dict[int, list[Sighting]] = field(default_factory=dict)
    holes: list[Hole] = field(default_factory=list)
    listed: dict[int, Listed] = field(default_factory=dict)
    vouched: bool = False
    footer: Footer | None = None
    end: int | None = None
    notes: list[str] = field(default_factory=list)

    def reread(self, sighting: Sighting) -> StoredRecord:
        """Read a record again."""
        return read_stored(self.scan.source, sighting.offset, READER_MAX_RECORD_SIZE, sighting.size)

    def body(self, record: StoredRecord) -> bytes:
        """Return a record's body.

        Raises:
            FileError: It does not authenticate, or cannot be decompressed.
        """
        return open_body(record, self.seal, self.limit, self.scan.source)


def survey(source: BytesSource, key: str | bytes | None, passed: Callable[[int], object]) -> Survey:
    """Go through a whole annotation file, however damaged.

    Args:
        source: The file.
        key: The text of its key; None: it is not encrypted.
        passed: Is told of each number of bytes that was read.

    Raises:
        NotADatumFileError: There is no record in it.
        DamagedFileError: Nothing can be had from it: it is a media file, or encrypted, and HEADER is lost.
        UnsupportedFileError: It needs a newer reader.
        LimitError: It asks for larger records than this reader accepts.
        KeyProblemError: The key does not open it.
    """
    scan = Scan(source)
    if scan.head is not None:
        header = scan.head.header
        if header.content == ContentType.CONTENT_TYPE_MEDIA:
            raise _media_file(source)
        if header.content != ContentType.CONTENT_TYPE_ANNOTATIONS:
            message = f"HEADER says that the file holds {content_name(header.content)}, not annotations"
            raise DamagedFileError(message, source.path, PREAMBLE_SIZE)
        result = Survey(scan, unlock(scan.head, key, source), header.max_record_size)
    elif key is not None:
        raise _salt_lost(source)
    else:
        result = Survey(scan, None, READER_MAX_RECORD_SIZE)
    _Surveyor(result).run(passed)
    return result


class _Surveyor:
    def __init__(self, result: Survey) -> None:
        self._result = result
        self._source = result.scan.source
        self._last_seq = 0
        self._open_holes: list[Gap] = []
        self._ends: dict[int, list[StoredRecord]] = {_META: [], _INDEX: [], _FOOTER: []}
        self._checksums: dict[int, int] = {}
        self._in_order = True
        self._blocks_end = 0

    def run(self, passed: Callable[[int], object]) -> None:
        for piece in self._result.scan:
            if isinstance(piece, Gap):
                self._open_holes.append(piece)
            elif not isinstance(piece, Trailer):
                self._record(piece)
            passed(piece.end - piece.offset)
        self._close_holes(None)
        self._read_meta()
        self._read_index(self._read_footer())
        if not self._in_order:
            self._result.notes.append("records stood out of order: they are written in the order of their numbers")

    def _record(self, record: StoredRecord) -> None:
        message = record.message
        if message.kind == _MEDIA or (message.nonce and self._result.seal is None):
            if self._result.scan.head is None:
                raise _media_file(self._source) if message.kind == _MEDIA else _salt_lost(self._source)
            error = DamagedFileError("a record that does not belong into this file", self._source.path, record.offset)
            self._open_holes.append(Gap(record.offset, record.size, error))
            return
        self._close_holes(message.seq)
        self._in_order = self._in_order and message.seq >= self._last_seq
        self._last_seq = max(self._last_seq, message.seq)
        self._checksums[message.seq] = message.crc32
        if message.kind in self._ends:
            self._ends[message.kind].append(record)
        elif message.kind == _BLOCK or message.kind > LAST_KNOWN_KIND:
            sighting = Sighting(record.offset, record.size, message.kind, message.seq, message.crc32, message.raw_size)
            if message.kind == _BLOCK:
                self._blocks_end = max(self._blocks_end, message.seq)
            self._result.sightings.setdefault(message.seq, []).append(sighting)

    def _close_holes(self, before: int | None) -> None:
        self._result.holes.extend(Hole(gap, self._last_seq, before) for gap in self._open_holes)
        self._open_holes.clear()

    def _read_meta(self) -> None:
        bodies = {body for _, body in self._bodies(_META) if body is not None}
        if len(bodies) == 1:
            (self._result.meta,) = bodies

    def _read_footer(self) -> int | None:
        """Read FOOTER; return its number."""
        footers = {}
        for record, body in self._bodies(_FOOTER):
            try:
                footer = parse(Footer, body)
            except FileError:
                continue
            if footer.record_count == record.message.seq:
                footers[body] = footer, record.message.seq
        if len(footers) != 1:
            return None
        ((footer, seq),) = footers.values()
        self._result.footer = footer
        return seq

    def _read_index(self, footer_seq: int | None) -> None:
        result, footer = self._result, self._result.footer
        vouched = {} if footer is None else {entry.seq: entry.crc32 for entry in footer.index}
        found: dict[int, Index] = {}
        for record, body in self._bodies(_INDEX):
            seq, crc32 = record.message.seq, record.message.crc32
            if footer is not None and vouched.get(seq) != crc32:
                result.notes.append(f"INDEX at byte {record.offset} is not one that FOOTER lists")
                continue
            if footer is None and self._blocks_end > seq:
                result.notes.append(
                    f"INDEX at byte {record.offset} cannot be that of this file: blocks stand behind it"
                )
                continue
            try:
                found[seq] = parse(Index, body)
            except FileError:
                continue
        ends = [*found, *vouched]
        result.end = min(ends) if ends else footer_seq
        result.vouched = set(found) == set(vouched) if vouched else footer is None and self._stands_between(found)
        self._list(found)
        if result.end is not None and result.listed:  # an INDEX that was numbered anew still lists all blocks
            result.end = max(result.end, max(result.listed) + 1)
        if footer is not None and footer_seq is not None:
            self._doubt_meta(footer_seq, footer)

    def _stands_between(self, found: dict[int, Index]) -> bool:
        """Tell whether INDEX is all there, between a block and a FOOTER, though that FOOTER is not to be believed."""
        behind = {record.message.seq for record in self._ends[_FOOTER]}
        numbers = range(min(found, default=0), max(found, default=0) + 1)
        return len(found) == len(numbers) and numbers.start - 1 in self._result.sightings and numbers.stop in behind

    def _list(self, found: dict[int, Index]) -> None:
        footer = self._result.footer
        counts = {seq: len(index.item_id_crc32) for seq, index in found.items()}
        if footer is not None:
            counts = {entry.seq: entry.item_count for entry in footer.index}
        first_item = 0
        for seq, count in sorted(counts.items()):
            self._list_blocks(found.get(seq, Index()), first_item)
            first_item += count

    def _list_blocks(self, index: Index, first_item: int) -> None:
        at = 0
        for entry in index.blocks:
            ids = array("I", index.item_id_crc32[at : at + entry.item_count])
            self._result.listed[entry.seq] = Listed(entry.crc32, entry.size, first_item + at, ids)
            at += entry.item_count

    def _doubt_meta(self, footer_seq: int, footer: Footer) -> None:
        # INDEX vouches for the blocks. Of META only FOOTER's checksum can tell, where those of all others are known.
        known = self._checksums | {seq: listed.crc32 for seq, listed in self._result.listed.items()}
        if len(known.keys() & range(1, footer_seq)) != footer_seq - 1:
            return
        checksum = zlib.crc32(_CRC.pack(PREAMBLE_CRC32))
        for seq in range(1, footer_seq):
            checksum = zlib.crc32(_CRC.pack(known[seq]), checksum)
        if checksum != footer.records_crc32:
            self._result.meta = None
            self._result.notes.append("FOOTER vouches for another META than the file has")

    def _bodies(self, kind: int) -> list[tuple[StoredRecord, bytes]]:
        bodies = []
        for record in self._ends[kind]:
            if kind == _META and record.message.seq != META_SEQ:
                continue
            try:
                bodies.append((record, self._result.body(record)))
            except FileError as error:
                self._result.notes.append(f"{RecordKind.Name(kind)[12:]} at byte {record.offset}: {error.message}")
        return bodies


def _salt_lost(source: BytesSource) -> DamagedFileError:
    message = "HEADER is lost, and with it the salt of the encryption: nothing of this file can be decrypted"
    return DamagedFileError(message, source.path, 0)


def _media_file(source: BytesSource) -> DamagedFileError:
    message = "this is an encrypted media file, which is whole or worthless: check it with `datumpb verify`, "
    message += "and take it from the original where it is damaged"
    return DamagedFileError(message, source.path, 0)
