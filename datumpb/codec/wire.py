"""Protocol Buffers' wire format, as far as messages are written byte by byte: varints, and fields with a size.

With the library's messages, every field of a small message takes a call, and most of the time
(docs/decisions/0028-encoding-to-bytes.md).
"""

from __future__ import annotations

import struct

import numpy as np

_CONTINUE = 0x80
_TWO_BYTES, _THREE_BYTES = 1 << 14, 1 << 21
_DOUBLE = struct.Struct("<d")
_MASK64 = (1 << 64) - 1


def _varint(number: int) -> bytes:
    if number < _CONTINUE:
        return bytes((number,))
    if number < _TWO_BYTES:
        return bytes((number & 0x7F | _CONTINUE, number >> 7))
    if number < _THREE_BYTES:
        return bytes((number & 0x7F | _CONTINUE, number >> 7 & 0x7F | _CONTINUE, number >> 14))
    return bytes((number & 0x7F | _CONTINUE, number >> 7 & 0x7F | _CONTINUE)) + _varint(number >> 14)


# Sizes of fields are mostly small.
_KNOWN = 1 << 10
_VARINTS = tuple(map(_varint, range(_KNOWN)))


def varint(number: int) -> bytes:
    """Return the shortest varint of a number from 0."""
    return _VARINTS[number] if number < _KNOWN else _varint(number)


def int64(number: int) -> bytes:
    """Return what `int64` fields hold: a number from -2^63 to 2^63 - 1, negative ones in ten bytes."""
    return varint(number if number >= 0 else number & _MASK64)


def sint64(number: int) -> bytes:
    """Return what `sint64` fields hold: a number from -2^63 to 2^63 - 1, small ones of either sign in few bytes."""
    return varint((number << 1 ^ number >> 63) & _MASK64)


def double(number: float) -> bytes:
    """Return what `double` fields hold."""
    return _DOUBLE.pack(number)


def sized(tag: bytes, data: bytes) -> bytes:
    """Return a field that says its size: text, bytes, a message, or packed numbers.

    Args:
        tag: The field's tag: its number, and 2 for its wire type.
        data: What it holds.
    """
    size = len(data)
    return tag + (_VARINTS[size] if size < _KNOWN else _varint(size)) + data


def varints(numbers: np.ndarray) -> tuple[bytes, np.ndarray]:
    """Return the varints of many numbers, one behind the other, and where each ends.

    Args:
        numbers: Those numbers, (N,) uint64.
    """
    sizes = np.ones(len(numbers), np.int64)
    rest = numbers >> np.uint64(7)
    while rest.any():
        sizes += rest != 0
        rest >>= np.uint64(7)
    ends = sizes.cumsum()
    data = np.empty(int(sizes.sum()), np.uint8)
    places = ends - sizes
    left = numbers
    while len(places):
        longer = sizes > 1
        data[places] = (left & np.uint64(0x7F)).astype(np.uint8) | longer * np.uint8(_CONTINUE)
        places, left, sizes = places[longer] + 1, left[longer] >> np.uint64(7), sizes[longer] - 1
    return data.tobytes(), ends
