"""Serialized messages taken apart: a block is split without parsing its items, so that one item costs one item."""

from __future__ import annotations

from typing import TypeVar

from google.protobuf.message import DecodeError, Message

from datumpb import messages
from datumpb.errors import DamagedFileError

MessageT = TypeVar("MessageT", bound=Message)


def parse(message_type: type[MessageT], data: bytes) -> MessageT:
    """Parse a serialized message.

    Raises:
        DamagedFileError: The bytes are no such message.
    """
    try:
        return message_type.FromString(data)
    except DecodeError as error:
        text = f"these {len(data)} bytes are no {message_type.__name__} message"
        raise DamagedFileError(text) from error


def split_batch(body: bytes) -> list[bytes]:
    """Return the serialized items of a block's body.

    Raises:
        DamagedFileError: The bytes are no batch of items.
    """
    return list(parse(messages.SerializedItemBatch, body).items)


def parse_item(data: bytes) -> messages.Item:
    """Parse one serialized item.

    Raises:
        DamagedFileError: The bytes are no item.
    """
    return parse(messages.Item, data)
