"""The weight of a serialized message: how much memory its parts will take, found out before it is parsed.

Every message inside of a message costs some hundred bytes of memory and every small number some dozens, though either
may be a byte or two in the file, and next to nothing after compression. 4 MiB cannot hold so many of them that it would
matter (`LIGHT`). What is larger may be so for its bytes, texts and floats, but may not have more parts than that.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto

from datumpb.errors import DamagedFileError
from datumpb.messages import Coordinates

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor
    from google.protobuf.message import Message

LIGHT = 1 << 22
"""So many bytes never weigh more than `MAX_WEIGHT`."""

MAX_WEIGHT = 16 * LIGHT
"""What a message may weigh: as much as the heaviest of `LIGHT` bytes, which takes less than a GiB, read as items."""

_PART = 32  # a message, or an element of a list: two bytes at least
_VARINT, _FIXED, _RICE = 8, 1, 16  # for each byte: a number, part of a number, up to eight numbers

_I64, _LEN, _GROUP, _END, _I32 = 1, 2, 3, 4, 5  # types on the wire
_WIDTHS = {_I64: 8, _I32: 4}
_MAX_VARINT, _CONTINUE = 10, 0x80

_Type = FieldDescriptorProto
_FIXED_TYPES = {_Type.TYPE_DOUBLE, _Type.TYPE_FLOAT, _Type.TYPE_FIXED32, _Type.TYPE_FIXED64}
_UNPACKED_TYPES = {_Type.TYPE_STRING, _Type.TYPE_BYTES}


class _Field(NamedTuple):
    """What a field weighs wherever it stands, and each of its bytes; and its type, if it is a message."""

    part: int
    byte: int
    message: Descriptor | None


def weigh(message_type: type[Message], data: bytes) -> int:
    """Return the weight of a serialized message; of one that weighs too much, any number that says so.

    Args:
        message_type: What it is.
        data: Its bytes.

    Raises:
        DamagedFileError: The bytes are no such message.
    """
    try:
        return _weigh(message_type.DESCRIPTOR, data)  # type: ignore[arg-type]  # one of two classes that are alike
    except IndexError as error:
        text = f"these {len(data)} bytes are no {message_type.__name__} message"
        raise DamagedFileError(text) from error


def _weigh(descriptor: Descriptor, data: bytes) -> int:
    weight = 0
    todo = [(descriptor, 0, len(data))]
    while todo and weight <= MAX_WEIGHT:
        descriptor, at, end = todo.pop()
        fields, group = _fields(descriptor), 0
        while at < end and weight <= MAX_WEIGHT:
            tag, at = _varint(data, at)
            wire = tag & 7
            # What stands in a group belongs to an unknown field, whatever its number.
            field = fields.get(tag >> 3) if not group else None
            size = _WIDTHS.get(wire, 0)
            if wire == _LEN:
                size, at = _varint(data, at)
            elif wire in {_GROUP, _END}:
                group += 1 if wire == _GROUP else -1
            elif not size:
                at = _varint(data, at)[1]
            if at + size > end or group < 0:
                raise IndexError
            if field is not None:
                weight += field.part
                if wire == _LEN:
                    weight += field.byte * size
                    if field.message is not None and size:
                        todo += [(descriptor, at + size, end), (field.message, at, at + size)]
                        break
            at += size
    return weight


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the varint at a place, and where it ends."""
    if data[at] < _CONTINUE:  # nearly all are
        return data[at], at + 1
    number = shift = 0
    for byte in data[at : at + _MAX_VARINT]:
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < _CONTINUE:
            return number, at
        shift += 7
    raise IndexError


@cache
def _fields(descriptor: Descriptor) -> dict[int, _Field]:
    """Return the fields of a message that weigh something, by number."""
    stated = DescriptorProto()
    descriptor.CopyToProto(stated)
    fields = {}
    for field in stated.field:
        if field.type == _Type.TYPE_MESSAGE:
            fields[field.number] = _Field(_PART, 0, descriptor.fields_by_number[field.number].message_type)
        elif field.label == _Type.LABEL_REPEATED:
            byte = 0 if field.type in _UNPACKED_TYPES else _FIXED if field.type in _FIXED_TYPES else _VARINT
            fields[field.number] = _Field(_PART, byte, None)
        elif descriptor is Coordinates.DESCRIPTOR and field.name == "rice_high":
            fields[field.number] = _Field(0, _RICE, None)
    return fields
