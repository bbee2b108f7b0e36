"""Reading the records of one file: its ends first, then whatever FOOTER vouches for."""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from datumpb.container.ends import PREAMBLE_CRC32, PREAMBLE_SIZE, read_trailer
from datumpb.container.header import HEADER_SEQ, read_head, unlock
from datumpb.container.record import StoredRecord, expect, open_body, open_payload, read_stored
from datumpb.errors import DamagedFileError
from datumpb.messages import ContentType, Footer, RecordKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from datumpb.container.bytes_source import BytesSource
    from datumpb.container.header import FileHead

META_SEQ = HEADER_SEQ + 1
_CRC = struct.Struct("<I")
_HEADER, _META = RecordKind.RECORD_KIND_HEADER, RecordKind.RECORD_KIND_META
_BLOCK, _INDEX, _MEDIA = RecordKind.RECORD_KIND_BLOCK, RecordKind.RECORD_KIND_INDEX, RecordKind.RECORD_KIND_MEDIA
_FOOTER = RecordKind.RECORD_KIND_FOOTER
LAST_KNOWN_KIND = RecordKind.RECORD_KIND_TRAILER
# What may follow what, unknown kinds aside, by what the file holds.
FOLLOWERS = {
    ContentType.CONTENT_TYPE_ANNOTATIONS: {
        _HEADER: {_META},
        _META: {_BLOCK, _INDEX},
        _BLOCK: {_BLOCK, _INDEX},
        _INDEX: {_INDEX, _FOOTER},
    },
    ContentType.CONTENT_TYPE_MEDIA: {_HEADER: {_META}, _META: {_MEDIA, _FOOTER}, _MEDIA: {_MEDIA, _FOOTER}},
}


class FileReader:
    """The records of one complete file.

    Attributes:
        source: The file.
        head: What its start says.
        footer: What it holds in all.
        footer_offset: Where FOOTER is.
    """

    def __init__(self, source: BytesSource, key: str | bytes | None, content: ContentType) -> None:
        """Read both ends of the file.

        Args:
            source: The file.
            key: The text of its key; None: it is not encrypted.
            content: What it has to hold.

        Raises:
            FileError: It is no such file, damaged, incomplete, or needs a newer reader.
            KeyProblemError: The key does not open it.
        """
        self.source = source
        self.head = read_head(source)
        if self.head.header.content != content:
            message = f"expected {content_name(content)}, the file holds {content_name(self.head.header.content)}"
            raise DamagedFileError(message, source.path, PREAMBLE_SIZE)
        self._seal = unlock(self.head, key, source)
        self._limit = self.head.header.max_record_size
        self.footer_offset, self._footer_size = read_trailer(source, self.head.sync, self.head.end)
        record = read_stored(source, self.footer_offset, self._limit, self._footer_size)
        expect(record, RecordKind.RECORD_KIND_FOOTER, None, self.head.sync_number, source)
        self.footer = self.parse_footer(record)

    def parse_footer(self, record: StoredRecord) -> Footer:
        """Return the body of FOOTER.

        Raises:
            DamagedFileError: It cannot be parsed, or is not in its place.
        """
        try:
            footer = Footer.FromString(self.body(record))
        except DecodeError as error:
            message = "FOOTER cannot be parsed"
            raise DamagedFileError(message, self.source.path, record.offset) from error
        if footer.record_count != record.message.seq:
            message = f"FOOTER counts {footer.record_count} records, its number is {record.message.seq}"
            raise DamagedFileError(message, self.source.path, record.offset)
        return footer

    def footer_digest(self) -> bytes:
        """Return SHA-256 of FOOTER, length prefix included."""
        return hashlib.sha256(self.source.read_at(self.footer_offset, self._footer_size)).digest()

    def meta(self) -> bytes:
        """Return the body of META."""
        record = self.read(self.head.end)
        expect(record, RecordKind.RECORD_KIND_META, META_SEQ, self.head.sync_number, self.source)
        return self.body(record)

    def read(self, offset: int, size: int | None = None) -> StoredRecord:
        """Return the record at an offset, its checksum verified."""
        return read_stored(self.source, offset, self._limit, size)

    def read_listed(  # noqa: PLR0913 -- what the listing says of it, as listed
        self, kind: RecordKind, offset: int, size: int, seq: int, crc32: int, *, data: BytesSource | None = None
    ) -> bytes:
        """Return the body of a record that another one lists.

        Args:
            kind: What the record is.
            offset: Where it is.
            size: Its size, length prefix included.
            seq: Its number.
            crc32: Its checksum.
            data: A piece of the file that has the record and was read already; None: it is read.

        Raises:
            DamagedFileError: The record there is not the one that was listed.
            ChangedFileError: That is so because the file was replaced.
        """
        try:
            record = read_stored(self.source if data is None else data, offset, self._limit, size)
            expect(record, kind, seq, self.head.sync_number, self.source)
            if record.message.crc32 != crc32:
                message = "the record is not the one that the index lists"
                raise DamagedFileError(message, self.source.path, offset)  # noqa: TRY301 -- as the others, it may be due to a change
            return self.body(record)
        except DamagedFileError:
            self.source.check_unchanged()
            raise

    def vouch(self, listed: Iterable[tuple[int, int, int, int]]) -> None:
        """Compare FOOTER's checksum of all records with META and those that INDEX and FOOTER list, which are not read.

        Args:
            listed: Offset, size, seq and checksum of each BLOCK and INDEX, in the order of the file.

        Raises:
            DamagedFileError: FOOTER vouches for others, or these are not all that there are.
        """
        meta = self.read(self.head.end)
        checksum = _add(_add(_add(0, PREAMBLE_CRC32), self.head.crc32), meta.message.crc32)
        place, seq = meta.end, META_SEQ + 1
        for offset, size, number, crc32 in (*listed, (self.footer_offset, 0, self.footer.record_count, None)):
            while place < offset:  # what only a later version knows is not listed
                record = self.read(place)
                kind = record.message.kind
                expect(record, kind, seq, self.head.sync_number, self.source)
                if kind <= LAST_KNOWN_KIND:
                    message = f"a record of kind {kind} that is not listed"
                    raise DamagedFileError(message, self.source.path, place)
                checksum, place, seq = _add(checksum, record.message.crc32), record.end, seq + 1
            if (place, seq) != (offset, number):
                message = "INDEX or FOOTER lists records that do not follow one another"
                raise DamagedFileError(message, self.source.path, self.footer_offset)
            if crc32 is not None:
                checksum, place, seq = _add(checksum, crc32), offset + size, seq + 1
        if checksum != self.footer.records_crc32:
            message = "FOOTER vouches for other records than the file has"
            raise DamagedFileError(message, self.source.path, self.footer_offset)

    def body(self, record: StoredRecord) -> bytes:
        """Return a record's body, decrypted and decompressed."""
        return open_body(record, self._seal, self._limit, self.source)

    def payload(self, record: StoredRecord) -> bytes:
        """Return a record's body, decrypted and still compressed."""
        return open_payload(record, self._seal, self.source)

    def records(self) -> Iterator[StoredRecord]:
        """Yield every record from META to FOOTER, in order.

        Raises:
            DamagedFileError: Records are missing, repeated, out of order or from another file.
        """
        checksum = _add(_add(0, PREAMBLE_CRC32), self.head.crc32)
        for record in walk(self.source, self.head, self.footer_offset, self._footer_size):
            if record.offset == self.footer_offset and checksum != self.footer.records_crc32:
                message = "FOOTER vouches for other records than the file has"
                raise DamagedFileError(message, self.source.path, record.offset)
            yield record
            checksum = _add(checksum, record.message.crc32)

    def bodies(self, kind: RecordKind) -> Iterator[bytes]:
        """Yield the bodies of all records of a kind, in order, walking the whole file.

        Raises:
            DamagedFileError: Records are missing, repeated, out of order or from another file.
        """
        for record in self.records():
            if record.message.kind == kind:
                yield self.body(record)
            elif record.message.kind > LAST_KNOWN_KIND:
                self.payload(record)  # authenticates: one of this kind that was made another would be passed over


def walk(source: BytesSource, head: FileHead, footer_offset: int, footer_size: int) -> Iterator[StoredRecord]:
    """Yield the records of a file from META to FOOTER as they are stored; needs no key.

    Args:
        source: The file.
        head: What its start says.
        footer_offset: FOOTER's offset, behind HEADER.
        footer_size: Its size.

    Raises:
        DamagedFileError: A record is damaged, missing, repeated or out of order.
    """
    offset, seq, previous = head.end, META_SEQ, _HEADER
    followers = FOLLOWERS.get(head.header.content, {})
    while offset <= footer_offset:
        is_footer = offset == footer_offset
        record = read_stored(source, offset, head.header.max_record_size, footer_size if is_footer else None)
        kind = record.message.kind
        expect(record, _FOOTER if is_footer else kind, seq, head.sync_number, source)
        if kind <= LAST_KNOWN_KIND or previous == _HEADER:
            if kind not in followers.get(previous, ()) or (kind == _FOOTER) != is_footer:
                message = f"a record of kind {kind} is not in its place"
                raise DamagedFileError(message, source.path, offset)
            previous = kind
        yield record
        offset, seq = record.end, seq + 1
    if previous != _FOOTER or offset != footer_offset + footer_size:  # a record may reach over FOOTER, to its end
        message = "the records do not lead to FOOTER"
        raise DamagedFileError(message, source.path, footer_offset)


def _add(checksum: int, crc32: int) -> int:
    """Take the checksum of the next record into that of all."""
    return zlib.crc32(_CRC.pack(crc32), checksum)


def content_name(content: int) -> str:
    """Name what a file holds, by the number in HEADER."""
    names = {ContentType.CONTENT_TYPE_ANNOTATIONS: "annotations", ContentType.CONTENT_TYPE_MEDIA: "a media file"}
    return names.get(content, f"something unknown ({content})")  # type: ignore[call-overload, no-any-return]
