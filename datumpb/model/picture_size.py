"""The size of an item's picture: what the item says, else what the header of the picture says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.errors import MediaNotFoundError
from datumpb.model.media import Image
from datumpb.model.pictures import size_of_media

if TYPE_CHECKING:
    from datumpb.model.item import Item


def size_of_item(item: Item) -> tuple[int, int] | None:
    """Return height and width of an item's picture in pixels; None where nothing tells it.

    Raises:
        MediaError: The file is no picture, or not the one that the item means.
    """
    if not isinstance(item.media, Image):
        return None
    size = item.media.height, item.media.width
    if size[0] is None or size[1] is None:
        try:
            return None if item.media.file is None else size_of_media(item.media.file)
        except MediaNotFoundError:
            return None
    return (size[0], size[1]) if size[0] and size[1] else None
