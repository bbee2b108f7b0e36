"""Writing Rice codes, those of many shapes together; see `rice`, which reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datumpb.codec.rice import MAX_COUNT

if TYPE_CHECKING:
    from collections.abc import Iterator

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
