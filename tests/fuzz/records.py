"""A `.datum` file taken apart and put together again, so that a changed part still has all its checksums and seals."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from datumpb import messages
from datumpb.codec.blocks import split_batch
from datumpb.container.compression import decompress
from datumpb.container.ends import PREAMBLE_CRC32, PREAMBLE_SIZE, TRAILER_SIZE, preamble, trailer
from datumpb.container.record import Seal, encode_record, encode_stored, record_context
from datumpb.container.varint import VarintError, decode_prefix
from datumpb.crypto.aead import NONCE_SIZE, SALT_SIZE, FileKey, TagMismatchError
from datumpb.crypto.keys import parse_key
from datumpb.errors import DamagedFileError
from datumpb.messages import RecordKind
from tests.support.samples import KEY

if TYPE_CHECKING:
    import random

    from tests.fuzz.harness import Mutate

_LARGEST_BODY = 1 << 20
_HEADER, _BLOCK, _MEDIA = RecordKind.RECORD_KIND_HEADER, RecordKind.RECORD_KIND_BLOCK, RecordKind.RECORD_KIND_MEDIA
_INDEX, _FOOTER = RecordKind.RECORD_KIND_INDEX, RecordKind.RECORD_KIND_FOOTER


@dataclass(frozen=True)
class Part:
    """A record between the two ends of a file.

    Attributes:
        envelope: As it was.
        body: Decrypted and decompressed; None where that cannot be done.
    """

    envelope: messages.Record
    body: bytes | None


def mutate(data: bytes, most: int, chance: random.Random, change: Mutate) -> bytes:
    """Change any byte of a file; or one body, or the order of records, and set right what depends on it."""
    parts = take_apart(data) if chance.random() < 0.9 else None
    if not parts:
        return change(data, most)
    place = chance.randrange(len(parts))
    other = chance.randrange(len(parts))
    if chance.random() < 0.8:
        body = parts[place].body
        if body is None or len(body) > most:
            return change(data, most)
        parts[place] = replace(parts[place], body=change(body, most))
    elif chance.random() < 0.5:
        parts.insert(other, parts[place])
    elif chance.random() < 0.5:
        parts[place], parts[other] = parts[other], parts[place]
    else:
        del parts[place]
    made = put_together(data[2:10], parts, lists=chance.random() < 0.7, numbers=chance.random() < 0.9)
    return made if len(made) <= most else change(data, most)


def take_apart(data: bytes) -> list[Part]:
    """Return the records of a file from HEADER on, as far as they can be told apart."""
    at, parts = PREAMBLE_SIZE, list[Part]()
    seal = None
    while at < len(data) - TRAILER_SIZE:
        try:
            size, start = decode_prefix(data[at : at + 5])
            envelope = messages.Record.FromString(data[at + start : at + start + size])
        except (VarintError, DecodeError):
            break
        at += start + size
        body = _open(envelope, seal)
        parts.append(Part(envelope, body))
        if envelope.kind == _HEADER and body is not None:
            seal = _seal(body, hashlib.sha256(data[:at]).digest())[1]
    return parts


def put_together(sync: bytes, parts: list[Part], *, lists: bool, numbers: bool) -> bytes:
    """Return a file of these records, each with its checksum and seal, and the right ends.

    Args:
        sync: The file's sync bytes.
        parts: The records from HEADER on.
        lists: Whether INDEX and FOOTER shall list the other records as they are now.
        numbers: Whether records shall be numbered anew.
    """
    data, checksums, seal = preamble(sync), PREAMBLE_CRC32.to_bytes(4, "little"), None
    blocks, indexes, media_size = list[tuple[messages.BlockEntry, list[int]]](), list[messages.IndexEntry](), 0
    last = len(data), 0
    for number, part in enumerate(parts, 1):
        kind, body, seq = part.envelope.kind, part.body, part.envelope.seq
        seq = number if numbers else seq
        header_seal = None
        if kind == _HEADER and body is not None:
            body, header_seal = _seal(body, b"")
        if lists and body is not None and kind in {_INDEX, _FOOTER}:
            account = number, zlib.crc32(checksums), media_size
            body = _listing(body, blocks) if kind == _INDEX else _account(body, indexes, *account)
        own_seal = None if kind == _HEADER else seal
        if body is None:
            envelope = part.envelope
            stored = envelope.payload
            record, crc32 = encode_stored(
                sync, kind & 255, seq, envelope.codec & 255, envelope.raw_size, stored, own_seal
            )
        else:
            record, crc32 = encode_record(sync, kind & 255, seq, body, own_seal)  # type: ignore[arg-type]  # any number
        last = len(data), len(record)
        place = {"offset": last[0], "size": last[1], "seq": seq, "crc32": crc32}
        data += record
        checksums += crc32.to_bytes(4, "little")
        if kind == _HEADER:
            seal = header_seal and Seal(header_seal.file_key, hashlib.sha256(data).digest())
        elif kind == _BLOCK:
            ids = _ids(body)
            blocks.append((messages.BlockEntry(**place, item_count=len(ids)), ids))
        elif kind == _MEDIA:
            media_size += len(body or b"")
        elif kind == _INDEX and body is not None:
            indexes.append(_entry(body, place))
    return data + trailer(sync, *last)


def _open(envelope: messages.Record, seal: Seal | None) -> bytes | None:
    payload = envelope.payload
    if envelope.raw_size > _LARGEST_BODY or envelope.kind > 255 or envelope.codec > 255:
        return None
    try:
        if envelope.nonce:
            if seal is None or len(envelope.nonce) != NONCE_SIZE:
                return None
            context = record_context(envelope.kind, envelope.codec, envelope.seq, envelope.raw_size)
            payload = seal.file_key.open(envelope.nonce, payload, context + seal.header_hash)
        return decompress(envelope.codec, payload, envelope.raw_size)
    except (TagMismatchError, DamagedFileError):
        return None


def _seal(body: bytes, header_hash: bytes) -> tuple[bytes, Seal | None]:
    """Return HEADER with the commitment that belongs to the key, and how the records behind it are sealed."""
    try:
        header = messages.Header.FromString(body)
    except DecodeError:
        return body, None
    if not header.HasField("encryption") or len(header.encryption.salt) != SALT_SIZE:
        return body, None
    file_key = FileKey.derive(parse_key(KEY), header.encryption.salt)
    header.encryption.commitment = file_key.commitment
    return header.SerializeToString(deterministic=True), Seal(file_key, header_hash)


def _ids(body: bytes | None) -> list[int]:
    try:
        return [zlib.crc32(messages.Item.FromString(item).id.encode()) for item in split_batch(body or b"")]
    except (DamagedFileError, DecodeError):
        return []


def _listing(body: bytes, blocks: list[tuple[messages.BlockEntry, list[int]]]) -> bytes:
    try:
        index = messages.Index.FromString(body)
    except DecodeError:
        return body
    count = max(1, len(index.blocks))
    index.ClearField("blocks")
    index.ClearField("item_id_crc32")
    for entry, ids in blocks[:count]:
        index.blocks.append(entry)
        index.item_id_crc32.extend(ids)
    del blocks[:count]
    return index.SerializeToString(deterministic=True)


def _entry(body: bytes, place: dict[str, int]) -> messages.IndexEntry:
    try:
        index = messages.Index.FromString(body)
    except DecodeError:
        index = messages.Index()
    return messages.IndexEntry(**place, block_count=len(index.blocks), item_count=len(index.item_id_crc32))


def _account(body: bytes, indexes: list[messages.IndexEntry], count: int, crc32: int, media_size: int) -> bytes:
    try:
        footer = messages.Footer.FromString(body)
    except DecodeError:
        return body
    footer.ClearField("index")
    footer.index.extend(indexes)
    footer.item_count = sum(entry.item_count for entry in indexes)
    footer.record_count, footer.records_crc32 = count, crc32
    if footer.HasField("media_size"):
        footer.media_size = media_size
    return footer.SerializeToString(deterministic=True)
