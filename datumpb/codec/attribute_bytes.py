"""Attributes read from their bytes: asking messages for them takes longer, as each key and value is an object first.

What is not written as all writers do is left to messages, so that what is read never depends on this.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, TypeAlias

from datumpb import messages
from datumpb.codec.blocks import parse
from datumpb.codec.copies import copy_of_values
from datumpb.codec.values import decode_attributes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.model.values import Value

# The bytes that fields begin with: number << 3, and how many bytes follow: a varint's, 8 (1), or a size's (2).
_KEY, _VALUE, _ENTRY = 0x0A, 0x12, 0x0A
_BOOL, _INT, _DOUBLE, _STRING, _MAP = 0x10, 0x18, 0x29, 0x32, 0x4A
_DOUBLE_SIZE = 9
# Sizes and integers that are written in one byte; integers of more than nine may be cut off.
_ONE_BYTE, _MAX_INT_SIZE = 0x80, 10
# So many different small maps are remembered.
_MAX_KNOWN = 1024
# Deeper maps, whose depth has to be counted, are left to messages.
_MAX_DEPTH = 4
_unpack_double = struct.Struct("<d").unpack_from


class _OtherwiseWrittenError(Exception):
    """These bytes are well-formed, but not those that are read here."""


KnownMaps: TypeAlias = "dict[bytes, tuple[str, dict[str, Value]]]"
"""What was read of attributes that are small maps, such as stand in many items."""


def read_attributes(serialized: Sequence[bytes], known: KnownMaps) -> dict[str, Value]:
    """Return the named values of serialized attributes, which have been parsed without an error.

    Args:
        serialized: The attributes.
        known: What was read before, and gets what is read now.

    Raises:
        DamagedFileError: A key stands twice, or a value is not what the schema allows.
        UnsupportedFileError: A value is of a kind that this version does not know.
    """
    try:
        entries = dict([_attribute(data, known) for data in serialized])
    except (_OtherwiseWrittenError, IndexError):  # they are short
        entries = {}
    if len(entries) != len(serialized):
        return decode_attributes([parse(messages.Attribute, data) for data in serialized])
    return entries


def _attribute(data: bytes, known: KnownMaps, depth: int = 0) -> tuple[str, Value]:
    key_size = data[1]
    behind_key = 2 + key_size
    start = behind_key + 2
    size = len(data) - start
    if (
        data[0] != _KEY
        or key_size >= _ONE_BYTE
        or data[behind_key] != _VALUE
        or data[behind_key + 1] != size
        or size >= _ONE_BYTE
    ):
        raise _OtherwiseWrittenError
    tag = data[start]
    value: Value
    if tag == _STRING and data[start + 1] == size - 2:
        value = data[start + 2 :].decode()
    elif tag == _INT:
        value = _sint64(data[start + 1 :])
    elif tag == _BOOL and size == 2 and data[start + 1] <= 1:  # noqa: PLR2004 -- tag and number
        value = data[start + 1] == 1
    elif tag == _MAP and data[start + 1] == size - 2:
        if data not in known:
            key, entries = data[2:behind_key].decode(), _map(data[start + 2 :], known, depth + 1)
            if len(known) >= _MAX_KNOWN:
                return key, entries
            known[data] = key, entries
        key, entries = known[data]
        return key, copy_of_values(entries)
    elif tag == _DOUBLE and size == _DOUBLE_SIZE:
        (value,) = _unpack_double(data, start + 1)
    else:
        raise _OtherwiseWrittenError
    return data[2:behind_key].decode(), value


def _sint64(data: bytes) -> int:
    number = shift = 0
    for code in data:
        number |= (code & 0x7F) << shift
        shift += 7
        if code < _ONE_BYTE:
            break
    if shift != 7 * len(data) or len(data) >= _MAX_INT_SIZE:
        raise _OtherwiseWrittenError
    return (number >> 1) ^ -(number & 1)


def _map(data: bytes, known: KnownMaps, depth: int) -> dict[str, Value]:
    entries = []
    place = 0
    while place < len(data):
        end = place + 2 + data[place + 1]
        if data[place] != _ENTRY or data[place + 1] >= _ONE_BYTE or depth > _MAX_DEPTH:
            raise _OtherwiseWrittenError
        entries.append(_attribute(data[place + 2 : end], known, depth))
        place = end
    values = dict(entries)
    if len(values) != len(entries):
        raise _OtherwiseWrittenError
    return values
