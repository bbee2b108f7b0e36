"""Items as messages, for tests that change or compare these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.codec.item_encoder import serialize_item
from datumpb.messages import Item as ItemMessage

if TYPE_CHECKING:
    from datumpb.model.item import Item


def encode_item(item: Item) -> ItemMessage:
    """Return the message that an item is written as."""
    return ItemMessage.FromString(serialize_item(item).data)
