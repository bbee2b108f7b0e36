"""Protocol Buffers varints: the length prefixes of records, and the few fields that are written byte by byte."""

from __future__ import annotations

from datumpb.codec.wire import varint

MAX_PREFIX_SIZE = 5
_CONTINUE = 0x80


class VarintError(Exception):
    """The bytes are no varint of the shortest form; for callers that know the place to name."""


encode_varint = varint


def decode_prefix(data: bytes) -> tuple[int, int]:
    """Read a record's length prefix.

    Args:
        data: What stands at the record's offset, at least as many bytes as the prefix has.

    Returns:
        The length, and the size of the prefix itself (1 to 5 bytes).

    Raises:
        VarintError: There is no varint of at most five bytes, or not the shortest one of its number.
    """
    number = 0
    for index, byte in enumerate(data[:MAX_PREFIX_SIZE]):
        number |= (byte & 0x7F) << (7 * index)
        if byte < _CONTINUE:
            if byte == 0 and index:
                message = "the length prefix is padded"
                raise VarintError(message)
            return number, index + 1
    message = "the length prefix has no end" if len(data) >= MAX_PREFIX_SIZE else "the length prefix is cut off"
    raise VarintError(message)
