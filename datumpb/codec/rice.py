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
    from collections.abc import Iterator

MAX_BITS = 54
MAX_COUNT = 1 << 22
_BIT = np.arange(MAX_BITS, dtype=np.int64)
_WEIGHT = np.left_shift(np.int64(1), _BIT)
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
