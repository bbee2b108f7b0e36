"""Fields of messages written by hand, for what no library of Protocol Buffers would write."""

from __future__ import annotations

_CONTINUE = 0x80


def to_varint(number: int) -> bytes:
    """Return the shortest varint of a number."""
    encoded = bytearray()
    while number >= _CONTINUE:
        encoded.append(number & 0x7F | _CONTINUE)
        number >>= 7
    return bytes((*encoded, number))


def padded_varint(number: int, size: int) -> bytes:
    """Return a varint of a number that has more bytes than it needs."""
    shortest = bytearray(to_varint(number))
    shortest[-1] |= _CONTINUE
    return bytes(shortest) + bytes([_CONTINUE] * (size - len(shortest) - 1)) + b"\0"


def tag(number: int, wire_type: int) -> bytes:
    """Return the tag of a field."""
    return to_varint(number << 3 | wire_type)


def number_field(number: int, value: int) -> bytes:
    """Return a field of a varint."""
    return tag(number, 0) + to_varint(value)


def bytes_field(number: int, value: bytes) -> bytes:
    """Return a field of bytes, text or a message."""
    return tag(number, 2) + to_varint(len(value)) + value


def fixed(number: int, value: bytes) -> bytes:
    """Return a field of four or eight bytes."""
    return tag(number, 5 if len(value) == 4 else 1) + value  # noqa: PLR2004 -- fixed32, else fixed64


def sint(value: int) -> int:
    """Return a signed number in zigzag form."""
    return 2 * value if value >= 0 else -2 * value - 1
