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
    from collections.abc import Iterator, Sequence

MAX_BITS = 54
MAX_COUNT = 1 << 22
_BIT = np.arange(MAX_BITS, dtype=np.int64)
_PIECE = 1 << 16
# MAX_COUNT of these add up without overflow.
_MAX_SUMMAND = 1 << 40
# Below this many numbers, two more fields cost more than they save.
_MIN_COUNT = 6


Code = tuple[int, bytes, bytes]
"""`rice_bits`, `rice_low` and `rice_high`."""


def encode_rice(delta: np.ndarray, counts: np.ndarray) -> list[Code | None]:
    """Encode the differences of many shapes, each where that is smaller than varints.

    Args:
        delta: Those of all shapes, (N,) int64, each between -2^54 and 2^54.
        counts: How many each shape has, (M,).

    Returns:
        The code of each shape; None where varints are smaller.
    """
    codes: list[Code | None] = [None] * len(counts)
    chosen = (counts >= _MIN_COUNT) & (counts <= MAX_COUNT)
    if chosen.any():
        unsigned = ((delta << 1) ^ (delta >> 63))[np.repeat(chosen, counts)]
        counts = counts[chosen]
        starts = counts.cumsum() - counts
        bits = _bits(unsigned, counts, starts)
        unary_sizes = np.add.reduceat(unsigned >> np.repeat(bits, counts), starts) + counts
        smaller = (unary_sizes + bits * counts) // 8 < np.add.reduceat(_varint_sizes(unsigned), starts)
        if smaller.any():
            unsigned, counts, bits = unsigned[np.repeat(smaller, counts)], counts[smaller], bits[smaller]
            for place, code in zip(
                np.flatnonzero(chosen)[smaller].tolist(), _pack(unsigned, counts, bits), strict=True
            ):
                codes[place] = code
    return codes


def _bits(unsigned: np.ndarray, counts: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Choose `rice_bits` for each shape: the mean is between 2^bits and twice that."""
    means: np.ndarray = np.add.reduceat(np.minimum(unsigned, _MAX_SUMMAND), starts) // counts
    bits: np.ndarray = np.maximum(np.frexp(means.astype(np.float64))[1] - 1, 0).astype(np.int64)
    for place in np.flatnonzero(np.maximum.reduceat(unsigned, starts) > _MAX_SUMMAND).tolist():
        start, count = int(starts[place]), int(counts[place])
        bits[place] = (sum(unsigned[start : start + count].tolist()) // count).bit_length() - 1
    return bits


def _varint_sizes(unsigned: np.ndarray) -> np.ndarray:
    sizes = np.ones(len(unsigned), np.int64)
    rest = unsigned >> 7
    while rest.any():
        sizes += rest != 0
        rest >>= 7
    return sizes


def _pack(unsigned: np.ndarray, counts: np.ndarray, bits: np.ndarray) -> Iterator[Code]:
    """Write codes bit by bit, those of each shape from a byte on."""
    own_bits = np.repeat(bits, counts)
    ends = ((unsigned >> own_bits) + 1).cumsum()
    totals = ends[counts.cumsum() - 1]
    high_starts, high_stops = _byte_places(np.diff(totals, prepend=0))
    ones = ends + np.repeat(high_starts * 8 - np.concatenate(([1], totals[:-1] + 1)), counts)
    unary = np.zeros(int(high_stops[-1]) * 8, np.uint8)
    unary[ones] = 1
    low_starts, low_stops = _byte_places(counts * bits)
    low, high = (np.packbits(piece, bitorder="little").tobytes() for piece in (_low(unsigned, counts, bits), unary))
    places = (numbers.tolist() for numbers in (bits, low_starts, low_stops, high_starts, high_stops))
    for number, low_start, low_stop, high_start, high_stop in zip(*places, strict=True):
        yield number, low[low_start:low_stop], high[high_start:high_stop]


def _low(unsigned: np.ndarray, counts: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """Return the lowest bits of numbers, one after the other; zeros fill up the last byte of each shape."""
    fill = -counts * bits % 8
    behind = counts.cumsum()
    widths = np.insert(np.repeat(bits, counts), behind, fill)
    numbers = np.insert(unsigned, behind, 0)
    width = max(int(widths.max() + 7) // 8, 1)
    own = numbers.astype("<i8").view(np.uint8).reshape(-1, 8)[:, :width]
    found: np.ndarray = np.unpackbits(own, axis=1, bitorder="little")[np.arange(8 * width) < widths[:, None]]
    return found


def _byte_places(sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where pieces of so many bits begin and end, in bytes, when each begins a byte."""
    in_bytes = (sizes + 7) // 8
    stops = in_bytes.cumsum()
    return stops - in_bytes, stops


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
