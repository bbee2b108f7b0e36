"""DecodedBlock: all items of a block, decoded together, of which any is made as often as it is asked for."""

from __future__ import annotations

from bisect import bisect_right
from itertools import chain
from typing import TYPE_CHECKING

from datumpb.codec.kept_items import KeptItems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datumpb.model.item import Item
    from datumpb.model.media import MediaSource

# A block that takes more than this is not kept: too many others would have to go for it.
_MAX_SIZE = 16 << 20


class DecodedBlock:
    """The items of a block.

    Attributes:
        ids: Their ids.
        size: How many bytes are kept besides the serialized items, about.
    """

    def __init__(self, batches: list[KeptItems]) -> None:
        """Join the batches in which the items were decoded."""
        self.ids = list(chain.from_iterable(batch.ids for batch in batches))
        self.size = sum(batch.size for batch in batches)
        self._batches = batches
        self._starts = [0]
        for batch in batches[:-1]:
            self._starts.append(self._starts[-1] + len(batch.ids))

    def item(self, place: int) -> Item:
        """Return the item at a place in the block."""
        number = bisect_right(self._starts, place) - 1
        return self._batches[number].item(place - self._starts[number])


def decode_block(batches: Iterable[list[bytes]], subset: str, source: MediaSource) -> DecodedBlock | None:
    """Return the items of a block, or None where they would take too much memory.

    Args:
        batches: The items, serialized, in such batches as are decoded at once.
        subset: The subset that they belong to.
        source: Fetches the bytes of their media.

    Raises:
        FileError: An item is damaged, or has something that this version does not know.
    """
    decoded, size = [], 0
    for serialized in batches:
        decoded.append(KeptItems(serialized, subset, source))
        size += decoded[-1].size
        if size > _MAX_SIZE:
            return None
    return DecodedBlock(decoded)
