"""INDEX: where each block is, and which item is in which block."""

from __future__ import annotations

import zlib
from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

import numpy as np

from datumpb.messages import BlockEntry, Index, RecordKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from datumpb.container.record_writer import RecordStream
    from datumpb.messages import Footer

# An INDEX record stays well below the smallest usual record limit of 4 MiB.
ITEMS_PER_RECORD = 1 << 18
BLOCKS_PER_RECORD = 1 << 14
# To sort takes as long as some dozens of look-ups among what is not sorted, and memory for those that follow.
_UNSORTED_LOOK_UPS = 64


def id_crc32(item_id: str) -> int:
    """Return the CRC-32 by which INDEX knows an item id."""
    return zlib.crc32(item_id.encode("utf-8", "surrogatepass"))  # ids that no file can have may be asked for


class IndexBuilder:
    """Collects what INDEX has to say while a file is written: five numbers a block, four bytes an item."""

    def __init__(self) -> None:
        """Start with no blocks."""
        self._blocks: list[BlockEntry] = []
        self._id_crc32 = array("I")

    def add(self, block: BlockEntry, item_ids: Sequence[str]) -> None:
        """Add a block and the ids of its items."""
        self._blocks.append(block)
        self._id_crc32.extend(map(id_crc32, item_ids))

    def records(self) -> Iterator[Index]:
        """Yield the bodies of the INDEX records, at least one."""
        first, first_item = 0, 0
        while True:
            last, last_item = self._run(first, first_item)
            yield Index(blocks=self._blocks[first:last], item_id_crc32=self._id_crc32[first_item:last_item])
            if last == len(self._blocks):
                return
            first, first_item = last, last_item

    def _run(self, block: int, item: int) -> tuple[int, int]:
        last_block = min(len(self._blocks), block + BLOCKS_PER_RECORD)
        last_item = item + ITEMS_PER_RECORD
        while block < last_block and item < last_item:
            item += self._blocks[block].item_count
            block += 1
        return block, item


def write_end(stream: RecordStream, index: IndexBuilder, footer: Footer) -> bytes:
    """Write INDEX, FOOTER and TRAILER of an annotation file; return SHA-256 of FOOTER.

    Args:
        stream: The file, behind its last block.
        index: The blocks.
        footer: FOOTER, in which the INDEX records and the account of all records are filled in.
    """
    for body in index.records():
        place = stream.write(RecordKind.RECORD_KIND_INDEX, body.SerializeToString(deterministic=True))
        entry = footer.index.add(offset=place.offset, size=place.size, seq=place.seq, crc32=place.crc32)
        entry.block_count, entry.item_count = len(body.blocks), len(body.item_id_crc32)
    return stream.finish(footer)


class BlockTable:
    """All blocks of a file.

    Attributes:
        first_item: The index of each block's first item, and at the end the count of all items.
        id_crc32: (N,) uint32, the CRC-32 of each item's id, in order.
    """

    def __init__(self, indexes: Iterable[Index]) -> None:
        """Join the bodies of a file's INDEX records, taking one after the other."""
        self._places: list[tuple[int, int, int, int]] = []
        self.first_item = [0]
        ids = [np.zeros(0, np.uint32)]
        for index in indexes:
            for block in index.blocks:
                self._places.append((block.offset, block.size, block.seq, block.crc32))
                self.first_item.append(self.first_item[-1] + block.item_count)
            ids.append(_as_array(index.item_id_crc32))
        self.id_crc32 = np.concatenate(ids)
        self._look_ups = 0
        self._sorted: tuple[array[int], np.ndarray] | None = None

    def __len__(self) -> int:
        """Return how many blocks there are."""
        return len(self._places)

    @property
    def item_count(self) -> int:
        """How many items all blocks hold."""
        return self.first_item[-1]

    def place(self, block: int) -> tuple[int, int, int, int]:
        """Return a block's offset, size, seq and crc32."""
        return self._places[block]

    def block_of(self, item: int) -> int:
        """Return the block that holds the item at an index."""
        return bisect_right(self.first_item, item) - 1

    def candidates(self, item_id: str) -> list[int]:
        """Return the indices of the items that may have this id, rising: those whose CRC-32 matches."""
        crc32 = id_crc32(item_id)
        if self._sorted is None and self._look_ups < _UNSORTED_LOOK_UPS:
            self._look_ups += 1
            matches: list[int] = np.flatnonzero(self.id_crc32 == np.uint32(crc32)).tolist()
            return matches
        crcs, order = self._sorted = self._sorted or self._sort()
        first = bisect_left(crcs, crc32)
        found: list[int] = order[first : bisect_right(crcs, crc32, first)].tolist()
        return found

    def _sort(self) -> tuple[array[int], np.ndarray]:
        order = self.id_crc32.argsort(kind="stable")
        return array("I", self.id_crc32[order].tobytes()), order.astype(np.min_scalar_type(self.item_count))


def _as_array(numbers: Sequence[int]) -> np.ndarray:
    # Before protobuf 7.34 numpy would hold all of them as Python's integers for a moment.
    if hasattr(numbers, "__array__"):
        return np.array(numbers, np.uint32)
    return np.fromiter(numbers, np.uint32, len(numbers))
