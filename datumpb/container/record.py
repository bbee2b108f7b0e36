"""Records: the envelope around everything in a file, and what protects it (docs/FORMAT.md, "Records")."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from datumpb.codec.weight import LIGHT, MAX_WEIGHT, weigh
from datumpb.container.compression import compress, decompress
from datumpb.container.varint import MAX_PREFIX_SIZE, VarintError, decode_prefix, encode_varint
from datumpb.crypto.aead import NONCE_SIZE, TAG_SIZE, TagMismatchError
from datumpb.errors import AuthenticationError, DamagedFileError, LimitError, TruncatedFileError
from datumpb.messages import Codec, Footer, Index, ItemBatch, Meta, Record, RecordKind

if TYPE_CHECKING:
    from datumpb.container.bytes_source import BytesSource
    from datumpb.crypto.aead import FileKey

_CONTEXT = struct.Struct(">4sBBBBQQ")
_CRC = struct.Struct("<I")
_PARSED = {
    RecordKind.RECORD_KIND_META: Meta,
    RecordKind.RECORD_KIND_BLOCK: ItemBatch,
    RecordKind.RECORD_KIND_INDEX: Index,
    RecordKind.RECORD_KIND_FOOTER: Footer,
}


def record_context(kind: int, codec: int, seq: int, raw_size: int) -> bytes:
    """Return the 24 bytes that bind a payload to its place: checksummed, and authenticated where encrypted."""
    return _CONTEXT.pack(b"DTPB", 1, kind, codec, 0, seq, raw_size)


@dataclass(frozen=True, slots=True)
class Seal:
    """How the records behind HEADER are encrypted.

    Attributes:
        file_key: Encrypts and decrypts.
        header_hash: SHA-256 of the file from its start to the end of HEADER.
    """

    file_key: FileKey
    header_hash: bytes


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it stands in the file, its checksum already verified.

    Attributes:
        offset: Of its length prefix, in bytes from the start of the file.
        size: Of length prefix and record together.
        message: The envelope.
    """

    offset: int
    size: int
    message: Record

    @property
    def end(self) -> int:
        """The offset behind the record."""
        return self.offset + self.size


def encode_record(sync: bytes, kind: RecordKind, seq: int, body: bytes, seal: Seal | None) -> tuple[bytes, int]:
    """Compress, encrypt and frame a body.

    Args:
        sync: The file's eight sync bytes.
        kind: What the record is.
        seq: Its position in the file.
        body: What it carries.
        seal: How it is encrypted; None: it is not.

    Returns:
        Length prefix and record, ready to be written, and the record's CRC-32.
    """
    codec, payload = compress(body)
    return encode_stored(sync, kind, seq, codec, len(body), payload, seal)


def encode_stored(  # noqa: PLR0913, PLR0917 -- the fields of an envelope, in its order
    sync: bytes, kind: int, seq: int, codec: int, raw_size: int, payload: bytes, seal: Seal | None
) -> tuple[bytes, int]:
    """Encrypt and frame a body that is compressed already.

    Args:
        sync: The file's eight sync bytes.
        kind: What the record is.
        seq: Its position in the file.
        codec: How the body is compressed.
        raw_size: Its size before compression.
        payload: The compressed body.
        seal: How it is encrypted; None: it is not.

    Returns:
        Length prefix and record, ready to be written, and the record's CRC-32.
    """
    context = record_context(kind, codec, seq, raw_size)
    nonce = b""
    if seal is not None:
        nonce, payload = seal.file_key.seal(payload, context + seal.header_hash)
    crc32 = zlib.crc32(payload, zlib.crc32(nonce, zlib.crc32(context)))
    # Written field by field: `sync` has to be the first on the wire, which protobuf does not promise.
    record = b"".join((
        b"\x09", sync,
        b"\x10", encode_varint(kind),
        b"\x18", encode_varint(seq),
        b"\x20", encode_varint(codec),
        b"\x28", encode_varint(raw_size),
        b"\x35", _CRC.pack(crc32),
        b"\x3a" + encode_varint(len(nonce)) + nonce if nonce else b"",
        b"\x42" + encode_varint(len(payload)) + payload if payload else b"",
    ))  # fmt: skip
    return encode_varint(len(record)) + record, crc32


def read_stored(source: BytesSource, offset: int, limit: int, size: int | None = None) -> StoredRecord:
    """Read the record at an offset and verify its checksum.

    Args:
        source: The file.
        offset: Of the record's length prefix.
        limit: The largest record that is accepted, in bytes without length prefix.
        size: Of length prefix and record, where it is known: saves a read.

    Raises:
        LimitError: The record claims to be larger than `limit`.
        TruncatedFileError: The file ends inside of the record.
        DamagedFileError: The record is not what was written.
    """
    if size is not None and size > limit + MAX_PREFIX_SIZE:
        raise _too_large(size, limit, source, offset)
    head = source.read_at(offset, min(MAX_PREFIX_SIZE, source.size - offset) if size is None else size)
    try:
        length, prefix_size = decode_prefix(head)
    except VarintError as error:
        if offset + len(head) == source.size and len(head) < MAX_PREFIX_SIZE:
            raise TruncatedFileError(str(error), source.path, offset) from None
        raise DamagedFileError(str(error), source.path, offset) from None
    if length > limit:
        raise _too_large(length, limit, source, offset)
    if size is None:
        data = source.read_at(offset + prefix_size, length)
    elif size == prefix_size + length:
        data = head[prefix_size:]
    else:
        message = f"the index says {size} bytes, the record itself {prefix_size + length}"
        raise DamagedFileError(message, source.path, offset)
    try:
        return StoredRecord(offset, prefix_size + length, parse_envelope(data))
    except DamagedFileError as error:
        raise DamagedFileError(error.message, source.path, offset) from None


def parse_envelope(data: bytes) -> Record:
    """Parse the envelope of a record between the two ends of a file, and verify its checksum.

    Raises:
        DamagedFileError: It is not a record in its shortest form, or its checksum is wrong. Names no place.
    """
    try:
        record = Record.FromString(data)
    except DecodeError as error:
        message = "not a record"
        raise DamagedFileError(message) from error
    record.DiscardUnknownFields()
    complete = all(map(record.HasField, ("sync", "seq", "raw_size", "crc32")))
    payload = record.payload  # a copy each time
    if (
        not complete
        or not 0 < record.kind < 256  # noqa: PLR2004 -- a byte each in the context
        or not 0 < record.codec < 256  # noqa: PLR2004 -- as above
        or _shortest_size(record, len(payload)) != len(data)
    ):
        message = "not a well-formed record"
        raise DamagedFileError(message)
    context = record_context(record.kind, record.codec, record.seq, record.raw_size)
    if zlib.crc32(payload, zlib.crc32(record.nonce, zlib.crc32(context))) != record.crc32:
        message = "checksum mismatch: the record is damaged"
        raise DamagedFileError(message)
    return record


def _shortest_size(record: Record, payload_size: int) -> int:
    """Return what `ByteSize` does of a complete record, which would serialize the payload to tell."""
    size = 2 * 1 + 8 + 4  # `sync` and `crc32`, each with a tag of a byte
    for number in (record.kind, record.seq, record.codec, record.raw_size):
        size += 1 + len(encode_varint(number))
    for length in (len(record.nonce), payload_size):
        size += 1 + len(encode_varint(length)) + length if length else 0
    return size


def open_body(record: StoredRecord, seal: Seal | None, limit: int, source: BytesSource) -> bytes:
    """Decrypt and decompress a record's body.

    Args:
        record: The record.
        seal: How it is encrypted; None: it is not.
        limit: The largest body that is accepted, in bytes.
        source: The file, for error messages.

    Raises:
        LimitError: The body claims to be larger than `limit`, or weighs too much.
        AuthenticationError: An encrypted record is not what was written there.
        DamagedFileError: The body cannot be had from what is stored.
    """
    message = record.message
    if message.raw_size > limit:
        text = f"a body of {message.raw_size} bytes is announced, the limit is {limit}"
        raise LimitError(text, source.path, record.offset)
    payload = open_payload(record, seal, source)
    try:
        body = decompress(message.codec, payload, message.raw_size)
        check_weight(message.kind, body)
    except (DamagedFileError, LimitError) as error:
        raise type(error)(error.message, source.path, record.offset) from error
    return body


def check_weight(kind: RecordKind, body: bytes) -> None:
    """Refuse a large body of so many parts that parsing it would take too much memory.

    Args:
        kind: The kind of its record.
        body: The body, decrypted and decompressed.

    Raises:
        LimitError: It weighs more than is allowed. Names no place.
        DamagedFileError: It is not what records of this kind hold. Names no place.
    """
    if len(body) > LIGHT and kind in _PARSED and weigh(_PARSED[kind], body) > MAX_WEIGHT:
        text = f"a body of {len(body)} bytes has more parts than readers grant memory for"
        raise LimitError(text)


def open_payload(record: StoredRecord, seal: Seal | None, source: BytesSource) -> bytes:
    """Decrypt a record's body and leave it compressed.

    Args:
        record: The record.
        seal: How it is encrypted; None: it is not.
        source: The file, for error messages.

    Raises:
        AuthenticationError: An encrypted record is not what was written there.
        DamagedFileError: A record of a plain file is encrypted.
    """
    try:
        return _unsealed(record.message, seal)
    except DamagedFileError as error:
        raise type(error)(error.message, source.path, record.offset) from None


def _unsealed(message: Record, seal: Seal | None) -> bytes:
    if seal is None:
        if message.nonce:
            text = "an encrypted record in a file that is not encrypted"
            raise DamagedFileError(text)
        return message.payload
    if len(message.nonce) != NONCE_SIZE or len(message.payload) < TAG_SIZE:
        text = "a plain record in an encrypted file"
        raise AuthenticationError(text)
    context = record_context(message.kind, message.codec, message.seq, message.raw_size)
    try:
        return seal.file_key.open(message.nonce, message.payload, context + seal.header_hash)
    except TagMismatchError:
        text = "the record does not authenticate: it was changed, moved, or comes from another file"
        raise AuthenticationError(text) from None


def expect(record: StoredRecord, kind: RecordKind, seq: int | None, sync: int, source: BytesSource) -> None:
    """Check that a record is of its file, of a kind and in its place.

    Raises:
        DamagedFileError: It is not.
    """
    message = record.message
    if message.sync != sync:
        text = "the record belongs to another file"
    elif message.kind != kind:
        text = f"expected {RecordKind.Name(kind)[12:]}, found record kind {message.kind}"
    elif seq is not None and (not message.HasField("seq") or message.seq != seq):
        text = f"records are missing, repeated or out of order: expected number {seq}, found {message.seq}"
    else:
        return
    raise DamagedFileError(text, source.path, record.offset)


def _too_large(size: int, limit: int, source: BytesSource, offset: int) -> LimitError:
    message = f"a record of {size} bytes is announced, the limit is {limit}"
    return LimitError(message, source.path, offset)


__all__ = [
    "Codec",
    "Seal",
    "StoredRecord",
    "encode_record",
    "encode_stored",
    "expect",
    "open_body",
    "open_payload",
    "parse_envelope",
    "read_stored",
    "record_context",
]
