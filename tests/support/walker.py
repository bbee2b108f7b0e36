"""A second opinion on .datum files: reads and decrypts them without any code of the library.

Only struct, zlib, zstandard, cryptography and protobuf's own delimited parsing, with the schema that the file carries.
"""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import zlib
from dataclasses import dataclass
from typing import Any

import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, proto

PREAMBLE_SIZE = 37
TRAILER_SIZE = 48
KINDS = ["UNSPECIFIED", "PREAMBLE", "HEADER", "META", "BLOCK", "MEDIA", "INDEX", "FOOTER", "TRAILER"]


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the varint at an offset, and the offset behind it."""
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at


def fields(data: bytes) -> dict[int, list[Any]]:
    """Take a message apart without a schema: the values of each field, by its number."""
    found: dict[int, list[Any]] = {}
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        value: Any
        if tag & 7 == 0:
            value, at = varint(data, at)
        elif tag & 7 == 2:
            size, at = varint(data, at)
            value, at = data[at : at + size], at + size
        else:
            layout = {1: "<Q", 5: "<I"}[tag & 7]
            value, at = struct.unpack_from(layout, data, at)[0], at + struct.calcsize(layout)
        found.setdefault(tag >> 3, []).append(value)
    return found


def split(data: bytes) -> list[bytes]:
    """Cut a file into its records, each with its length prefix."""
    records, at = [], 0
    while at < len(data):
        size, start = varint(data, at)
        records.append(data[at : start + size])
        at = start + size
    assert at == len(data)
    return records


def kinds(data: bytes) -> list[str]:
    """Name the records of a file."""
    return [KINDS[fields(record[varint(record, 0)[1] :])[2][0]] for record in split(data)]


@dataclass
class Walked:
    """What a file holds, each part a message of a private descriptor pool."""

    kinds: list[str]
    bodies: list[bytes]
    offsets: list[int]
    header: dict[int, list[Any]]
    meta: Any
    items: list[Any]
    footer: Any
    media: bytes


def descriptor_set(data: bytes) -> bytes:
    """Return the schema that a file carries."""
    record = split(data)[1]
    envelope = fields(record[varint(record, 0)[1] :])
    body = envelope[8][0]
    if envelope[4] == [2]:
        body = zstandard.ZstdDecompressor().decompress(body)
    return bytes(fields(body).get(8, [b""])[0])


def pool_of(schema: bytes) -> descriptor_pool.DescriptorPool:
    """Make a private pool of a serialized FileDescriptorSet."""
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(schema).file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool


def walk(data: bytes, key: str | None = None, schema: bytes | None = None) -> Walked:
    """Read a file from its start to its end; `schema` for a file that carries none."""
    pool = pool_of(schema or descriptor_set(data))

    def message(name: str) -> Any:  # noqa: ANN401 -- made at run time
        return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"datumpb_schema.v1.{name}"))

    records, offsets, stream = [], [], io.BytesIO(data)
    while stream.tell() < len(data):
        offsets.append(stream.tell())
        records.append(proto.parse_length_prefixed(message("Record"), stream))
    header = b"".join(split(data)[:2])
    bodies = []
    cipher = None
    for place, record in enumerate(records):
        context = struct.pack(">4sBBBBQQ", b"DTPB", 1, record.kind, record.codec, 0, record.seq, record.raw_size)
        assert zlib.crc32(context + record.nonce + record.payload) == record.crc32
        assert record.sync == records[0].sync
        assert record.seq == (place if record.kind != 8 else 0)
        body = record.payload
        if record.kind in {1, 2, 8}:
            assert not record.nonce
        elif cipher is not None:
            body = cipher.decrypt(record.nonce, body, context + hashlib.sha256(header).digest())
        if record.codec == 2:
            assert zstandard.get_frame_parameters(body).content_size == record.raw_size
            body = zstandard.ZstdDecompressor().decompress(body)
        assert record.kind in {1, 8} or len(body) == record.raw_size
        bodies.append(body)
        if record.kind == 2 and key is not None:
            (encryption,) = fields(body)[7]
            salt, commitment = fields(encryption)[2][0], fields(encryption)[3][0]
            okm = HKDF(SHA256(), 64, salt, b"datumpb/v1/file").derive(
                base64.urlsafe_b64decode(key.removeprefix("datum-"))
            )
            assert okm[32:] == commitment
            cipher = AESGCM(okm[:32])
    names = [KINDS[record.kind] for record in records]
    parsed = dict(zip(names, bodies, strict=True))
    footer = message("Footer").FromString(parsed["FOOTER"])
    trailer = fields(parsed["TRAILER"])
    assert trailer == {1: [offsets[-2]], 2: [offsets[-1] - offsets[-2]], 3: [len(data)]}
    assert footer.record_count == len(records) - 2
    checksums = b"".join(struct.pack("<I", record.crc32) for record in records[:-2])
    assert footer.records_crc32 == zlib.crc32(checksums)
    is_media = fields(parsed["HEADER"])[3] == [2]
    batches = [
        message("ItemBatch").FromString(body) for name, body in zip(names, bodies, strict=True) if name == "BLOCK"
    ]
    return Walked(
        kinds=names,
        bodies=bodies,
        offsets=offsets,
        header=fields(parsed["HEADER"]),
        meta=message("MediaMeta" if is_media else "Meta").FromString(parsed["META"]),
        items=[item for batch in batches for item in batch.items],
        footer=footer,
        media=b"".join(body for name, body in zip(names, bodies, strict=True) if name == "MEDIA"),
    )
