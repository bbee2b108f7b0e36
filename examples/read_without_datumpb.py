"""Prints the items of a .datum file as JSON lines, without datumpb and without its generated code.

Written from docs/FORMAT.md alone; "section" means one of that document. The file is read once from start to end, so it
may be a pipe, and its messages are those of the schema that it carries. Needs protobuf, zstandard and cryptography.

python read_without_datumpb.py FILE [--key-file KEY_FILE]      FILE may be - for standard input
"""
# ruff: noqa: PLR2004 -- the numbers are those of FORMAT.md, where each has its place and its reason

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import io
import json
import math
import re
import struct
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message

HEADER, META, BLOCK, INDEX, FOOTER, TRAILER = 2, 3, 4, 6, 7, 8
NEXT = {HEADER: {META}, META: {BLOCK, INDEX}, BLOCK: {BLOCK, INDEX}, INDEX: {INDEX, FOOTER}}
PREAMBLE = b"\x24\x09%b\x10\x01\x18\x00\x20\x01\x35\xd6\x46\x31\x82\x42\x0e\x0a\x0c\x89DATUMPB\r\n\x1a\n"
HEADER_LIMIT, OWN_LIMIT = 1 << 20, 1 << 28
STRIDES = {"Bbox": 4, "Cuboid3d": 3, "RotatedBbox": 5}  # of all other shapes: 2
COUNTS = {"Bbox": 4, "Cuboid3d": 9, "Ellipse": 4, "Cuboid2d": 16, "RotatedBbox": 5}  # of all others: any


class RefusedError(Exception):
    """The file is not what FORMAT.md says, or asks for more than this reader knows."""


def check(ok: object, problem: str) -> None:
    """Refuse the file unless something is so."""
    if not ok:
        raise RefusedError(problem)


def take(file: BinaryIO, size: int) -> bytes:
    """Read exactly this many bytes."""
    data = file.read(size)
    check(len(data) == size, "the file, or something in it, ends too early")
    return data


def varint(file: BinaryIO, limit: int = 10) -> int:
    """Read a varint of at most so many bytes in its shortest form (section 4)."""
    number = 0
    for place in range(limit):
        byte = take(file, 1)[0]
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            check(byte or not place, "a padded varint")
            return number
    message = "a varint without end"
    raise RefusedError(message)


def to_varint(number: int) -> bytes:
    """Return the shortest varint of a number."""
    return bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80]) + to_varint(number >> 7)


def fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Yield number and value of each field of a message."""
    file = io.BytesIO(data)
    while file.tell() < len(data):
        tag = varint(file)
        check(tag & 7 in {0, 1, 2, 5}, "not a message")
        width = {1: 8, 5: 4}.get(tag & 7)
        yield tag >> 3, varint(file) if tag & 7 == 0 else take(file, width or varint(file))


def part(envelope: io.BytesIO, tag: bytes) -> bytes:
    """Read a bytes field of the envelope that may be absent."""
    at = envelope.tell()
    if envelope.read(1) != tag:
        envelope.seek(at)
        return b""
    data = take(envelope, varint(envelope))
    check(data, "an empty field in an envelope")
    return data


def context(kind: int, codec: int, seq: int, raw_size: int) -> bytes:
    """Return what a checksum, and a tag, covers besides the payload (section 4)."""
    return struct.pack(">4sBBBBQQ", b"DTPB", 1, kind, codec, 0, seq, raw_size)


class Datum:
    """A .datum file, read from its start to its end."""

    def __init__(self, file: BinaryIO, key: bytes | None) -> None:
        """Read PREAMBLE, HEADER and META (sections 5, 6 and 9)."""
        self.file, self.limit, self.header_hash = file, HEADER_LIMIT, b""
        self.cipher: AESGCM | None = None
        self.start = take(file, 37)
        self.sync = self.start[2:10]
        check(self.start == PREAMBLE % self.sync, "not a .datum file")
        self.kind, self.offset, self.seq, self.checksums = 0, 37, 1, self.start[17:21]
        body = self.next_record()
        check(self.kind == HEADER, "HEADER is missing")
        header: dict[int, Any] = dict(fields(body))
        check(header.get(1) == 1, "another major version")
        check(4 not in header, f"the feature {header.get(4)} is required and not known")
        check(header.get(3) == 1, "there are no annotations in this file")
        self.limit = header.get(6, 0)
        check(0 < self.limit <= OWN_LIMIT, "records are too large")
        check((7 in header) == (key is not None), "it is encrypted, and there is no key, or the other way round")
        if key is not None:
            self.unlock(key, dict(fields(header[7])))
        check(header.get(8), "the file does not carry its schema")
        pool = descriptor_pool.DescriptorPool()
        for schema in descriptor_pb2.FileDescriptorSet.FromString(header[8]).file:
            pool.AddSerializedFile(schema.SerializeToString())
        names = [f"datumpb_schema.v1.{name}" for name in ("Meta", "ItemBatch", "Index", "Footer")]
        types: list[Any] = [message_factory.GetMessageClass(pool.FindMessageTypeByName(name)) for name in names]
        self.meta_type, self.batch_type, self.index_type, self.footer_type = types
        self.meta = self.meta_type.FromString(self.next_record())

    def unlock(self, key: bytes, encryption: dict[int, Any]) -> None:
        """Derive the file's keys and compare the commitment (section 10)."""
        salt, commitment = encryption.get(2, b""), encryption.get(3, b"")
        check(encryption.get(1) == 1 and len(salt) == len(commitment) == 32, "the encryption is not known")
        keys = HKDF(SHA256(), 64, salt, b"datumpb/v1/file").derive(key)
        check(hmac.compare_digest(keys[32:], commitment), "wrong key")
        self.cipher, self.header_hash = AESGCM(keys[:32]), hashlib.sha256(self.start).digest()

    def next_record(self) -> bytes:
        """Read the next record of a known kind and return its body (section 4)."""
        size = varint(self.file, 5)
        check(size <= self.limit, "a record is too large")
        data = take(self.file, size)
        envelope = io.BytesIO(data)
        check(take(envelope, 9) == b"\x09" + self.sync, "a record of another file")
        numbers = []
        for tag in b"\x10\x18\x20\x28":
            check(take(envelope, 1)[0] == tag, "a damaged envelope")
            numbers.append(varint(envelope))
        kind, seq, codec, raw_size = numbers
        check(0 < kind < 256 and 0 < codec < 256 and seq == self.seq, "a record is damaged or out of place")
        check(take(envelope, 1) == b"\x35", "a damaged envelope")
        crc32, nonce, payload = take(envelope, 4), part(envelope, b"\x3a"), part(envelope, b"\x42")
        check(not envelope.read(1), "a damaged envelope")
        expected = zlib.crc32(context(kind, codec, seq, raw_size) + nonce + payload)
        check(expected == int.from_bytes(crc32, "little"), "a checksum is wrong")
        prefix = to_varint(size)
        self.place = (self.offset, len(prefix) + size, seq, expected)
        self.offset, self.seq = self.offset + len(prefix) + size, seq + 1
        self.checksums += crc32 if kind != FOOTER else b""
        if kind > TRAILER and self.kind >= META:
            return self.next_record()
        check(kind in NEXT.get(self.kind, {HEADER}), "records are in a wrong order")
        self.kind = kind
        self.start += prefix + data if kind == HEADER else b""
        return self.body(codec, raw_size, nonce, payload)

    def body(self, codec: int, raw_size: int, nonce: bytes, payload: bytes) -> bytes:
        """Decrypt and decompress (sections 4 and 10)."""
        check(raw_size <= self.limit, "a body is too large")
        if self.cipher is not None:
            check(len(nonce) == 12 and len(payload) >= 16, "a plain record in an encrypted file")
            aad = context(self.kind, codec, self.seq - 1, raw_size) + self.header_hash
            payload = self.cipher.decrypt(nonce, payload, aad)
        else:
            check(not nonce, "an encrypted record in a plain file")
        check(codec in {1, 2}, "a codec is not known")
        if codec == 2:
            check(zstandard.get_frame_parameters(payload).content_size == raw_size, "a body has another size")
            payload = zstandard.ZstdDecompressor().decompress(payload, raw_size, allow_extra_data=False)
        check(len(payload) == raw_size, "a body has another size")
        return payload

    def items(self) -> Iterator[Message]:
        """Yield all items, then check that the file is complete (sections 8 and 9)."""
        blocks, ids, indexes, listed, listed_ids = [], [], [], [], []
        body = self.next_record()
        while self.kind != FOOTER:
            if self.kind == BLOCK:
                items = self.batch_type.FromString(body).items
                blocks.append((*self.place, len(items)))
                ids += [zlib.crc32(item.id.encode()) for item in items]
                yield from items
            else:
                index = self.index_type.FromString(body)
                indexes.append((*self.place, len(index.blocks), len(index.item_id_crc32)))
                listed += [
                    (entry.offset, entry.size, entry.seq, entry.crc32, entry.item_count) for entry in index.blocks
                ]
                listed_ids += index.item_id_crc32
            body = self.next_record()
        footer = self.footer_type.FromString(body)
        check(footer.record_count == self.place[2], "FOOTER counts other records")
        check(footer.records_crc32 == zlib.crc32(self.checksums), "there are records of another file")
        check((listed, listed_ids, footer.item_count) == (blocks, ids, len(ids)), "INDEX or FOOTER list other items")
        entries = [(e.offset, e.size, e.seq, e.crc32, e.block_count, e.item_count) for e in footer.index]
        check(entries == indexes, "FOOTER lists other INDEX records")
        content = struct.pack("<BQBQBQ", 0x09, self.place[0], 0x11, self.place[1], 0x19, self.offset + 48)
        crc32 = zlib.crc32(context(TRAILER, 1, 0, 0) + content).to_bytes(4, "little")
        trailer = b"\x2f\x09" + self.sync + b"\x10\x08\x20\x01\x35" + crc32 + b"\x42\x1b" + content
        check(take(self.file, 48) == trailer and not self.file.read(1), "TRAILER is damaged, or not the end")


def decoded(message: Any, stride: int, count: int | None) -> list[float | str]:  # noqa: ANN401 -- made at run time
    """Decode Coordinates, NaN and the infinities as JSON has them (section 12)."""
    differences = [*message.delta, *rice(message.rice_bits, message.rice_low, message.rice_high)]
    check(bool(differences) + bool(message.f32) + bool(message.f64) < 2, "coordinates are written in two ways")
    sums: list[int] = []
    for difference in differences:
        sums.append(difference + (sums[-stride] if len(sums) >= stride else 0))
        check(abs(sums[-1]) <= 2**53 and message.decimals <= 12, "coordinates are out of range")
    numbers = [number / 10**message.decimals for number in sums] or list(message.f32) or list(message.f64)
    check(len(numbers) % stride == 0 and count in {None, len(numbers)}, "there are too few coordinates, or too many")
    names = {math.inf: "Infinity", -math.inf: "-Infinity"}
    return ["NaN" if math.isnan(number) else names.get(number, number) for number in numbers]


def rice(bits: int, low: bytes, high: bytes) -> Iterator[int]:
    """Decode Rice-coded differences (section 12)."""
    unary = "".join(f"{byte:08b}"[::-1] for byte in high).split("1")[:-1]
    remainders = int.from_bytes(low, "little")
    check(not high or (bits <= 54 and 0 < len(unary) <= 1 << 22), "Rice-coded coordinates are out of range")
    check(not high or len(low) == (len(unary) * bits + 7) // 8, "Rice-coded coordinates are malformed")
    for index, zeros in enumerate(unary):
        number = len(zeros) << bits | remainders >> index * bits & (1 << bits) - 1
        check(number < 1 << 55, "Rice-coded coordinates are out of range")
        yield number >> 1 ^ -(number & 1)


def as_json(message: Message) -> dict[str, Any]:
    """Turn a message into JSON as protobuf does, but coordinates into the numbers that they stand for."""
    result = json_format.MessageToDict(message, preserving_proto_field_name=True)
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.name == "Coordinates":
            shape = message.DESCRIPTOR.name
            result[field.name] = decoded(value, STRIDES.get(shape, 2), COUNTS.get(shape))
        elif hasattr(value, "ListFields"):
            result[field.name] = as_json(value)
        else:
            result[field.name] = [as_json(element) for element in value]
    return result


def read_key(path: str) -> bytes:
    """Return the 32 bytes of the key in a file (section 10)."""
    text = Path(path).read_text("ascii").strip()
    check(re.fullmatch(r"datum-[A-Za-z0-9_-]{43}=", text), "the key file holds no key")
    key = base64.urlsafe_b64decode(text[6:])
    check(base64.urlsafe_b64encode(key).decode() == text[6:], "the key file holds no key")
    return key


def main() -> None:
    """Print all items."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--key-file")
    arguments = parser.parse_args()
    try:
        key = read_key(arguments.key_file) if arguments.key_file else None
        with sys.stdin.buffer if arguments.file == "-" else Path(arguments.file).open("rb") as file:
            for item in Datum(file, key).items():
                print(json.dumps(as_json(item), allow_nan=False))
    except (RefusedError, InvalidTag, zstandard.ZstdError) as error:
        sys.exit(f"{arguments.file}: {error or 'a record does not authenticate'}")


if __name__ == "__main__":
    main()
