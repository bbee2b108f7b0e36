"""Items, from and to messages (schema: `item.proto`)."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from datumpb import messages
from datumpb.codec import fields
from datumpb.codec.annotations import decode_annotation, encode_annotation
from datumpb.codec.coordinates import CoordinatesBatch
from datumpb.codec.media import decode_media, encode_media
from datumpb.codec.values import decode_attributes, encode_attributes
from datumpb.errors import DamagedFileError, InvalidItemError, MediaPathError, UnknownDataWarning
from datumpb.model.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datumpb.model.annotations import Annotation
    from datumpb.model.media import MediaSource


def encode_item(item: Item) -> messages.Item:
    """Make a message of an item. Its subset is not in it: that stands in the file's META.

    Raises:
        InvalidItemError: Something in it is not what the format can hold; the text names item, annotation and field.
        MediaPathError: The path of a media file leads out of the dataset; the text names the item.
    """
    (message,) = encode_items([item])
    return message


def encode_items(items: Iterable[Item]) -> list[messages.Item]:
    """Make messages of items, as `encode_item` does: of a few dozen at once in a third of the time.

    Raises:
        InvalidItemError: As `encode_item`.
        MediaPathError: As `encode_item`.
    """
    batch = CoordinatesBatch()
    encoded = [_encode(item, batch) for item in items]
    batch.encode()
    return encoded


def _encode(item: Item, batch: CoordinatesBatch) -> messages.Item:
    message = messages.Item()
    message.id = _checked_id(item.id)
    place = ""
    try:
        if item.media is not None:
            encode_media(item.media, message.media)
        encode_attributes(item.attributes, message.attributes, "attributes")
        for index, annotation in enumerate(item.annotations):
            place = f"annotation {index} ({type(annotation).__name__}): "
            encode_annotation(annotation, message.annotations.add(), batch)
    except InvalidItemError as error:
        text = f"item {item.id!r}: {place}{error}"
        raise InvalidItemError(text) from error
    except MediaPathError as error:
        text = f"item {item.id!r}: {place}{error.message}"
        raise MediaPathError(text, error.path) from error
    return message


def decode_item(message: messages.Item, subset: str, source: MediaSource | None) -> Item:
    """Return the item of a message.

    What only a later version knows (its medium, an annotation) is left out, with an `UnknownDataWarning`.

    Args:
        message: The message.
        subset: The subset that it belongs to.
        source: Fetches the bytes of its media.

    Raises:
        DamagedFileError: The message is not what the schema allows.
        UnsupportedFileError: An attribute is of a kind that this version does not know.
    """
    if not message.id:
        text = "an item has no id"
        raise DamagedFileError(text)
    media = None
    if message.HasField("media"):
        media = decode_media(message.media, source)
        if media is None:
            _warn(message.id, "its medium")
    return Item(
        id=message.id,
        subset=subset,
        media=media,
        attributes=decode_attributes(message.attributes),
        annotations=_decode_annotations(message.id, message.annotations, source),
    )


def _checked_id(item_id: object) -> str:
    checked = fields.text(item_id, "item id")
    if not checked:
        text = "an item needs an id that is not empty"
        raise InvalidItemError(text)
    return checked


def _decode_annotations(
    item_id: str, container: Iterable[messages.Annotation], source: MediaSource | None
) -> list[Annotation]:
    annotations, unknown = [], []
    for index, message in enumerate(container):
        annotation = decode_annotation(message, source)
        if annotation is None:
            unknown.append(index)
        else:
            annotations.append(annotation)
    if unknown:  # one warning for all: a small file may have millions
        more = f" (and {len(unknown) - 1} more of its annotations)" if len(unknown) > 1 else ""
        _warn(item_id, f"annotation {unknown[0]}{more}")
    return annotations


def _warn(item_id: str, what: str) -> None:
    text = f"item {item_id!r}: {what} is left out, being of a kind that only a later version of datumpb knows"
    warnings.warn(text, UnknownDataWarning, stacklevel=2)
