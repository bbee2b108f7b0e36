"""Rice codes: integers that are mostly small, in few bits each (schema: `coordinates.proto`).

Zstandard works on whole bytes and finds next to nothing in those of varints: Rice codes make a whole file of outlines
with two decimals 5 % smaller (docs/decisions/0004-rice-coded-outlines.md).

Source: R. F. Rice, "Some practical universal noiseless coding techniques", JPL Publication 79-22, 1979.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datumpb.errors import DamagedFileError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_BITS = 54
MAX_COUNT = 1 << 22
_PIECE = 1 << 16


def decode_rice(bits: Sequence[int], low: Sequence[bytes], high: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Decode the differences of several messages at once.

    Args:
        bits: `rice_bits` of each.
        low: `rice_low` of each.
        high: `rice_high` of each.

    Returns:
        All differences, (N,) int64, and how many of them each message has, int64.

    Raises:
        DamagedFileError: The three of a message do not fit each other, or a number is out of range.
    """
    high_sizes = np.fromiter(map(len, high), np.int64, len(high))
    bit_ends = 8 * high_sizes.cumsum()
    # So many there can be if none of the messages has more than are allowed.
    quotient = _ones(b"".join(high), MAX_COUNT + int(bit_ends[-1] - 8 * high_sizes.max()))
    ends = quotient.searchsorted(bit_ends)
    counts, starts = ends.copy(), np.zeros_like(ends)
    starts[1:] = ends[:-1]
    counts -= starts
    widths = np.array(bits, np.int64)
    low_sizes = np.fromiter(map(len, low), np.int64, len(low))
    fits = (widths <= MAX_BITS) & (counts > 0) & (counts <= MAX_COUNT) & (low_sizes == (counts * widths + 7) // 8)
    if not fits.all():
        bad = int(fits.argmin())
        text = f"Rice-coded coordinates are malformed: {counts[bad]} numbers, "
        text += f"{bits[bad]} bits each, in {low_sizes[bad]} bytes"
        raise DamagedFileError(text)
    firsts = quotient[starts]
    firsts[1:] -= bit_ends[:-1]
    quotient[1:] -= quotient[:-1] + 1
    quotient[starts] = firsts
    if (np.maximum.reduceat(quotient, starts) >> (MAX_BITS + 1 - widths)).any():
        text = "a Rice-coded coordinate is out of range"
        raise DamagedFileError(text)
    width = widths.repeat(counts)
    quotient <<= width
    quotient |= _remainders(width, widths, b"".join(low), low_sizes, starts)
    sign = quotient & 1
    quotient >>= 1
    np.negative(sign, sign)
    quotient ^= sign
    return quotient, counts


def _ones(high: bytes, most: int) -> np.ndarray:
    """Return where the bits are that are 1, (N,) int64, until there are more than `most`."""
    found, count = [], 0
    for start in range(0, len(high), _PIECE):
        bits = np.unpackbits(np.frombuffer(high, np.uint8, min(_PIECE, len(high) - start), start), bitorder="little")
        found.append(bits.view(bool).nonzero()[0])
        if start:
            found[-1] += 8 * start
        count += found[-1].size
        if count > most:
            break
    return found[0] if len(found) == 1 else np.concatenate([np.zeros(0, np.int64), *found])


def _remainders(
    width: np.ndarray, widths: np.ndarray, low: bytes, low_sizes: np.ndarray, starts: np.ndarray
) -> np.ndarray:
    """Cut the remainders, (N,) int64, out of the bytes of all messages."""
    # Each is within the eight bytes from the one in which it begins: 54 bits, and 7 before them.
    words = np.ndarray(len(low) + 1, "<i8", low + bytes(8), strides=(1,))
    place = width.cumsum()
    place -= width
    place += (8 * (low_sizes.cumsum() - low_sizes) - place[starts]).repeat(np.diff(starts, append=width.size))
    remainders: np.ndarray = words[place >> 3]
    place &= 7
    remainders >>= place
    remainders &= ((np.int64(1) << widths) - 1).repeat(np.diff(starts, append=width.size))
    return remainders
