"""PREAMBLE and TRAILER: the two ends of a file, of constant size and written byte by byte."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from datumpb.container.record import record_context
from datumpb.errors import DamagedFileError, NotADatumFileError, TruncatedFileError
from datumpb.messages import Codec, RecordKind

if TYPE_CHECKING:
    from datumpb.container.bytes_source import BytesSource

MAGIC = b"\x89DATUMPB\r\n\x1a\n"

# sync, kind 1, seq 0, codec 1, crc32, payload {magic}
_PREAMBLE = struct.Struct("<B B8s BB BB BB BI BB BB12s")
# sync, kind 8, codec 1, crc32, payload {footer_offset, footer_size, file_size}
_TRAILER = struct.Struct("<B B8s BB BB BI BB BQ BQ BQ")
_TRAILER_BODY = struct.Struct("<BQ BQ BQ")
_MAGIC_OFFSET = 25

PREAMBLE_SIZE = _PREAMBLE.size
TRAILER_SIZE = _TRAILER.size
SYNC_SIZE = 8

_START = bytes((PREAMBLE_SIZE - 1, 0x09))

_PREAMBLE_BODY = bytes((0x0A, len(MAGIC))) + MAGIC
_PREAMBLE_CONTEXT = record_context(RecordKind.RECORD_KIND_PREAMBLE, Codec.CODEC_NONE, 0, 0)
_TRAILER_CONTEXT = record_context(RecordKind.RECORD_KIND_TRAILER, Codec.CODEC_NONE, 0, 0)
PREAMBLE_CRC32 = zlib.crc32(_PREAMBLE_BODY, zlib.crc32(_PREAMBLE_CONTEXT))


def preamble(sync: bytes) -> bytes:
    """Return the PREAMBLE record of a file with these sync bytes, length prefix included."""
    head = (PREAMBLE_SIZE - 1, 0x09, sync, 0x10, 1, 0x18, 0, 0x20, 1, 0x35, PREAMBLE_CRC32)
    return _PREAMBLE.pack(*head, 0x42, len(_PREAMBLE_BODY), 0x0A, len(MAGIC), MAGIC)


def trailer(sync: bytes, footer_offset: int, footer_size: int) -> bytes:
    """Return the TRAILER record of a file whose FOOTER is at this place, length prefix included."""
    file_size = footer_offset + footer_size + TRAILER_SIZE
    body = _TRAILER_BODY.pack(0x09, footer_offset, 0x11, footer_size, 0x19, file_size)
    crc32 = zlib.crc32(body, zlib.crc32(_TRAILER_CONTEXT))
    head = (TRAILER_SIZE - 1, 0x09, sync, 0x10, 8, 0x20, 1, 0x35, crc32, 0x42, len(body))
    return _TRAILER.pack(*head, 0x09, footer_offset, 0x11, footer_size, 0x19, file_size)


def read_preamble(source: BytesSource) -> bytes:
    """Read the start of a file and return its sync bytes.

    Raises:
        NotADatumFileError: The file is something else.
        TruncatedFileError: The file ends inside of PREAMBLE.
        DamagedFileError: PREAMBLE is damaged.
    """
    data = source.read_at(0, min(PREAMBLE_SIZE, source.size))
    magic = data[_MAGIC_OFFSET:]
    if not data:
        message = "the file is empty"
        raise NotADatumFileError(message, source.path)
    if len(data) < PREAMBLE_SIZE and MAGIC.startswith(magic) and _START.startswith(data[:2]):
        message = f"the file ends at byte {len(data)}, inside of PREAMBLE"
        raise TruncatedFileError(message, source.path, 0)
    sync = data[2 : 2 + SYNC_SIZE]
    if len(data) == PREAMBLE_SIZE and data == preamble(sync):
        return sync
    if magic == MAGIC:
        message = "PREAMBLE is damaged"
        raise DamagedFileError(message, source.path, 0)
    message = "not a .datum file of datumpb"
    if data.startswith(b"signature:datumaro_binary"):
        message = "not a .datum file of datumpb but one of DatumaroBinary: convert it"
    raise NotADatumFileError(message, source.path)


def read_trailer(source: BytesSource, sync: bytes, start: int) -> tuple[int, int]:
    """Read the end of a file and return FOOTER's offset and size, which lie between `start` and TRAILER.

    Args:
        source: The file.
        sync: Its sync bytes.
        start: The offset behind HEADER.

    Raises:
        TruncatedFileError: There is no TRAILER: the file was cut off or its writer never finished.
        DamagedFileError: There is one, and it is damaged.
    """
    offset = source.size - TRAILER_SIZE
    data = source.read_at(offset, TRAILER_SIZE) if offset >= PREAMBLE_SIZE else b""
    if data[:10] != bytes((TRAILER_SIZE - 1, 0x09)) + sync:
        message = "there is no TRAILER at the end: the file was cut off, or never finished"
        raise TruncatedFileError(message, source.path, source.size)
    place = parse_trailer(data, sync)
    if place is None or not start <= place[0] < sum(place) == offset:
        message = "TRAILER is damaged, or does not fit the file"
        raise DamagedFileError(message, source.path, offset)
    return place


def parse_trailer(data: bytes, sync: bytes) -> tuple[int, int] | None:
    """Return FOOTER's offset and size, or None where these 48 bytes are no TRAILER of a file with these sync bytes."""
    *_, footer_offset, _, footer_size, _, _ = _TRAILER.unpack(data)
    whole = footer_offset + footer_size + TRAILER_SIZE < 1 << 64 and data == trailer(sync, footer_offset, footer_size)
    return (footer_offset, footer_size) if whole else None
