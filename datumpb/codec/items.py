"""Items, from messages (schema: `item.proto`); `item_encoder` writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.codec.annotations import decode_annotation
from datumpb.codec.item_batch import known_medium, known_parts, new_item, warn_of
from datumpb.codec.outlines import Outlines
from datumpb.codec.values import decode_attributes

if TYPE_CHECKING:
    from datumpb import messages
    from datumpb.model.item import Item
    from datumpb.model.media import MediaSource


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
    item = new_item(message.id, subset)
    if message.HasField("media"):
        item.media = known_medium(item.id, message.media, source, left_out)
    parts = [decode_annotation(part, source, outlines) for part in message.annotations]
    item.annotations = known_parts(item.id, parts, left_out)
    item.attributes = decode_attributes(message.attributes)
    outlines.end_item()
    outlines.fill()
    warn_of(left_out)
    return item
