"""Blocks: encoded items gathered until a record is full, then compressed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datumpb.codec.statistics import Statistics
from datumpb.container.compression import compress
from datumpb.container.id_set import IdSet
from datumpb.errors import DuplicateItemError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from datumpb.container.item_encoder import EncodedItem
    from datumpb.messages import Codec

# Measured in docs/decisions/0003-block-size-and-compression-level.md.
BLOCK_SIZE = 1 << 18


@dataclass(slots=True)
class Block:
    """Items that will be one record.

    Attributes:
        first_item: The index of the first one among all items that were cut.
        ids: Their ids.
        items: The items, encoded.
        size: How many bytes they take.
        statistics: What they hold.
    """

    first_item: int
    ids: list[str] = field(default_factory=list)
    items: list[bytes] = field(default_factory=list)
    size: int = 0
    statistics: Statistics = field(default_factory=Statistics)

    def add(self, item: EncodedItem) -> None:
        """Append an item."""
        self.ids.append(item.id)
        self.items.append(item.data)
        self.size += len(item.data)
        self.statistics.count(item.types, item.labels)


@dataclass(frozen=True, slots=True)
class PackedBlock:
    """A block as it is stored.

    Attributes:
        first_item: The index of the first item.
        ids: The ids of its items.
        statistics: What they hold.
        codec: How the body is compressed.
        raw_size: Its size before that.
        payload: The compressed body.
    """

    first_item: int
    ids: list[str]
    statistics: Statistics
    codec: Codec
    raw_size: int
    payload: bytes


class BlockCutter:
    """Cuts a sequence of items into blocks. Where one ends depends on the items alone, not on who encodes them."""

    def __init__(self, subset: str, starts: Collection[int] = ()) -> None:
        """Begin before the first item.

        Args:
            subset: The subset's name, for messages.
            starts: The indices of items with which a block has to begin.
        """
        self._subset = subset
        self._starts = frozenset(starts)
        self._ids = IdSet()
        self._block = Block(0)

    def add(self, item: EncodedItem) -> Block | None:
        """Append an item; return the block before it, where that is complete.

        Raises:
            DuplicateItemError: An item with this id was there before.
        """
        count = len(self._ids)
        if not self._ids.add(item.id):
            message = f"item {item.id!r} is there twice in subset {self._subset!r}"
            raise DuplicateItemError(message)
        full = self._block.size + len(item.data) > BLOCK_SIZE or count in self._starts
        complete = self._complete(count) if full else None
        self._block.add(item)
        return complete

    def rest(self) -> Block | None:
        """Return the items that are in no block yet as one, if there are any, and begin the next."""
        return self._complete(len(self._ids))

    def _complete(self, next_item: int) -> Block | None:
        block = self._block
        if not block.ids:
            return None
        self._block = Block(next_item)
        return block

    def cut(self, items: Iterable[EncodedItem]) -> Iterator[Block]:
        """Yield all items in blocks.

        Raises:
            DuplicateItemError: Two items have the same id.
        """
        for item in items:
            block = self.add(item)
            if block is not None:
                yield block
        last = self.rest()
        if last is not None:
            yield last


def pack(block: Block) -> PackedBlock:
    """Compress a block."""
    codec, payload = compress(b"".join(block.items))
    return PackedBlock(block.first_item, block.ids, block.statistics, codec, block.size, payload)
