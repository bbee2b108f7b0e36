"""Writing the records of one file, forward only: PREAMBLE HEADER META ... FOOTER TRAILER."""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datumpb.container.ends import PREAMBLE_CRC32, preamble, trailer
from datumpb.container.header import READER_MAX_RECORD_SIZE, new_header, sync_bytes
from datumpb.container.record import Seal, check_weight, encode_record, encode_stored
from datumpb.container.sink import write_all
from datumpb.errors import InvalidItemError, LimitError
from datumpb.messages import RecordKind

if TYPE_CHECKING:
    from datumpb.container.sink import Sink
    from datumpb.crypto.aead import FileKey
    from datumpb.messages import ContentType, Footer, Header

# What an envelope adds to an incompressible body at the most, rounded up; kept free below the record limit.
ENVELOPE_SIZE = 128
_CRC = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record was written.

    Attributes:
        offset: Of its length prefix, in bytes from the start of the file.
        size: Of length prefix and record.
        seq: Its position in the file.
        crc32: Its checksum.
    """

    offset: int
    size: int
    seq: int
    crc32: int


class RecordStream:
    """Writes records one behind the other and keeps account of them for FOOTER."""

    def __init__(self, sink: Sink, header: Header, meta: bytes, file_key: FileKey | None) -> None:
        """Write PREAMBLE and HEADER.

        Args:
            sink: Where the bytes go.
            header: The body of HEADER.
            meta: The body of META, which is yet to be written.
            file_key: What encrypts the records; None: they are not.
        """
        self._sink = sink
        self._offset = 0
        self._seq = 0
        self._records_crc32 = 0
        header_body = header.SerializeToString(deterministic=True)
        self._sync = sync_bytes(header_body, meta, encrypted=file_key is not None)
        self._seal: Seal | None = None
        self._write_start(header_body)
        if file_key is not None:
            self._seal = Seal(file_key, self._header_hash)
        self.max_body_size = header.max_record_size - ENVELOPE_SIZE

    @property
    def size(self) -> int:
        """How many bytes were written."""
        return self._offset

    def write(self, kind: RecordKind, body: bytes) -> Place:
        """Write a record.

        Raises:
            InvalidItemError: The body is larger than a record of this file may be.
        """
        return self._put(*self._encode(kind, body))

    def write_stored(self, kind: int, codec: int, raw_size: int, payload: bytes) -> Place:
        """Write a record whose body is compressed already; the caller has seen that it fits.

        Args:
            kind: What the record is.
            codec: How its body is compressed.
            raw_size: Its size before compression.
            payload: The compressed body.
        """
        return self._put(*encode_stored(self._sync, kind, self._seq, codec, raw_size, payload, self._seal))

    def finish(self, footer: Footer) -> bytes:
        """Write FOOTER and TRAILER; the account of records is filled in.

        Returns:
            SHA-256 of FOOTER, length prefix included.
        """
        footer.record_count = self._seq
        footer.records_crc32 = self._records_crc32
        record, crc32 = self._encode(RecordKind.RECORD_KIND_FOOTER, footer.SerializeToString(deterministic=True))
        place = self._put(record, crc32)
        write_all(self._sink, trailer(self._sync, place.offset, place.size))
        return hashlib.sha256(record).digest()

    def _encode(self, kind: RecordKind, body: bytes) -> tuple[bytes, int]:
        if len(body) > self.max_body_size:
            message = f"{RecordKind.Name(kind)[12:]} takes {len(body)} bytes, the limit is {self.max_body_size}"
            raise InvalidItemError(message)
        try:
            check_weight(kind, body)
        except LimitError as error:
            message = f"{RecordKind.Name(kind)[12:]}: {error.message}"
            raise InvalidItemError(message) from error
        return encode_record(self._sync, kind, self._seq, body, self._seal)

    def _write_start(self, header: bytes) -> None:
        first = preamble(self._sync)
        self._put(first, PREAMBLE_CRC32)
        second, crc32 = encode_record(self._sync, RecordKind.RECORD_KIND_HEADER, self._seq, header, None)
        self._put(second, crc32)
        self._header_hash = hashlib.sha256(first + second).digest()

    def _put(self, data: bytes, crc32: int) -> Place:
        place = Place(self._offset, len(data), self._seq, crc32)
        write_all(self._sink, data)
        self._offset += len(data)
        self._seq += 1
        self._records_crc32 = zlib.crc32(_CRC.pack(crc32), self._records_crc32)
        return place


class RecordWriter(RecordStream):
    """Writes the records of a new file."""

    def __init__(
        self, sink: Sink, content: ContentType, meta: bytes, key: str | bytes | None, max_record_size: int
    ) -> None:
        """Write PREAMBLE, HEADER and META.

        Args:
            sink: Where the bytes go.
            content: What the file will hold.
            meta: The body of META. The record limit is raised to hold it.
            key: The user's key; None: the file is not encrypted.
            max_record_size: The largest record and body, in bytes.

        Raises:
            InvalidKeyError: The key is not one.
            InvalidItemError: META is larger than readers accept, or so is the record limit.
        """
        limit = max(max_record_size, len(meta) + ENVELOPE_SIZE)
        if limit > READER_MAX_RECORD_SIZE:
            message = f"records of {max(max_record_size, len(meta))} bytes: readers accept {READER_MAX_RECORD_SIZE}"
            raise InvalidItemError(message)
        header, file_key = new_header(content, limit, key)
        super().__init__(sink, header, meta, file_key)
        self.write(RecordKind.RECORD_KIND_META, meta)
