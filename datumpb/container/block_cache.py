"""BlockCache: the blocks that were last asked for items, split into those, within a bound of blocks and bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datumpb.codec.outlines import ItemPoints

CACHED_BLOCKS = 64
"""How many blocks a reader keeps."""

MAX_SIZE = 96 << 20
"""How many bytes that many blocks have together; one block may be larger, and is then the only one."""

# What Python takes for an item or a block besides its bytes, rounded up.
_ITEM_SIZE, _BLOCK_SIZE = 64, 1 << 15


class CachedBlock:
    """A block that is split into its items.

    Attributes:
        items: Each serialized.
        points: Of those items that were asked for, by their places in the block: points, decoded.
        size: How many bytes all this takes, about.
    """

    __slots__ = ("items", "points", "size")

    def __init__(self, items: list[bytes]) -> None:
        """Begin with no points."""
        self.items = items
        self.points: dict[int, ItemPoints] = {}
        self.size = _BLOCK_SIZE + sum(map(len, items)) + _ITEM_SIZE * len(items)

    def keep(self, place: int, points: ItemPoints) -> None:
        """Keep the points of an item."""
        self.points[place] = points
        self.size += points[0].nbytes + _ITEM_SIZE * (1 + len(points[1]))


class BlockCache:
    """Blocks by number.

    There is no lock, which a fork could leave locked for ever: of threads that race, one finds a block missing that
    another just moves, and reads it again.
    """

    def __init__(self, count: int = CACHED_BLOCKS) -> None:
        """Begin with none.

        Args:
            count: How many there may be; the fewer, the fewer bytes.
        """
        self._count = count
        self._size = MAX_SIZE * count // CACHED_BLOCKS
        self._blocks: dict[int, CachedBlock] = {}

    def get(self, number: int) -> CachedBlock | None:
        """Return a block, and count it as the one used last; None where it is not here."""
        block = self._blocks.pop(number, None)
        if block is not None:
            self._blocks[number] = block
        return block

    def add(self, number: int, block: CachedBlock) -> None:
        """Add a block; the ones that were not used for longest make room for it."""
        self._blocks[number] = block
        self.trim()

    def trim(self) -> None:
        """Drop those blocks that are too many."""
        blocks = list(self._blocks.items())
        many = len(blocks) - self._count
        size = sum(block.size for _, block in blocks)
        for place, (number, block) in enumerate(blocks[:-1]):
            if place >= many and size <= self._size:
                return
            size -= block.size
            self._blocks.pop(number, None)
