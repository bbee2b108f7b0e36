"""Serialized messages taken apart: a block is split without parsing its items, so that one item costs one item."""

from __future__ import annotations

from typing import TypeVar

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
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


def split_annotations(data: bytes) -> list[bytes]:
    """Return the serialized annotations of a serialized item, which has been parsed without an error."""
    pieces: list[bytes] = _SerializedItem.FromString(data).annotations[:]  # type: ignore[attr-defined]  # made below
    return pieces


def _serialized_item() -> type[Message]:
    """Make a message of Item's annotations alone, left serialized: as SerializedItemBatch, but of use only here."""
    file = descriptor_pb2.FileDescriptorProto(name="serialized_item.proto", package="datumpb_codec", syntax="proto3")
    number = messages.Item.DESCRIPTOR.fields_by_name["annotations"].number
    kind = descriptor_pb2.FieldDescriptorProto
    file.message_type.add(name="SerializedItem").field.add(
        name="annotations", number=number, type=kind.TYPE_BYTES, label=kind.LABEL_REPEATED
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("datumpb_codec.SerializedItem"))


_SerializedItem = _serialized_item()
