"""What INDEX and FOOTER say of a file's blocks, compared with the blocks; and which items the lost ones had."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datumpb.codec.blocks import parse
from datumpb.container.index import id_crc32
from datumpb.errors import DamagedFileError
from datumpb.messages import BlockEntry, Index, IndexEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.container.record import StoredRecord
    from datumpb.container.verify import Fault
    from datumpb.container.verify_contents import Report
    from datumpb.messages import Footer


@dataclass(slots=True)
class _Block:
    entry: BlockEntry
    first_item: int
    readable: bool


@dataclass(slots=True)
class _Loss:
    """Records that cannot be had, and the items that INDEX lists for them."""

    numbers: range
    fault: Fault
    items: list[range] = field(default_factory=list)


class IndexCheck:
    """The blocks of a file as they were read, to be compared with what is said of them."""

    def __init__(self, report: Report) -> None:
        """Begin with no blocks."""
        self._report = report
        self._blocks: dict[int, _Block] = {}
        self._first_items: list[int] = []
        self._offsets: list[int] = []
        self._id_crc32 = array("I")
        self._losses: list[_Loss] = []
        self._loss = 0
        self._entries: list[IndexEntry] = []
        self._listed: set[int] = set()
        self._last_listed = 0
        self._listed_items = 0

    def add_block(self, record: StoredRecord, ids: Sequence[str | None]) -> None:
        """Add the next block, with the ids of its items; None where one could not be read."""
        entry = BlockEntry(**_place(record), item_count=len(ids))
        self._blocks.setdefault(entry.seq, _Block(entry, len(self._id_crc32), None not in ids))
        self._first_items.append(len(self._id_crc32))
        self._offsets.append(record.offset)
        self._id_crc32.extend(0 if item_id is None else id_crc32(item_id) for item_id in ids)

    def block_of(self, item: int) -> int:
        """Return which of the blocks has an item."""
        return bisect_right(self._first_items, item) - 1

    def block(self, index: int) -> tuple[int, int]:
        """Return the first item of a block, and the block's offset."""
        return self._first_items[index], self._offsets[index]

    def lost(self, numbers: range, fault: Fault) -> None:
        """Take note of records that cannot be had."""
        self._losses.append(_Loss(numbers, fault))

    def index(self, record: StoredRecord, body: bytes) -> None:
        """Compare an INDEX record with the blocks."""
        index = parse(Index, body)
        # What a later version added says nothing that could be compared.
        index.DiscardUnknownFields()
        if sum(block.item_count for block in index.blocks) != len(index.item_id_crc32):
            text = "INDEX lists ids of other items than its blocks hold"
            raise DamagedFileError(text)
        counts = {"block_count": len(index.blocks), "item_count": len(index.item_id_crc32)}
        self._entries.append(IndexEntry(**_place(record), **counts))
        at = 0
        wrong: dict[str, list[BlockEntry]] = {}
        for entry in index.blocks:
            problem = self._compare(entry, index.item_id_crc32[at : at + entry.item_count])
            if problem:
                wrong.setdefault(problem, []).append(entry)
            at += entry.item_count
            self._listed_items += entry.item_count
        for problem, entries in wrong.items():
            blocks = "1 block" if len(entries) == 1 else f"{len(entries)} blocks, of which this is the first"
            items = sum(entry.item_count for entry in entries)
            text = f"INDEX {problem}: record {entries[0].seq} at byte {entries[0].offset}"
            self._report(text, record, f"{blocks} with {items} items")

    def footer(self, record: StoredRecord, footer: Footer, *, incomplete: bool) -> None:
        """Compare what FOOTER says of the INDEX records with them."""
        same = list(footer.index) == self._entries
        if not incomplete and not same:
            self._report("FOOTER lists other INDEX records than the file has", record)
        if not same:
            return
        unlisted = [block.entry for seq, block in self._blocks.items() if seq not in self._listed]
        if unlisted:
            text = f"INDEX does not list all blocks: record {unlisted[0].seq} at byte {unlisted[0].offset}"
            self._report(text, record, f"{len(unlisted)} blocks that nobody finds")

    def finish(self) -> None:
        """Name the items of the records that cannot be had."""
        for loss in self._losses:
            if loss.items:
                count = sum(map(len, loss.items))
                first, last = loss.items[0][0], loss.items[-1][-1]
                which = f"item {first}" if count == 1 else f"{count} items from {first} to {last}"
                loss.fault.affects = f"{loss.fault.affects}: {which}"

    def _compare(self, entry: BlockEntry, id_crc32s: Sequence[int]) -> str | None:
        """Return what is wrong with what INDEX says of a block."""
        in_order = entry.seq > self._last_listed
        self._last_listed = max(self._last_listed, entry.seq)
        self._listed.add(entry.seq)
        if not in_order:
            return "lists blocks twice or out of order"
        block = self._blocks.get(entry.seq)
        if block is None:
            return None if self._is_lost(entry) else "lists blocks that are not there"
        if (entry.crc32, entry.size, entry.item_count) != (block.entry.crc32, block.entry.size, block.entry.item_count):
            return "lists other blocks than the file has"
        if block.readable and array("I", id_crc32s) != self._own_ids(block):
            return "lists other ids than its blocks have"
        return None if entry.offset == block.entry.offset else "lists blocks at other places than they are"

    def _own_ids(self, block: _Block) -> array[int]:
        return self._id_crc32[block.first_item : block.first_item + block.entry.item_count]

    def _is_lost(self, entry: BlockEntry) -> bool:
        # Both rise: what INDEX lists next is never lost before what was lost last.
        while self._loss < len(self._losses) and self._losses[self._loss].numbers.stop <= entry.seq:
            self._loss += 1
        if self._loss == len(self._losses) or entry.seq not in self._losses[self._loss].numbers:
            return False
        if entry.item_count:
            items = range(self._listed_items, self._listed_items + entry.item_count)
            self._losses[self._loss].items.append(items)
        return True


def _place(record: StoredRecord) -> dict[str, int]:
    message = record.message
    return {"offset": record.offset, "size": record.size, "seq": message.seq, "crc32": message.crc32}
