"""BlockCache: the blocks that were last asked for items, split into those, within a bound of bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datumpb.container.decoded_block import DecodedBlock

CACHED_BLOCKS = 64
"""How many blocks of many outlines, all decoded, a reader keeps at least; of others it keeps more."""

MAX_SIZE = 96 << 20
"""How many bytes that many blocks have together; one block may be larger, and is then the only one."""

# What Python takes for an item or a block besides its bytes, rounded up.
_ITEM_SIZE, _BLOCK_SIZE = 64, 1 << 15
# To decode all items of a block together takes as long as to decode this share of them one by one.
_SHARE = 8


class CachedBlock:
    """A block that is split into its items.

    Attributes:
        items: Each serialized.
        decoded: All of them, where so many were asked for that it was worth it.
        size: How many bytes all this takes, about.
    """

    __slots__ = ("_asked", "_told", "decoded", "items", "size")

    def __init__(self, items: list[bytes]) -> None:
        """Begin with nothing decoded."""
        self.items = items
        self.decoded: DecodedBlock | None = None
        self.size = _BLOCK_SIZE + sum(map(len, items)) + _ITEM_SIZE * len(items)
        self._asked = 0
        self._told = False

    def ask(self) -> bool:
        """Count an item that is asked for; tell, once, when there were so many that all should be decoded.

        Blocks of a file that is much larger than the cache are not here for so long: there each item is decoded alone,
        as a whole block would be in vain.
        """
        self._asked += 1
        if self._told or self._asked <= len(self.items) // _SHARE:
            return False
        self._told = True
        return True

    def keep(self, decoded: DecodedBlock) -> None:
        """Keep all items decoded."""
        self.decoded = decoded
        self.size += decoded.size


class BlockCache:
    """Blocks by number.

    There is no lock, which a fork could leave locked for ever: of threads that race, one finds a block missing that
    another just moves, and reads it again.
    """

    def __init__(self, count: int = CACHED_BLOCKS) -> None:
        """Begin with none.

        Args:
            count: How many blocks of many outlines there may be; the fewer, the fewer bytes.
        """
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
        size = sum(block.size for _, block in blocks)
        for number, block in blocks[:-1]:
            if size <= self._size:
                return
            size -= block.size
            self._blocks.pop(number, None)
