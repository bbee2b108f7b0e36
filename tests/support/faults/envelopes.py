"""Records taken apart and put together again with right checksums, and files of them with a TRAILER that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import zstandard

from datumpb.container.ends import trailer
from datumpb.container.varint import encode_varint
from datumpb.messages import Codec, Record
from tests.support.forge import record
from tests.support.walker import KINDS, varint

if TYPE_CHECKING:
    from tests.support.faults.targets import Target


def parse(data: bytes) -> Record:
    """Take a record apart."""
    return Record.FromString(data[varint(data, 0)[1] :])


def kind_of(data: bytes) -> str:
    """Name the kind of a record."""
    return KINDS[parse(data).kind]


def made(message: Record) -> bytes:
    """Put a record together, with its length prefix and the right checksum."""
    data = record(
        message.sync.to_bytes(8, "little"),
        message.kind,
        message.seq,
        message.payload,
        codec=message.codec,
        raw_size=message.raw_size,
        nonce=message.nonce,
    )
    return encode_varint(len(data)) + data


def body_of(message: Record) -> bytes:
    """Return the body of a record that is not encrypted."""
    if message.codec == Codec.CODEC_ZSTD:
        return zstandard.ZstdDecompressor().decompress(message.payload)
    return message.payload


def with_body(message: Record, body: bytes) -> bytes:
    """Put a record together that is not encrypted, with another body."""
    message.codec, message.payload, message.raw_size = Codec.CODEC_NONE, body, len(body)
    return made(message)


def records_of(target: Target) -> list[bytes]:
    """Return the records of a file, all but TRAILER."""
    return target.pieces(target.data)[:-1]


def ended(records: list[bytes], target: Target) -> bytes:
    """Put a file together, with a TRAILER that fits the last record."""
    start = b"".join(records)
    return start + trailer(target.data[2:10], len(start) - len(records[-1]), len(records[-1]))
