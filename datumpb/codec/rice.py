"""Rice codes: integers that are mostly small, in few bits each (schema: `coordinates.proto`).

Zstandard works on whole bytes and finds next to nothing in those of varints: Rice codes make a whole file of outlines
with two decimals 5 % smaller (docs/decisions/0004-rice-coded-outlines.md).

Source: R. F. Rice, "Some practical universal noiseless coding techniques", JPL Publication 79-22, 1979.
"""

from __future__ import annotations

import numpy as np

from datumpb.errors import DamagedFileError

MAX_BITS = 54
MAX_COUNT = 1 << 22
_BIT = np.arange(MAX_BITS, dtype=np.int64)
_WEIGHT = np.left_shift(np.int64(1), _BIT)
_PIECE = 1 << 16
# MAX_COUNT of these add up without overflow.
_MAX_SUMMAND = 1 << 40
# Below this many numbers, two more fields cost more than they save.
_MIN_COUNT = 6


def encode_rice(delta: np.ndarray) -> tuple[int, bytes, bytes] | None:
    """Encode differences, where that is smaller than varints.

    Args:
        delta: (N,) int64, each between -2^54 and 2^54.

    Returns:
        `rice_bits`, `rice_low` and `rice_high`; None where varints are smaller.
    """
    count = delta.size
    if not _MIN_COUNT <= count <= MAX_COUNT:
        return None
    unsigned = (delta << 1) ^ (delta >> 63)
    total = int(unsigned.sum()) if unsigned.max() <= _MAX_SUMMAND else sum(unsigned.tolist())
    bits = max((total // count).bit_length() - 1, 0)
    ends = (unsigned >> bits).cumsum()
    unary_size = int(ends[-1]) + count
    if not _smaller_than_varints((unary_size + bits * count) // 8, unsigned):
        return None
    unary = np.zeros(unary_size, np.uint8)
    unary[ends + np.arange(count)] = 1
    remainders = (unsigned[:, None] >> _BIT[:bits]).astype(np.uint8) & 1
    low = np.packbits(remainders.reshape(-1), bitorder="little").tobytes()
    return bits, low, np.packbits(unary, bitorder="little").tobytes()


def _smaller_than_varints(size: int, unsigned: np.ndarray) -> bool:
    varint_size, rest = int(unsigned.size), unsigned
    while varint_size <= size:
        rest = rest >> 7
        longer = int(np.count_nonzero(rest))
        if not longer:
            return False
        varint_size += longer
    return True


def decode_rice(bits: int, low: bytes, high: bytes) -> np.ndarray:
    """Decode differences, (N,) int64.

    Args:
        bits: `rice_bits`.
        low: `rice_low`.
        high: `rice_high`.

    Raises:
        DamagedFileError: The three do not fit each other, or a number is out of range.
    """
    quotient = _ones(high)
    count = quotient.size
    if bits > MAX_BITS or not 0 < count <= MAX_COUNT or len(low) != (count * bits + 7) // 8:
        text = f"Rice-coded coordinates are malformed: {count} numbers, {bits} bits each, in {len(low)} bytes"
        raise DamagedFileError(text)
    quotient[1:] -= quotient[:-1] + 1
    if int(quotient.max()) >> (MAX_BITS + 1 - bits):
        text = "a Rice-coded coordinate is out of range"
        raise DamagedFileError(text)
    # In pieces, as the product takes eight bytes for every bit.
    pieces = [_remainders(low, bits, start, min(_PIECE, count - start)) for start in range(0, count, _PIECE)]
    unsigned = (quotient << bits) | (pieces[0] if len(pieces) == 1 else np.concatenate(pieces))
    decoded: np.ndarray = (unsigned >> 1) ^ -(unsigned & 1)
    return decoded


def _ones(high: bytes) -> np.ndarray:
    """Return where the bits are that are 1, (N,) int64, until there are too many."""
    found, count = [], 0
    for start in range(0, len(high), _PIECE):
        bits = np.unpackbits(np.frombuffer(high, np.uint8, min(_PIECE, len(high) - start), start), bitorder="little")
        found.append(bits.nonzero()[0] + 8 * start)
        count += found[-1].size
        if count > MAX_COUNT:
            break
    return found[0] if len(found) == 1 else np.concatenate([np.zeros(0, np.int64), *found])


def _remainders(low: bytes, bits: int, start: int, count: int) -> np.ndarray:
    """Return the low bits of some numbers, (count,) int64; `start` is a multiple of eight."""
    data = np.frombuffer(low, np.uint8, (count * bits + 7) // 8, start * bits // 8)
    return np.unpackbits(data, count=count * bits, bitorder="little").reshape(count, bits) @ _WEIGHT[:bits]
