"""Annotation and media files put together from docs/FORMAT.md, sound or with any part made wrong and the rest right."""

from __future__ import annotations

import base64
import hashlib
import itertools
import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from conformance.make.wire import bytes_field, fixed, number_field, to_varint
from datumpb import messages
from datumpb.codec.statistics import Statistics
from datumpb.messages import ContentType, RecordKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.make.entries import Entry

    Hook = Callable[["Envelope"], object]

PREAMBLE_KIND, HEADER, META, BLOCK, MEDIA, INDEX, FOOTER, TRAILER_KIND = range(1, 9)
LIMIT = (4 << 20) - 1
MAGIC = b"\x89DATUMPB\r\n\x1a\n"
# Drawn once: only here are salts and nonces fixed.
SALT = bytes(range(0x20, 0x40))
KEYS = {
    "first.txt": "datum-" + base64.urlsafe_b64encode(bytes(range(32))).decode(),
    "second.txt": "datum-" + base64.urlsafe_b64encode(bytes(range(1, 33))).decode(),
}


@dataclass
class Envelope:
    """The fields of a record; `crc32` is computed where it is None, and `rest` goes behind the others."""

    sync: bytes
    kind: int
    seq: int
    codec: int
    raw_size: int
    payload: bytes
    nonce: bytes = b""
    crc32: int | None = None
    rest: bytes = b""

    def context(self) -> bytes:
        """Return what checksum and tag cover besides the payload."""
        return struct.pack(">4sBBBBQQ", b"DTPB", 1, self.kind & 255, self.codec & 255, 0, self.seq, self.raw_size)

    def checksum(self) -> int:
        """Return the record's checksum: the right one, or the one that was set."""
        return zlib.crc32(self.context() + self.nonce + self.payload) if self.crc32 is None else self.crc32

    def fields(self) -> list[bytes]:
        """Return each field as it is written, empty where it is not."""
        return [
            fixed(1, self.sync),
            number_field(2, self.kind),
            number_field(3, self.seq),
            number_field(4, self.codec),
            number_field(5, self.raw_size),
            fixed(6, self.checksum().to_bytes(4, "little")),
            bytes_field(7, self.nonce) if self.nonce else b"",
            bytes_field(8, self.payload) if self.payload else b"",
            self.rest,
        ]

    def framed(self) -> bytes:
        """Return the record with its length prefix."""
        return framed(b"".join(self.fields()))


@dataclass(frozen=True)
class RawBlock:
    """A block whose body is not what it should be; INDEX lists it with these ids."""

    body: bytes
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a record is: offset, size, number and checksum."""

    offset: int
    size: int
    seq: int
    crc32: int

    def listed(self) -> dict[str, int]:
        """Return it as INDEX and FOOTER list it."""
        return {"offset": self.offset, "size": self.size, "seq": self.seq, "crc32": self.crc32}


def framed(record: bytes) -> bytes:
    """Put the length prefix before a record."""
    return to_varint(len(record)) + record


def trailer(sync: bytes, footer_offset: int, footer_size: int, file_size: int | None = None) -> bytes:
    """Return TRAILER."""
    size = footer_offset + footer_size + 48 if file_size is None else file_size
    body = struct.pack("<BQBQBQ", 0x09, footer_offset % 2**64, 0x11, footer_size % 2**64, 0x19, size % 2**64)
    crc32 = zlib.crc32(b"DTPB\x01\x08\x01" + bytes(17) + body)
    return b"\x2f\x09" + sync + b"\x10\x08\x20\x01\x35" + struct.pack("<I", crc32) + b"\x42\x1b" + body


def as_is(*_: object) -> None:
    """Leave a part of the file as it should be."""


@dataclass
class Forge:
    """Makes a file.

    Attributes:
        blocks: The items, block by block.
        meta: What META says.
        key: The name of the key to encrypt with; None: the file is plain.
        media: The pieces of a media file, which this is then.
        limit: `max_record_size`.
        index_runs: How many blocks each INDEX lists; None: there is one INDEX for all.
        strange: Records of other kinds, each before the record with the number that it names among all others.
        compress: Makes a frame of a body, which is then stored so; None: nothing is compressed.
        header: Changes HEADER.
        index: Changes the first INDEX.
        indexes: Changes all of them.
        footer: Changes FOOTER.
        before: Changes records by their number, before they are encrypted.
        after: Changes records by their number, when all else is done but the checksum.
        reframe: Changes the bytes of records by their number, length prefix included.
        end: Makes TRAILER of sync, FOOTER's offset and its size.
    """

    blocks: Sequence[Sequence[Entry] | RawBlock] = ()
    meta: messages.Meta | messages.MediaMeta | bytes = field(
        default_factory=lambda: messages.Meta(subset="train", media_type=messages.MediaType.MEDIA_TYPE_IMAGE)
    )
    key: str | None = None
    media: Sequence[bytes] | None = None
    limit: int = LIMIT
    index_runs: Sequence[int] | None = None
    strange: Sequence[tuple[int, int, bytes]] = ()
    compress: Callable[[bytes], bytes] | None = None
    salt: bytes = SALT
    header: Callable[[messages.Header], object] = as_is
    index: Callable[[messages.Index], object] = as_is
    indexes: Callable[[list[messages.Index]], object] = as_is
    footer: Callable[[messages.Footer], object] = as_is
    before: Mapping[int, Hook] = field(default_factory=dict)
    after: Mapping[int, Hook] = field(default_factory=dict)
    reframe: Mapping[int, Callable[[bytes], bytes]] = field(default_factory=dict)
    end: Callable[[bytes, int, int], bytes] = trailer

    def make(self) -> bytes:
        """Return the file's bytes."""
        self._start()
        if self.media is not None:
            for piece in self.media:
                self._put(MEDIA, piece)
            footer = messages.Footer(media_size=sum(map(len, self.media)))
        else:
            footer = self._annotations()
        self._strange()
        footer.record_count, footer.records_crc32 = len(self.records), zlib.crc32(self._checksums)
        self.footer(footer)
        place = self._append(FOOTER, footer.SerializeToString(deterministic=True))
        return b"".join(self.records) + self.end(self.sync, place.offset, place.size)

    def _start(self) -> None:
        content = ContentType.CONTENT_TYPE_ANNOTATIONS if self.media is None else ContentType.CONTENT_TYPE_MEDIA
        header = messages.Header(format_major=1, content=content, max_record_size=self.limit)
        header.writer_name = "conformance"
        self._cipher: AESGCM | None = None
        if self.key is not None:
            raw = base64.urlsafe_b64decode(KEYS[self.key].removeprefix("datum-"))
            okm = HKDF(SHA256(), 64, self.salt, b"datumpb/v1/file").derive(raw)
            header.encryption.aead, header.encryption.salt = messages.Aead.AEAD_AES_256_GCM, self.salt
            header.encryption.commitment = okm[32:]
        self.header(header)
        body = header.SerializeToString(deterministic=True)
        meta = self.meta if isinstance(self.meta, bytes) else self.meta.SerializeToString(deterministic=True)
        named = b"datumpb/v1/sync" + body + (b"" if header.HasField("encryption") else meta)
        self.sync = hashlib.sha256(named).digest()[:8]
        preamble = b"\x24\x09" + self.sync + bytes.fromhex("100118002001 35d6463182 420e 0a0c") + MAGIC
        self.records, self._checksums, self._offset = [preamble], bytes.fromhex("d6463182"), len(preamble)
        self._append(HEADER, body)
        if self.key is not None:
            self._header_hash = hashlib.sha256(b"".join(self.records)).digest()
            self._cipher = AESGCM(okm[:32])
        self._put(META, meta)

    def _annotations(self) -> messages.Footer:
        statistics, entries, ids = Statistics(), [], []
        for block in self.blocks:
            if isinstance(block, RawBlock):
                body, block_ids = block.body, block.ids
            else:
                body = b"".join(bytes_field(1, entry.data) for entry in block)
                block_ids = tuple(entry.message.id for entry in block)
                for entry in block:
                    statistics.add(entry.message)
            place = self._put(BLOCK, body)
            entries.append(messages.BlockEntry(**place.listed(), item_count=len(block_ids)))
            ids.append([zlib.crc32(item_id.encode()) for item_id in block_ids])
        indexes, first = [], 0
        for count in [len(entries)] if self.index_runs is None else self.index_runs:
            run = slice(first, first + count)
            indexes.append(messages.Index(blocks=entries[run], item_id_crc32=itertools.chain.from_iterable(ids[run])))
            first += count
        if indexes:
            self.index(indexes[0])
        self.indexes(indexes)
        footer = messages.Footer(item_count=sum(map(len, ids)), statistics=statistics.message())
        for index in indexes:
            place = self._put(INDEX, index.SerializeToString(deterministic=True))
            counts = {"block_count": len(index.blocks), "item_count": len(index.item_id_crc32)}
            footer.index.add(**place.listed(), **counts)
        return footer

    def _put(self, kind: int, body: bytes) -> Place:
        self._strange()
        return self._append(kind, body)

    def _strange(self) -> None:
        for seq, kind, body in self.strange:
            if seq == len(self.records):
                self._append(kind, body)

    def _append(self, kind: int, body: bytes) -> Place:
        seq = len(self.records)
        codec, payload = 1, body
        if self.compress is not None and len(packed := self.compress(body)) < len(body):
            codec, payload = 2, packed
        envelope = Envelope(self.sync, kind, seq, codec, len(body), payload)
        self.before.get(seq, as_is)(envelope)
        if self._cipher is not None:
            envelope.nonce = hashlib.sha256(self.salt + bytes((seq,))).digest()[:12]
            envelope.payload = self._cipher.encrypt(
                envelope.nonce, envelope.payload, envelope.context() + self._header_hash
            )
        self.after.get(seq, as_is)(envelope)
        data = self.reframe.get(seq, bytes)(envelope.framed())
        place = Place(self._offset, len(data), seq, envelope.checksum())
        self.records.append(data)
        self._checksums += place.crc32.to_bytes(4, "little")
        self._offset += len(data)
        return place


def kind_name(kind: int) -> str:
    """Return the name of a kind of record, in small letters."""
    return RecordKind.Name(kind)[12:].lower()
