"""DatumWriter: items in, one annotation file out, with no more than a block of items in memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from datumpb.codec.items import encode_item
from datumpb.codec.meta import encode_meta
from datumpb.codec.statistics import Statistics
from datumpb.container.atomic import AtomicFile
from datumpb.container.header import DEFAULT_MAX_RECORD_SIZE, READER_MAX_RECORD_SIZE
from datumpb.container.index import IndexBuilder, write_end
from datumpb.container.record_writer import RecordWriter
from datumpb.container.varint import encode_varint
from datumpb.errors import ClosedError, DuplicateItemError, InvalidItemError
from datumpb.messages import BlockEntry, ContentType, Footer, RecordKind
from datumpb.model.categories import Categories
from datumpb.model.item import DEFAULT_SUBSET
from datumpb.model.media import MediaType
from datumpb.model.meta import Meta

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from datumpb.container.sink import Sink
    from datumpb.model.item import Item
    from datumpb.model.values import Value

# Measured in docs/decisions/0003-block-size-and-compression-level.md.
BLOCK_SIZE = 1 << 18


class DatumWriter:
    """Writes the items of one subset to a `.datum` file.

    Forward only, one block of items in memory; a file appears at its path complete or not at all. Use it as a context
    manager: leaving the block finishes the file, an exception inside of it leaves no file.

        with DatumWriter("train.datum", subset="train", categories=categories) as writer:
            writer.write(item)
    """

    def __init__(  # noqa: PLR0913 -- what a subset consists of, all but the first by name
        self,
        target: str | os.PathLike[str] | Sink,
        *,
        subset: str = DEFAULT_SUBSET,
        categories: Categories | None = None,
        infos: dict[str, Value] | None = None,
        media_type: MediaType = MediaType.IMAGE,
        key: str | bytes | None = None,
        max_record_size: int = DEFAULT_MAX_RECORD_SIZE,
    ) -> None:
        """Start a file.

        Args:
            target: The file's path, or anything with a `write` that takes bytes, such as a pipe.
            subset: The subset's name; not empty.
            categories: What the numbers in annotations mean. With label categories, every label has to be one of them.
            infos: Anything about the subset.
            media_type: The kind of media that items have.
            key: The text of the key to encrypt with; None: the file is not encrypted.
            max_record_size: The largest record and body in bytes, from its default to 2^28; bounds what a single item
                may take.

        Raises:
            InvalidKeyError: The key is not one.
            InvalidItemError: The subset's name, infos or categories cannot be held, or the record size is out of range.
            OSError: The file cannot be created.
        """
        if not DEFAULT_MAX_RECORD_SIZE <= max_record_size <= READER_MAX_RECORD_SIZE:
            message = f"max_record_size is from {DEFAULT_MAX_RECORD_SIZE} to {READER_MAX_RECORD_SIZE}"
            raise InvalidItemError(message)
        self._subset = subset
        categories = Categories() if categories is None else categories
        self._label_count = None if categories.labels is None else len(categories.labels)
        meta = encode_meta(Meta(subset, {} if infos is None else infos, categories, media_type))
        self._atomic: AtomicFile | None = None
        if isinstance(target, (str, os.PathLike)):
            self._atomic = AtomicFile(target)
            sink: Sink = self._atomic.file
        else:
            sink = target
        self._items: list[bytes] = []
        self._ids: list[str] = []
        self._all_ids: set[str] = set()
        self._size = 0
        self._index = IndexBuilder()
        self._statistics = Statistics()
        self._open = True
        self._failed = False
        try:
            body = meta.SerializeToString(deterministic=True)
            self._records = RecordWriter(sink, ContentType.CONTENT_TYPE_ANNOTATIONS, body, key, max_record_size)
        except BaseException:
            self.abort()
            raise

    def write(self, item: Item) -> None:
        """Append an item.

        Args:
            item: The item; its subset has to be the file's, or the default one.

        Raises:
            InvalidItemError: The item cannot be held: out of some range, of another subset, or too large.
            DuplicateItemError: An item with this id was written before.
            ClosedError: The file is finished.
            OSError: The disk is full, or the file cannot be written to.
        """
        if not self._open:
            raise self._closed()
        encoded = encode_item(item)
        self._check(item)
        data = encoded.SerializeToString(deterministic=True)
        framed = b"\x0a" + encode_varint(len(data)) + data
        if len(framed) > self._records.max_body_size:
            message = f"item {item.id!r} takes {len(framed)} bytes, the limit is {self._records.max_body_size}: "
            message += "keep media in files, or raise max_record_size"
            raise InvalidItemError(message)
        if self._items and self._size + len(framed) > min(BLOCK_SIZE, self._records.max_body_size):
            self._write_block()
        self._items.append(framed)
        self._ids.append(item.id)
        self._all_ids.add(item.id)
        self._size += len(framed)
        self._statistics.add(encoded)

    def close(self) -> None:
        """Finish the file and put it in its place; closing again does nothing.

        Raises:
            OSError: The disk is full, or the file cannot be written to; no file is left then.
            ClosedError: An earlier write failed: there is no file.
        """
        if self._failed:
            raise self._closed()
        if not self._open:
            return
        try:
            self._finish()
            if self._atomic is not None:
                self._atomic.commit()
        except BaseException:
            self._fail()
            raise
        self._open = False

    def abort(self) -> None:
        """Give up: no file is left. On a pipe, what was written stays without its end, and readers refuse it."""
        self._open = False
        if self._atomic is not None:
            self._atomic.discard()

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file, or give up where the block raised."""
        if kind is None:
            self.close()
        else:
            self.abort()

    def _fail(self) -> None:
        # What reached the disk is not known any more: nothing may follow, and the end of the block is no success.
        self._failed = True
        self.abort()

    def _closed(self) -> ClosedError:
        return ClosedError(
            "the writer gave up after an error: there is no file" if self._failed else "the writer is closed"
        )

    def _check(self, item: Item) -> None:
        if item.subset not in (self._subset, DEFAULT_SUBSET):
            message = f"item {item.id!r} belongs to subset {item.subset!r}, this file is {self._subset!r}"
            raise InvalidItemError(message)
        if item.id in self._all_ids:
            message = f"item {item.id!r} is there twice in subset {self._subset!r}"
            raise DuplicateItemError(message)
        if self._label_count is None:
            return
        for index, annotation in enumerate(item.annotations):
            if annotation.label is not None and annotation.label >= self._label_count:
                message = f"item {item.id!r}: annotation {index}: label {annotation.label} is not one of the "
                message += f"{self._label_count} labels of the categories"
                raise InvalidItemError(message)

    def _write_block(self) -> None:
        try:
            place = self._records.write(RecordKind.RECORD_KIND_BLOCK, b"".join(self._items))
        except BaseException:
            self._fail()
            raise
        entry = BlockEntry(
            offset=place.offset, size=place.size, seq=place.seq, crc32=place.crc32, item_count=len(self._items)
        )
        self._index.add(entry, self._ids)
        self._items, self._ids, self._size = [], [], 0

    def _finish(self) -> None:
        if self._items:
            self._write_block()
        footer = Footer(item_count=len(self._all_ids), statistics=self._statistics.message())
        write_end(self._records, self._index, footer)
