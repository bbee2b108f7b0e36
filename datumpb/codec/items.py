"""Items, from and to messages (schema: `item.proto`)."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from datumpb import messages
from datumpb.codec.annotations import decode_annotation
from datumpb.codec.blocks import parse_item
from datumpb.codec.item_encoder import serialize_item
from datumpb.codec.media import decode_media
from datumpb.codec.outlines import Outlines
from datumpb.codec.polygon_reader import PolygonReader
from datumpb.codec.polygon_scan import PolygonScan
from datumpb.codec.values import decode_attributes
from datumpb.errors import DamagedFileError, UnknownDataWarning
from datumpb.model.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from datumpb.model.annotations import Annotation
    from datumpb.model.media import MediaSource


def encode_item(item: Item) -> messages.Item:
    """Make a message of an item. Its subset is not in it: that stands in the file's META.

    Raises:
        InvalidItemError: Something in it is not what the format can hold; the text names item, annotation and field.
        MediaPathError: The path of a media file leads out of the dataset; the text names the item.
    """
    return messages.Item.FromString(serialize_item(item).data)


def decode_item(
    message: messages.Item, subset: str, source: MediaSource | None, outlines: Outlines | None = None
) -> Item:
    """Return the item of a message.

    What only a later version knows (its medium, an annotation) is left out, with an `UnknownDataWarning`.

    Args:
        message: The message.
        subset: The subset that it belongs to.
        source: Fetches the bytes of its media.
        outlines: Gives its shapes the points, where those are wanted or known.

    Raises:
        DamagedFileError: The message is not what the schema allows.
        UnsupportedFileError: An attribute is of a kind that this version does not know.
    """
    outlines = Outlines() if outlines is None else outlines
    left_out: list[str] = []
    parts = (decode_annotation(part, source, outlines) for part in message.annotations)
    item = _decode_item(message, subset, source, parts, left_out)
    outlines.end_item()
    outlines.fill()
    _warn(left_out)
    return item


def decode_items(serialized: Sequence[bytes], subset: str, source: MediaSource | None) -> list[Item]:
    """Return serialized items, as `decode_item` does, but together: in a fraction of the time.

    Raises:
        DamagedFileError: The bytes are not what the schema allows.
        UnsupportedFileError: An attribute is of a kind that this version does not know.
    """
    parsed = [parse_item(data) for data in serialized]
    polygons, outlines = PolygonReader(PolygonScan(serialized)), Outlines()
    left_out: list[str] = []
    items = []
    for message in parsed:
        parts = polygons.next_item(message.annotations, lambda part: decode_annotation(part, source, outlines))
        items.append(_decode_item(message, subset, source, parts, left_out))
        outlines.end_item()
    outlines.fill()
    _warn(left_out)
    return items


def _decode_item(
    message: messages.Item,
    subset: str,
    source: MediaSource | None,
    parts: Iterable[Annotation | None],
    left_out: list[str],
) -> Item:
    item_id = message.id
    if not item_id:
        text = "an item has no id"
        raise DamagedFileError(text)
    media = None
    if message.HasField("media"):
        media = decode_media(message.media, source)
        if media is None:
            left_out.append(_unknown(item_id, "its medium"))
    annotations, unknown = [], []
    for index, annotation in enumerate(parts):
        if annotation is None:
            unknown.append(index)
        else:
            annotations.append(annotation)
    if unknown:  # one warning for all: a small file may have millions
        more = f" (and {len(unknown) - 1} more of its annotations)" if len(unknown) > 1 else ""
        left_out.append(_unknown(item_id, f"annotation {unknown[0]}{more}"))
    return Item(item_id, subset, media, decode_attributes(message.attributes), annotations)


def _unknown(item_id: str, what: str) -> str:
    return f"item {item_id!r}: {what} is left out, being of a kind that only a later version of datumpb knows"


def _warn(left_out: Iterable[str]) -> None:
    for text in left_out:
        warnings.warn(text, UnknownDataWarning, stacklevel=3)
