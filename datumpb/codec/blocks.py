"""Serialized messages taken apart: a block is split without parsing its items, so that one item costs one item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError, Message

from datumpb import messages
from datumpb.errors import DamagedFileError

if TYPE_CHECKING:
    from collections.abc import MutableSequence

MessageT = TypeVar("MessageT", bound=Message)


def parse(message_type: type[MessageT], data: bytes) -> MessageT:
    """Parse a serialized message.

    Raises:
        DamagedFileError: The bytes are no such message.
    """
    try:
        return message_type.FromString(data)
    except DecodeError as error:
        raise _no_message(message_type, data) from error


def _no_message(message_type: type[Message], data: bytes) -> DamagedFileError:
    return DamagedFileError(f"these {len(data)} bytes are no {message_type.__name__} message")


def split_batch(body: bytes) -> list[bytes]:
    """Return the serialized items of a block's body.

    Raises:
        DamagedFileError: The bytes are no batch of items.
    """
    return list(parse(messages.SerializedItemBatch, body).items)


def parse_batch(body: bytes) -> list[messages.Item]:
    """Parse all items of a block's body at once; each keeps the memory of all of them.

    Raises:
        DamagedFileError: The bytes are no batch of items.
    """
    return list(parse(messages.ItemBatch, body).items)


def parse_item(data: bytes) -> messages.Item:
    """Parse one serialized item.

    Raises:
        DamagedFileError: The bytes are no item.
    """
    return parse(messages.Item, data)


def item_id(data: bytes) -> str:
    """Return the id of a serialized item, which nobody has checked so far: of what else it holds, nothing is looked at.

    Raises:
        DamagedFileError: The bytes are no item.
    """
    try:
        return split_item(data).id
    except DecodeError as error:
        raise _no_message(messages.Item, data) from error


class SplitItem(Protocol):
    """An item whose parts are left serialized: one after the other, as they are repeated on the wire."""

    id: str
    media: MutableSequence[bytes]
    attributes: MutableSequence[bytes]
    annotations: MutableSequence[bytes]


def split_item(data: bytes) -> SplitItem:
    """Take a serialized item apart, which has been parsed without an error."""
    split: SplitItem = _SerializedItem.FromString(data)  # type: ignore[assignment]  # made below
    return split


def _serialized_item() -> type[Message]:
    """Make a message of Item whose fields are left serialized: as SerializedItemBatch, but of use only here."""
    file = descriptor_pb2.FileDescriptorProto(name="serialized_item.proto", package="datumpb_codec", syntax="proto3")
    kind = descriptor_pb2.FieldDescriptorProto
    fields = file.message_type.add(name="SerializedItem").field
    for field in messages.Item.DESCRIPTOR.fields:
        left = field.name != "id"
        fields.add(
            name=field.name,
            number=field.number,
            type=kind.TYPE_BYTES if left else kind.TYPE_STRING,
            label=kind.LABEL_REPEATED if left else kind.LABEL_OPTIONAL,
        )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("datumpb_codec.SerializedItem"))


_SerializedItem = _serialized_item()
