"""Verification: every byte of an annotation file read once, and everything that it says about itself compared."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datumpb.codec.blocks import parse, parse_item, split_batch
from datumpb.codec.items import decode_item
from datumpb.codec.meta import decode_meta
from datumpb.codec.statistics import Statistics
from datumpb.container.bytes_source import BytesSource
from datumpb.container.ends import read_trailer
from datumpb.container.file_reader import FileReader, walk
from datumpb.container.header import read_head
from datumpb.container.index import id_crc32
from datumpb.errors import DamagedFileError, FileError, InvalidItemError
from datumpb.messages import AnnotationType, BlockEntry, ContentType, Footer, Index, IndexEntry, Meta, RecordKind
from datumpb.messages import Statistics as StatisticsMessage
from datumpb.model import rle
from datumpb.model.annotations import Mask

if TYPE_CHECKING:
    import os

    from datumpb.container.record import StoredRecord
    from datumpb.model.item import Item
    from datumpb.model.meta import Meta as ModelMeta

# PREAMBLE, HEADER and TRAILER, which no walk from META to FOOTER passes.
_OUTER_RECORDS = 3
_OPENED = (RecordKind.RECORD_KIND_BLOCK, RecordKind.RECORD_KIND_INDEX, RecordKind.RECORD_KIND_FOOTER)


@dataclass(frozen=True, slots=True)
class Verified:
    """A file that was found sound.

    Attributes:
        size: The size of the file in bytes.
        records: How many records it has.
        items: How many items; None where they could not be looked into without the key.
        annotations: How many annotations; None likewise.
    """

    size: int
    records: int
    items: int | None = None
    annotations: int | None = None


def verify_file(path: str | os.PathLike[str], key: str | bytes | None = None) -> Verified:
    """Read a whole annotation file and compare everything that it says about itself.

    Without the key of an encrypted file, framing, order and checksums are verified, and nothing inside of the records.

    Args:
        path: The file.
        key: The text of its key.

    Raises:
        FileError: The file is damaged, with the first place where it is.
        KeyProblemError: The key does not open it.
    """
    with BytesSource(path) as source:
        head = read_head(source)
        if key is None and head.header.HasField("encryption"):
            footer = read_trailer(source, head.sync, head.end)
            return Verified(source.size, _OUTER_RECORDS + sum(1 for _ in walk(source, head, *footer)))
        return _Verification(FileReader(source, key, ContentType.CONTENT_TYPE_ANNOTATIONS)).run()


class _Verification:
    """An account of a file, kept anew from what is in it, to be compared with the file's own."""

    def __init__(self, file: FileReader) -> None:
        self._file = file
        meta = self._meta()
        self._subset = meta.subset
        self._label_count = None if meta.categories.labels is None else len(meta.categories.labels)
        self._item_ids: set[str] = set()
        self._id_crc32 = array("I")
        self._blocks: list[BlockEntry] = []
        self._listed: list[tuple[IndexEntry, Index]] = []
        self._statistics = Statistics()

    def _meta(self) -> ModelMeta:
        body = self._file.meta()
        try:
            return decode_meta(parse(Meta, body))
        except FileError as error:
            text = f"META: {error.message}"
            raise type(error)(text, self._file.source.path, self._file.head.end) from error

    def run(self) -> Verified:
        for record in self._file.records():
            if record.message.kind not in _OPENED:  # META was, and what a later version added need not make sense here
                continue
            body = self._file.body(record)
            try:
                self._record(record, body)
            except FileError as error:
                raise type(error)(error.message, self._file.source.path, record.offset) from error
        footer = self._file.footer
        count = self._file.source.size, footer.record_count + 2, footer.item_count
        return Verified(*count, footer.statistics.annotation_count)

    def _record(self, record: StoredRecord, body: bytes) -> None:
        place = {"offset": record.offset, "size": record.size, "seq": record.message.seq, "crc32": record.message.crc32}
        if record.message.kind == RecordKind.RECORD_KIND_BLOCK:
            items = split_batch(body)
            if not items:
                text = "a block without items"
                raise DamagedFileError(text)
            self._blocks.append(BlockEntry(**place, item_count=len(items)))
            for data in items:
                self._item(data)
        elif record.message.kind == RecordKind.RECORD_KIND_INDEX:
            index = parse(Index, body)
            index.DiscardUnknownFields()
            if sum(block.item_count for block in index.blocks) != len(index.item_id_crc32):
                text = "INDEX lists ids of other items than its blocks hold"
                raise DamagedFileError(text)
            counts = {"block_count": len(index.blocks), "item_count": len(index.item_id_crc32)}
            self._listed.append((IndexEntry(**place, **counts), index))
        elif record.message.kind == RecordKind.RECORD_KIND_FOOTER:
            self._footer()

    def _item(self, data: bytes) -> None:
        message = parse_item(data)
        item = decode_item(message, self._subset, None)
        if item.id in self._item_ids:
            text = f"item {item.id!r} is there twice"
            raise DamagedFileError(text)
        self._check_labels(item)
        _check_masks(item)
        self._item_ids.add(item.id)
        self._id_crc32.append(id_crc32(item.id))
        self._statistics.add(message)

    def _check_labels(self, item: Item) -> None:
        if self._label_count is None:
            return
        for annotation in item.annotations:
            if annotation.label is not None and annotation.label >= self._label_count:
                text = f"item {item.id!r} has label {annotation.label}, there are {self._label_count} labels"
                raise DamagedFileError(text)

    def _footer(self) -> None:
        # What a later version added says nothing that could be compared.
        footer = Footer.FromString(self._file.footer.SerializeToString())
        footer.DiscardUnknownFields()
        blocks = [block for _, index in self._listed for block in index.blocks]
        id_crc32s = array("I", (crc32 for _, index in self._listed for crc32 in index.item_id_crc32))
        if blocks != self._blocks or id_crc32s != self._id_crc32:
            text = "INDEX lists other blocks or items than the file has"
        elif list(footer.index) != [entry for entry, _ in self._listed]:
            text = "FOOTER lists other INDEX records than the file has"
        elif footer.item_count != len(self._item_ids):
            text = f"FOOTER counts {footer.item_count} items, there are {len(self._item_ids)}"
        elif not _same_statistics(footer.statistics, self._statistics.message()):
            text = "FOOTER has other statistics than the items"
        else:
            return
        raise DamagedFileError(text)


def _check_masks(item: Item) -> None:
    for annotation in item.annotations:
        if isinstance(annotation, Mask):
            try:
                rle.checked_runs(annotation.counts, annotation.height, annotation.width)
            except InvalidItemError as error:
                text = f"item {item.id!r} has a damaged mask: {error}"
                raise DamagedFileError(text) from error


def _same_statistics(theirs: StatisticsMessage, ours: StatisticsMessage) -> bool:
    if any(entry.type == AnnotationType.ANNOTATION_TYPE_UNSPECIFIED for entry in ours.types):
        # Some are of a type that only a later version knows, which wrote its number.
        known = StatisticsMessage()
        known.CopyFrom(theirs)
        known.ClearField("types")
        ours.ClearField("types")
        return known == ours
    return theirs == ours
