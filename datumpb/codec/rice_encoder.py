"""Writing Rice codes, those of many shapes together; see `rice`, which reads them."""

from __future__ import annotations

import numpy as np

from datumpb.codec.rice import END, MAX_BITS, MAX_COUNT
from datumpb.codec.wire import sized, varint

# MAX_COUNT of these add up without overflow.
_MAX_SUMMAND = 1 << 40
# Below this many numbers, two more fields cost more than they save.
_MIN_COUNT = 6
_WORD_BITS = 32
_WORD = (1 << _WORD_BITS) - 1

# The fields `rice_bits` and the tag of `rice_low`; where there are no low bits, neither is written.
_BITS = (b"", *(b"\x28" + varint(bits) + b"\x32" for bits in range(1, MAX_BITS + 1)))
_HIGH = b"\x3a"


def encode_rice(unsigned: np.ndarray, counts: np.ndarray) -> list[bytes | None]:
    """Encode the differences of many shapes, each where that is smaller than varints.

    Args:
        unsigned: Those of all shapes, (N,) int64, each between -2^54 and 2^54 and made what `sint64` fields hold of it.
        counts: How many each shape has, (M,).

    Returns:
        The fields `rice_bits`, `rice_low` and `rice_high` of each shape; None where varints are smaller.
    """
    codes: list[bytes | None] = [None] * len(counts)
    shapes = np.flatnonzero((counts >= _MIN_COUNT) & (counts <= MAX_COUNT))
    if not len(shapes):
        return codes
    if len(shapes) < len(counts):
        own = np.zeros(len(counts), bool)
        own[shapes] = True
        unsigned, counts = unsigned[np.repeat(own, counts)], counts[shapes]
    largest = int(unsigned.max())
    if largest <= np.iinfo(np.int32).max:
        unsigned = unsigned.astype(np.int32)  # half as much to move
    starts = counts.cumsum() - counts
    bits = _bits(unsigned, counts, starts, largest)
    quotients = unsigned >> np.repeat(bits, counts).astype(unsigned.dtype)
    unary_sizes = np.add.reduceat(quotients, starts, dtype=np.int64) + counts
    varint_sizes = np.add.reduceat(_varint_sizes(unsigned, largest), starts, dtype=np.int64)
    smaller = (unary_sizes + bits * counts) // 8 < varint_sizes
    if largest >= END:  # from the least number to the largest one, which Rice codes do not go as far as
        smaller &= np.maximum.reduceat(unsigned, starts) < END
    if not smaller.all():
        own = np.repeat(smaller, counts)
        unsigned, quotients = unsigned[own], quotients[own]
        shapes, counts, bits, unary_sizes = shapes[smaller], counts[smaller], bits[smaller], unary_sizes[smaller]
    if len(shapes):
        for place, code in zip(shapes.tolist(), _pack(unsigned, quotients, counts, bits, unary_sizes), strict=True):
            codes[place] = code
    return codes


def _bits(unsigned: np.ndarray, counts: np.ndarray, starts: np.ndarray, largest: int) -> np.ndarray:
    """Choose `rice_bits` for each shape: the mean is between 2^bits and twice that."""
    summands = unsigned if largest <= _MAX_SUMMAND else np.minimum(unsigned, _MAX_SUMMAND)
    means: np.ndarray = np.add.reduceat(summands, starts, dtype=np.int64) // counts
    bits: np.ndarray = np.maximum(np.frexp(means.astype(np.float64))[1] - 1, 0).astype(np.int64)
    if largest > _MAX_SUMMAND:
        for place in np.flatnonzero(np.maximum.reduceat(unsigned, starts) > _MAX_SUMMAND).tolist():
            start, count = int(starts[place]), int(counts[place])
            bits[place] = (sum(unsigned[start : start + count].tolist()) // count).bit_length() - 1
    return bits


def _varint_sizes(unsigned: np.ndarray, largest: int) -> np.ndarray:
    sizes = np.ones(len(unsigned), np.uint8)
    for shift in range(7, largest.bit_length(), 7):
        sizes += (unsigned >= 1 << shift).view(np.uint8)
    return sizes


def _pack(
    unsigned: np.ndarray, quotients: np.ndarray, counts: np.ndarray, bits: np.ndarray, unary_sizes: np.ndarray
) -> list[bytes]:
    """Write codes bit by bit, those of each shape from a byte on."""
    high_starts, high_stops = _byte_places(unary_sizes)
    low_starts, low_stops = _byte_places(counts * bits)
    high = _high(quotients, counts, high_starts * 8 - (unary_sizes.cumsum() - unary_sizes), int(high_stops[-1]))
    widths = np.repeat(bits, counts)
    remainders = unsigned - (quotients << widths.astype(quotients.dtype))
    places = np.repeat(low_starts * 8 - (counts.cumsum() - counts) * bits, counts) + np.arange(len(widths)) * widths
    low = _low(remainders.astype(np.int64), places, int(low_stops[-1]))
    codes = []
    places_in_bytes = (numbers.tolist() for numbers in (bits, low_starts, low_stops, high_starts, high_stops))
    for number, low_start, low_stop, high_start, high_stop in zip(*places_in_bytes, strict=True):
        code = sized(_HIGH, high[high_start:high_stop])
        codes.append(sized(_BITS[number], low[low_start:low_stop]) + code if number else code)
    return codes


def _high(quotients: np.ndarray, counts: np.ndarray, fills: np.ndarray, size: int) -> bytes:
    """Write a 1 behind as many 0 as each quotient says, and before those of each shape as many 0 as fill a byte."""
    ones = quotients.cumsum(dtype=np.int64)
    ones += np.arange(len(quotients))
    ones += np.repeat(fills, counts)
    unary = np.zeros(size * 8, np.uint8)
    unary[ones] = 1
    return np.packbits(unary, bitorder="little").tobytes()


def _low(remainders: np.ndarray, places: np.ndarray, size: int) -> bytes:
    """Write remainders, (N,) int64, where the first bit of each belongs, rising, in so many bytes."""
    words = np.zeros(size * 8 // _WORD_BITS + 3, np.int64)
    word, shift = places >> 5, places & (_WORD_BITS - 1)
    first = np.ones(len(word), bool)
    np.not_equal(word[1:], word[:-1], out=first[1:])
    starts = np.flatnonzero(first)  # of those that begin in the same word
    word = word[starts]
    while True:
        # Added up, those of one word fill it and reach into the next one.
        sums = np.add.reduceat((remainders & _WORD) << shift, starts)
        words[word] += sums & _WORD
        words[word + 1] += sums >> _WORD_BITS
        remainders = remainders >> _WORD_BITS
        if not remainders.any():
            return words.astype("<u4").tobytes()[:size]
        word = word + 1


def _byte_places(sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where pieces of so many bits begin and end, in bytes, when each begins a byte."""
    in_bytes = (sizes + 7) // 8
    stops = in_bytes.cumsum()
    return stops - in_bytes, stops
