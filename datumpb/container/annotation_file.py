"""The annotation file that is being written: packed blocks in, one complete file out, or none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from datumpb.codec.statistics import Statistics
from datumpb.container.atomic import AtomicFile
from datumpb.container.ends import TRAILER_SIZE
from datumpb.container.header import DEFAULT_MAX_RECORD_SIZE
from datumpb.container.index import BLOCKS_PER_RECORD, ITEMS_PER_RECORD, IndexBuilder, write_end
from datumpb.container.record_writer import ENVELOPE_SIZE, RecordWriter
from datumpb.messages import BlockEntry, ContentType, Footer, RecordKind

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from datumpb.container.block_cutter import PackedBlock
    from datumpb.container.sink import Sink
    from datumpb.messages import Meta

# What INDEX takes for an item and, at the most, for a block and for a record of it, FOOTER's share included.
_INDEX_ITEM, _INDEX_BLOCK, _INDEX_RECORD = 4, 48, ENVELOPE_SIZE + 80


class AnnotationFile:
    """Writes one annotation file, forward only. A file appears at its path complete or not at all.

    Attributes:
        max_body_size: The largest body that a record of it may have, in bytes.
        items: How many items were written.
        starts: The items with which a block has to begin: none.
    """

    def __init__(
        self,
        target: str | os.PathLike[str] | Sink,
        meta: Meta,
        key: str | bytes | None,
        max_record_size: int = DEFAULT_MAX_RECORD_SIZE,
    ) -> None:
        """Write PREAMBLE, HEADER and META.

        Args:
            target: The file's path, or anything with a `write` that takes bytes, such as a pipe.
            meta: The body of META.
            key: The text of the key to encrypt with; None: the file is not encrypted.
            max_record_size: The largest record and body, in bytes.

        Raises:
            InvalidKeyError: The key is not one.
            InvalidItemError: META is larger than readers accept.
            OutputBusyError: Another writer is making the same file.
            OSError: The file cannot be created.
        """
        self._atomic: AtomicFile | None = None
        if isinstance(target, (str, os.PathLike)):
            self._atomic = AtomicFile(target)
            sink: Sink = self._atomic.file
        else:
            sink = target
        self._index = IndexBuilder()
        self._statistics = Statistics()
        self._blocks = 0
        self.items = 0
        self.starts: tuple[int, ...] = ()
        try:
            body = meta.SerializeToString(deterministic=True)
            self._records = RecordWriter(sink, ContentType.CONTENT_TYPE_ANNOTATIONS, body, key, max_record_size)
        except BaseException:
            self.abort()
            raise
        self.max_body_size = self._records.max_body_size

    def write(self, block: PackedBlock) -> None:
        """Append a block.

        Raises:
            OSError: The disk is full, or the file cannot be written to.
        """
        kind = RecordKind.RECORD_KIND_BLOCK
        place = self._records.write_stored(kind, block.codec, block.raw_size, block.payload)
        entry = BlockEntry(offset=place.offset, size=place.size, seq=place.seq, crc32=place.crc32)
        entry.item_count = len(block.ids)
        self._index.add(entry, block.ids)
        self._statistics.add_all(block.statistics)
        self._blocks += 1
        self.items += len(block.ids)

    def size_with(self, block: PackedBlock) -> int:
        """Return how large the file could get, in bytes, if it ended with this block."""
        items, blocks = self.items + len(block.ids), self._blocks + 1
        index_records = 1 + items // ITEMS_PER_RECORD + blocks // BLOCKS_PER_RECORD
        index = items * _INDEX_ITEM + blocks * _INDEX_BLOCK + index_records * _INDEX_RECORD
        statistics = self._statistics.message().ByteSize() + block.statistics.message().ByteSize()
        ends = statistics + ENVELOPE_SIZE + TRAILER_SIZE
        return self._records.size + len(block.payload) + ENVELOPE_SIZE + index + ends

    def close(self, *, last_shard: bool = False) -> bytes:
        """Finish the file and put it in its place; where that fails, none is left.

        Args:
            last_shard: Whether it is the last shard of a subset.

        Returns:
            SHA-256 of its FOOTER.

        Raises:
            OSError: The disk is full, or the file cannot be written to.
        """
        try:
            footer = Footer(item_count=self.items, statistics=self._statistics.message(), last_shard=last_shard)
            digest = write_end(self._records, self._index, footer)
            if self._atomic is not None:
                self._atomic.commit()
        except BaseException:
            self.abort()
            raise
        return digest

    def abort(self) -> None:
        """Give up: no file is left. On a pipe, what was written stays without its end, and readers refuse it."""
        if self._atomic is not None:
            self._atomic.discard()

    def __enter__(self) -> Self:
        """Return the file itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file, or give up where the block raised."""
        if kind is None:
            self.close()
        else:
            self.abort()
