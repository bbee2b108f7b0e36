"""What verification finds inside of the records of an annotation file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.codec.blocks import parse, parse_item, split_batch
from datumpb.codec.item_batch import ItemBatch
from datumpb.codec.items import decode_item
from datumpb.codec.meta import decode_meta
from datumpb.codec.statistics import Statistics, same_statistics
from datumpb.container.block_items import batches
from datumpb.container.item_check import check_item
from datumpb.container.item_ids import ItemIds
from datumpb.container.verify_contents import Contents
from datumpb.container.verify_index import IndexCheck
from datumpb.errors import DamagedFileError, FileError, UnsupportedFileError
from datumpb.messages import Meta, RecordKind
from datumpb.model.item import DEFAULT_SUBSET

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb.container.record import StoredRecord
    from datumpb.container.verify import Fault, Watcher
    from datumpb.container.verify_contents import Report
    from datumpb.model.item import Item


class AnnotationContents(Contents):
    """An account of an annotation file, kept anew from what is in it, to be compared with the file's own."""

    def __init__(self, report: Report, watcher: Watcher, reread: Callable[[int], tuple[StoredRecord, bytes]]) -> None:
        """Begin before HEADER.

        Args:
            report: Takes down what is wrong.
            watcher: Is told of items.
            reread: Returns the record at an offset, and its body, once more.
        """
        super().__init__(report)
        self.items = 0
        self.annotations = 0
        self._watcher = watcher
        self._reread = reread
        self._label_count: int | None = None
        self._ids = ItemIds()
        self._index = IndexCheck(report)
        self._statistics = Statistics()

    def record(self, record: StoredRecord, body: bytes) -> None:
        """Look into the next record."""
        kind = record.message.kind
        if kind == RecordKind.RECORD_KIND_META:
            self._meta(body)
        elif kind == RecordKind.RECORD_KIND_BLOCK:
            self._block(record, split_batch(body))
        elif kind == RecordKind.RECORD_KIND_INDEX:
            self._index.index(record, body)
        elif kind == RecordKind.RECORD_KIND_FOOTER:
            self._compare(record, body)

    def lost(self, numbers: range, fault: Fault) -> None:
        """Take note that records cannot be had; INDEX may say which items were in them."""
        super().lost(numbers, fault)
        self._index.lost(numbers, fault)

    def finish(self) -> None:
        """Name the items that were lost, and look for ids that stand twice."""
        self._index.finish()
        by_block: dict[int, list[int]] = {}
        for item in self._ids.candidates():
            by_block.setdefault(self._index.block_of(item), []).append(item)
        seen: set[str] = set()
        for block, items in by_block.items():
            first_item, offset = self._index.block(block)
            record, body = self._reread(offset)
            stored = split_batch(body)
            problems = _Problems()
            for item in items:
                item_id = parse_item(stored[item - first_item]).id
                if item_id in seen:
                    problems.add("twice", f"item {item_id!r} is there twice")
                seen.add(item_id)
            problems.report(self._report, record)

    def _meta(self, body: bytes) -> None:
        try:
            meta = decode_meta(parse(Meta, body))
        except FileError as error:
            text = f"META: {error.message}"
            raise type(error)(text) from error
        self.subset = meta.subset
        self._label_count = None if meta.categories.labels is None else len(meta.categories.labels)

    def _block(self, record: StoredRecord, items: list[bytes]) -> None:
        if not items:
            text = "a block without items"
            raise DamagedFileError(text)
        problems = _Problems()
        ids = [item_id for batch in batches(items) for item_id in self._batch(batch, problems)]
        self._index.add_block(record, ids)
        self.items, self.annotations = len(self._ids), self._statistics.annotations
        problems.report(self._report, record)

    def _batch(self, batch: list[bytes], problems: _Problems) -> list[str | None]:
        """Take the next items; return the ids of those that have one."""
        subset = self.subset or DEFAULT_SUBSET
        try:
            decoded = ItemBatch(batch, subset, self._watcher.media)
            items = decoded.items()
        except FileError:
            return [self._item(data, subset, problems) for data in batch]
        for data, (*_, serialized), item in zip(batch, decoded.parts, items, strict=True):
            self._ids.add(item.id)
            if len(serialized) == len(item.annotations):
                self._statistics.add_annotations(item.annotations)
            else:  # some are of a kind that only a later version knows
                self._statistics.add(parse_item(data))
            self._check(item, problems)
        return [item.id for item in items]

    def _item(self, data: bytes, subset: str, problems: _Problems) -> str | None:
        """Take the next item; return its id, if it has one."""
        try:
            message = parse_item(data)
        except FileError as error:
            problems.add("unreadable", f"item {len(self._ids)}: {error.message}")
            self._ids.add(f"\0{len(self._ids)}")  # counts, and is like no other
            self.incomplete = True
            return None
        self._ids.add(message.id)
        self._statistics.add(message)
        try:
            item = decode_item(message, subset, self._watcher.media)
        except UnsupportedFileError:
            raise
        except FileError as error:
            problems.add("wrong", error.message)
        else:
            self._check(item, problems)
        return message.id

    def _check(self, item: Item, problems: _Problems) -> None:
        try:
            check_item(item, self._label_count)
        except DamagedFileError as error:
            problems.add("wrong", error.message)
        else:
            self._watcher.item(item)

    def _compare(self, record: StoredRecord, body: bytes) -> None:
        footer = self._footer(record, body)
        self._index.footer(record, footer, incomplete=self.incomplete)
        if self.incomplete:
            return
        if footer.item_count != len(self._ids):
            self._report(f"FOOTER counts {footer.item_count} items, there are {len(self._ids)}", record)
        if not same_statistics(footer.statistics, self._statistics.message()):
            self._report("FOOTER has other statistics than the items", record)


class _Problems:
    """What is wrong with items of one block: of each kind the first case, and how many there are."""

    def __init__(self) -> None:
        self._kinds: dict[str, tuple[str, int]] = {}

    def add(self, kind: str, text: str) -> None:
        first, count = self._kinds.get(kind, (text, 0))
        self._kinds[kind] = first, count + 1

    def report(self, report: Report, record: StoredRecord) -> None:
        for text, count in self._kinds.values():
            report(text, record, "1 item" if count == 1 else f"{count} items, of which this is the first")
