"""ItemBatch: items decoded together, in a fraction of the time; each as often as it is asked for."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, TypeAlias

from datumpb import messages
from datumpb.codec.annotation_reader import AnnotationReader
from datumpb.codec.annotation_scan import AnnotationScan
from datumpb.codec.annotations import decode_annotation
from datumpb.codec.attribute_bytes import read_attributes
from datumpb.codec.blocks import parse, parse_item, split_item
from datumpb.codec.image_bytes import read_image
from datumpb.codec.media import decode_media
from datumpb.codec.outlines import Outlines
from datumpb.errors import DamagedFileError, UnknownDataWarning
from datumpb.model.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from datumpb.codec.attribute_bytes import KnownMaps
    from datumpb.model.annotations import Annotation
    from datumpb.model.media import Media, MediaSource

    Parts: TypeAlias = tuple[str, Sequence[bytes], Sequence[bytes], Sequence[bytes]]
    """Of an item: its id; and serialized, its medium, its attributes and its annotations."""


class ItemBatch:
    """Items that are decoded together.

    Attributes:
        parts: What each is made of.
        annotations: The commonest of their annotations.
    """

    def __init__(self, serialized: Sequence[bytes], subset: str, source: MediaSource | None) -> None:
        """Scan the annotations of all items.

        Args:
            serialized: The items.
            subset: The subset that they belong to.
            source: Fetches the bytes of their media.

        Raises:
            DamagedFileError: The bytes are not what the schema allows.
        """
        self._subset = subset
        self._source = source
        self._known_maps: KnownMaps = {}
        for data in serialized:
            # Only to see that it can be: to keep messages takes twice the time of giving their memory to the next.
            parse_item(data)
        self.parts = [parts_of(data) for data in serialized]
        self.annotations = AnnotationReader(AnnotationScan([annotations for *_, annotations in self.parts]))

    def items(self) -> list[Item]:
        """Return all items.

        What only a later version knows is left out, with an `UnknownDataWarning`.

        Raises:
            DamagedFileError: The bytes are not what the schema allows.
            UnsupportedFileError: An attribute is of a kind that this version does not know.
        """
        outlines = Outlines()
        left_out: list[str] = []
        items = [self.decode(place, parts, outlines, left_out) for place, parts in enumerate(self.parts)]
        outlines.fill()
        warn_of(left_out)
        return items

    def decode(self, place: int, parts: Parts, outlines: Outlines, left_out: list[str]) -> Item:
        """Return one of the items.

        Args:
            place: Which it is.
            parts: What it is made of.
            outlines: Will give its other shapes their points.
            left_out: Gets what there is to be said of what only a later version knows.

        Raises:
            DamagedFileError: The bytes are not what the schema allows.
            UnsupportedFileError: An attribute is of a kind that this version does not know.
        """
        item_id, media, attributes, annotations = parts

        def decode(index: int) -> Annotation | None:
            return decode_annotation(parse(messages.Annotation, annotations[index]), self._source, outlines)

        item = new_item(item_id, self._subset)
        item.media = self._medium(item_id, media, left_out)
        item.annotations = known_parts(item_id, self.annotations.of(place, decode), left_out)
        item.attributes = read_attributes(attributes, self._known_maps)
        outlines.end_item()
        return item

    def _medium(self, item_id: str, serialized: Sequence[bytes], left_out: list[str]) -> Media | None:
        if not serialized:
            return None
        image = read_image(serialized[0], self._source) if len(serialized) == 1 else None
        if image is not None:
            return image
        # One behind the other, they are merged.
        return known_medium(item_id, parse(messages.Media, b"".join(serialized)), self._source, left_out)


def new_item(item_id: str, subset: str) -> Item:
    """Return an item that has nothing yet.

    Args:
        item_id: Its id.
        subset: The subset that it belongs to.

    Raises:
        DamagedFileError: It has no id.
    """
    if not item_id:
        text = "an item has no id"
        raise DamagedFileError(text)
    return Item(item_id, subset)


def known_medium(item_id: str, medium: messages.Media, source: MediaSource | None, left_out: list[str]) -> Media | None:
    """Return the medium of an item, or None where only a later version knows its kind.

    Args:
        item_id: The item's id.
        medium: Its medium.
        source: Fetches the bytes of that.
        left_out: Gets what there is to be said of what is left out.

    Raises:
        DamagedFileError: A message is not what the schema allows.
    """
    media = decode_media(medium, source)
    if media is None:
        left_out.append(_unknown(item_id, "its medium"))
    return media


def known_parts(item_id: str, parts: Sequence[Annotation | None], left_out: list[str]) -> list[Annotation]:
    """Return the annotations of an item without those that only a later version knows, which are None.

    Args:
        item_id: Its id.
        parts: Its annotations.
        left_out: Gets what there is to be said of what is left out.
    """
    annotations = [part for part in parts if part is not None]
    if len(annotations) < len(parts):  # one warning for all: a small file may have millions
        unknown = [index for index, part in enumerate(parts) if part is None]
        more = f" (and {len(unknown) - 1} more of its annotations)" if len(unknown) > 1 else ""
        left_out.append(_unknown(item_id, f"annotation {unknown[0]}{more}"))
    return annotations


def warn_of(left_out: Iterable[str]) -> None:
    """Warn of what was left out, on behalf of who called for items."""
    for text in left_out:
        warnings.warn(text, UnknownDataWarning, stacklevel=3)


def _unknown(item_id: str, what: str) -> str:
    return f"item {item_id!r}: {what} is left out, being of a kind that only a later version of datumpb knows"


def parts_of(data: bytes) -> Parts:
    """Take a serialized item apart, which has been parsed without an error."""
    split = split_item(data)
    return split.id, split.media[:], split.attributes[:], split.annotations[:]
