"""Items, from and to messages (schema: `item.proto`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb import messages
from datumpb.codec import fields
from datumpb.codec.annotations import decode_annotation, encode_annotation
from datumpb.codec.coordinate_encoder import CoordinateEncoder
from datumpb.codec.item_batch import item_of_medium, known_parts, warn_of
from datumpb.codec.media import encode_media
from datumpb.codec.outlines import Outlines
from datumpb.codec.values import decode_attributes, encode_attributes
from datumpb.errors import InvalidItemError, MediaPathError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datumpb.model.item import Item
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
    encoder = CoordinateEncoder()
    encoded = [_encode(item, encoder) for item in items]
    encoder.encode()
    return encoded


def _encode(item: Item, encoder: CoordinateEncoder) -> messages.Item:
    message = messages.Item()
    message.id = _checked_id(item.id)
    place = ""
    try:
        if item.media is not None:
            encode_media(item.media, message.media)
        encode_attributes(item.attributes, message.attributes, "attributes")
        for index, annotation in enumerate(item.annotations):
            place = f"annotation {index} ({type(annotation).__name__}): "
            encode_annotation(annotation, message.annotations.add(), encoder)
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
    outlines = Outlines()
    left_out: list[str] = []
    medium = message.media if message.HasField("media") else None
    item = item_of_medium(message.id, subset, medium, source, left_out)
    parts = [decode_annotation(part, source, outlines) for part in message.annotations]
    item.annotations = known_parts(item.id, parts, left_out)
    item.attributes = decode_attributes(message.attributes)
    outlines.end_item()
    outlines.fill()
    warn_of(left_out)
    return item


def _checked_id(item_id: object) -> str:
    checked = fields.text(item_id, "item id")
    if not checked:
        text = "an item needs an id that is not empty"
        raise InvalidItemError(text)
    return checked
