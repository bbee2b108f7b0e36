"""Files made by hand, sound or with any part made wrong; checksums, and seals where there is a key, are right."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datumpb import messages
from datumpb.codec.meta import encode_meta
from datumpb.codec.statistics import Statistics
from datumpb.container.ends import PREAMBLE_CRC32, preamble, trailer
from datumpb.container.header import new_header, sync_bytes
from datumpb.container.record import Seal, encode_record
from datumpb.messages import RecordKind
from datumpb.model.meta import Meta
from tests.support.item_messages import encode_item

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datumpb.model.item import Item

LIMIT = (4 << 20) - 1


def _unchanged(*_: object) -> None:
    """Leave a part of the file as it should be."""


@dataclass
class Forge:
    """Makes an annotation file of blocks of items.

    Attributes:
        blocks: The items, block by block; or the body of a block.
        meta: What META says.
        key: The text of the key.
        limit: `max_record_size`.
        header: Changes HEADER.
        strange: Records of other kinds, each behind as many blocks as its first number says.
        index: Changes INDEX.
        entry: Changes what FOOTER says of INDEX.
        footer: Changes FOOTER.
        end: Makes TRAILER of sync, FOOTER's offset and size.
    """

    blocks: Sequence[Sequence[Item] | bytes] = ()
    meta: Meta | bytes = field(default_factory=Meta)
    key: str | None = None
    limit: int = LIMIT
    header: Callable[[messages.Header], None] = _unchanged
    strange: Sequence[tuple[int, int, bytes]] = ()
    index: Callable[[messages.Index], None] = _unchanged
    entry: Callable[[messages.IndexEntry], None] = _unchanged
    footer: Callable[[messages.Footer], None] = _unchanged
    end: Callable[[bytes, int, int], bytes] = trailer

    def make(self) -> bytes:
        """Return the file's bytes."""
        header, file_key = new_header(messages.ContentType.CONTENT_TYPE_ANNOTATIONS, self.limit, self.key)
        self.header(header)
        body = header.SerializeToString(deterministic=True)
        meta = self.meta if isinstance(self.meta, bytes) else encode_meta(self.meta).SerializeToString()
        self.sync = sync_bytes(body, meta, encrypted=file_key is not None)
        self.data, self.checksums, self.seal = b"", PREAMBLE_CRC32.to_bytes(4, "little"), None
        self.data += preamble(self.sync)
        self.seq = 1
        self.put(RecordKind.RECORD_KIND_HEADER, body)
        if file_key is not None:
            self.seal = Seal(file_key, hashlib.sha256(self.data).digest())
        self.put(RecordKind.RECORD_KIND_META, meta)
        index, statistics = messages.Index(), Statistics()
        for number, block in enumerate(self.blocks):
            self._strange(number)
            items = [] if isinstance(block, bytes) else [encode_item(item) for item in block]
            batch = messages.ItemBatch(items=items).SerializeToString(deterministic=True)
            body = block if isinstance(block, bytes) else batch
            offset, size, seq, crc32 = self.put(RecordKind.RECORD_KIND_BLOCK, body)
            index.blocks.add(offset=offset, size=size, seq=seq, crc32=crc32, item_count=len(items))
            index.item_id_crc32.extend(zlib.crc32(item.id.encode()) for item in items)
            for item in items:
                statistics.add(item)
        self._strange(len(self.blocks))
        self.index(index)
        footer = messages.Footer(statistics=statistics.message())
        footer.item_count = sum(entry.item_count for entry in index.blocks)
        offset, size, seq, crc32 = self.put(RecordKind.RECORD_KIND_INDEX, index.SerializeToString(deterministic=True))
        counts = {"block_count": len(index.blocks), "item_count": len(index.item_id_crc32)}
        footer.index.add(offset=offset, size=size, seq=seq, crc32=crc32, **counts)
        self.entry(footer.index[0])
        footer.record_count, footer.records_crc32 = self.seq, zlib.crc32(self.checksums)
        self.footer(footer)
        offset, size, *_ = self.put(RecordKind.RECORD_KIND_FOOTER, footer.SerializeToString(deterministic=True))
        self.data += self.end(self.sync, offset, size)
        return self.data

    def put(self, kind: int, body: bytes) -> tuple[int, int, int, int]:
        """Append a record; return its offset, size, seq and checksum."""
        data, crc32 = encode_record(self.sync, kind, self.seq, body, self.seal)  # type: ignore[arg-type]  # any number
        place = len(self.data), len(data), self.seq, crc32
        self.data += data
        self.seq += 1
        self.checksums += crc32.to_bytes(4, "little")
        return place

    def _strange(self, behind: int) -> None:
        for place, kind, body in self.strange:
            if place == behind:
                self.put(kind, body)


def record(
    sync: bytes, kind: int, seq: int, payload: bytes, *, codec: int = 1, raw_size: int | None = None, nonce: bytes = b""
) -> bytes:
    """Return a plain record with a right checksum, whatever else is wrong with it; without its length prefix."""
    raw_size = len(payload) if raw_size is None else raw_size
    context = b"DTPB" + bytes((1, kind, codec, 0)) + seq.to_bytes(8, "big") + raw_size.to_bytes(8, "big")
    message = messages.Record(
        sync=int.from_bytes(sync, "little"),
        kind=kind,  # type: ignore[arg-type]  # any number
        seq=seq,
        codec=codec,  # type: ignore[arg-type]  # any number
        raw_size=raw_size,
        crc32=zlib.crc32(context + nonce + payload),
        nonce=nonce,
        payload=payload,
    )
    return message.SerializeToString(deterministic=True)
