"""KeptItems: decoded items in little memory, of which any is made as often as it is asked for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

from datumpb.codec.copies import copy_of_image, copy_of_values, size_of
from datumpb.codec.item_batch import ItemBatch, parts_of, warn_of
from datumpb.codec.outlines import Outlines
from datumpb.model.item import Item
from datumpb.model.media import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.codec.item_batch import Parts
    from datumpb.model.media import MediaSource
    from datumpb.model.values import Value

# What Python takes for an item with an image and its path, and for the points of one besides them, about.
_ITEM_SIZE, _POINTS_SIZE = 640, 64
# Attributes of an item that are no larger are kept once for all that have them.
_SHARED_SIZE = 64


class KeptItems:
    """Items of which everything was decoded once.

    What can be copied is: an item's attributes, an image, and outlines, keypoints, boxes, masks and labels, from their
    columns. Of an item that has anything else, only points are kept, and it is decoded again.

    Attributes:
        ids: The id of each item.
        size: How many bytes are kept besides the serialized items, about.
    """

    def __init__(self, serialized: Sequence[bytes], subset: str, source: MediaSource | None) -> None:
        """Decode all items.

        Args:
            serialized: The items.
            subset: The subset that they belong to.
            source: Fetches the bytes of their media.

        Raises:
            DamagedFileError: The bytes are not what the schema allows.
            UnsupportedFileError: An attribute is of a kind that this version does not know.
        """
        self._serialized = serialized
        self._subset = subset
        self._batch = batch = ItemBatch(serialized, subset, source)
        self.ids: list[str] = []
        self.size = batch.annotations.size()
        self._shells: list[Item | None] = []  # without annotations; None: it has more than these
        self._shared: dict[bytes, tuple[str, Value]] = {}
        outlines = Outlines()
        for place, parts in enumerate(batch.parts):
            left_out: list[str] = []
            item = batch.decode(place, parts, outlines, left_out)
            self.ids.append(item.id)
            self.size += _ITEM_SIZE
            can_be_copied = not left_out and _is_light(item) and batch.annotations.has_all(place)
            self._shells.append(self._shell(item, parts) if can_be_copied else None)
        outlines.fill()
        self._points = outlines.by_item()
        self.size += sum(points.nbytes + _POINTS_SIZE * (1 + len(ends)) for points, ends in self._points)
        batch.parts.clear()
        self._shared.clear()

    def _shell(self, item: Item, parts: Parts) -> Item:
        _, _, serialized, _ = parts
        attributes: dict[str, Value] = {}
        for data, (key, value) in zip(serialized, item.attributes.items(), strict=True):
            known = self._shared.get(data)
            if known is None:
                known = sys.intern(key), value
                self.size += size_of(value)
                if len(data) <= _SHARED_SIZE:
                    self._shared[data] = known
            attributes[known[0]] = known[1]
        self.size += size_of(dict.fromkeys(attributes))
        return Item(item.id, item.subset, item.media, attributes)

    def item(self, place: int) -> Item:
        """Return one of the items.

        What only a later version knows is left out, with an `UnknownDataWarning`.
        """
        shell = self._shells[place]
        if shell is not None:
            media = copy_of_image(shell.media) if isinstance(shell.media, Image) else None
            annotations = self._batch.annotations.of(place, _not_found)
            return Item(shell.id, self._subset, media, copy_of_values(shell.attributes), [*annotations])
        outlines = Outlines(self._points[place])
        left_out: list[str] = []
        item = self._batch.decode(place, parts_of(self._serialized[place]), outlines, left_out)
        outlines.fill()
        warn_of(left_out)
        return item


def _is_light(item: Item) -> bool:
    """Tell whether an item has no medium, or an image whose bytes are not inline."""
    media = item.media
    return media is None or (isinstance(media, Image) and (media.file is None or media.file.data is None))


def _not_found(index: int) -> NoReturn:
    raise IndexError(index)
