"""Every media file that an item refers to: those of its medium, and the pictures of its annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.model.annotations import DepthMap, ImageAnnotation
from datumpb.model.media import MediaRef, media_refs

if TYPE_CHECKING:
    from datumpb.model.item import Item


def item_media(item: Item) -> list[MediaRef]:
    """List every file that an item refers to, the main one first."""
    images = [
        annotation.image for annotation in item.annotations if isinstance(annotation, (DepthMap, ImageAnnotation))
    ]
    return [*media_refs(item.media), *(image.file for image in images if image.file is not None)]
