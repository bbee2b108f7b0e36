"""CoordinateBatch: the numbers of many messages decoded at once, as numpy takes as long for a few numbers as for many.

What it decodes is what `decode_coordinates` decodes, which asks a batch of one message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datumpb.codec.cursors import PADDING
from datumpb.codec.rice import RiceCodes, decode_rice
from datumpb.codec.scales import MAX_DECIMALS, MAX_SUM, SCALES
from datumpb.errors import DamagedFileError

if TYPE_CHECKING:
    from datumpb import messages

NO_DECIMALS = -1
"""Stands for the decimals of numbers that are not written as integers."""

PIECE_SIZE = 1 << 15
"""The bytes that are decoded at once: with arrays beyond a processor's cache, each number takes longer."""

_NARROW_END = 1 << 31
# What a message without any bytes counts for: it takes up memory, too.
_MESSAGE_SIZE = 16


class CoordinateBatch:
    """Messages that are decoded together.

    Attributes:
        decimals: Of each message's numbers; `NO_DECIMALS`: they are not written as integers.
    """

    def __init__(self, stride: int) -> None:
        """Begin with no messages.

        Args:
            stride: How many numbers make a point.
        """
        self.decimals: list[int] = []
        self._stride = stride
        self._points: list[np.ndarray] = []
        self._counts: list[np.ndarray] = []
        self._others: list[tuple[int, np.ndarray]] = []
        self._begin_piece()

    def _begin_piece(self) -> None:
        self._size = 0
        self._deltas: list[int] = []
        self._delta_ends: list[int] = []
        self._bits: list[int] = []
        self._low: list[bytes] = []
        self._high: list[bytes] = []

    def add(self, message: messages.Coordinates) -> None:
        """Add a message, which nobody has checked so far.

        Raises:
            DamagedFileError: It is not what the schema allows; much of that is only found by `decode`.
        """
        delta, high = message.delta[:], message.rice_high
        single, double = message.f32, message.f64
        if delta or high:
            if single or double:
                raise _two_ways()
            self.decimals.append(message.decimals)
            self._deltas += delta
            low = message.rice_low if high else b""
            bits = message.rice_bits if high else 0
        else:
            if single and double:
                raise _two_ways()
            self.decimals.append(NO_DECIMALS)
            low, high, bits = b"", b"", 0
            if single or double:
                with np.errstate(invalid="ignore"):  # a signalling NaN
                    numbers = np.array(single or double, np.float64)
                self._others.append((len(self.decimals) - 1, _as_points(numbers, self._stride)))
        self._delta_ends.append(len(self._deltas))
        self._bits.append(bits)
        self._low.append(low)
        self._high.append(high)
        self._size += 8 * len(delta) + len(low) + len(high) + _MESSAGE_SIZE
        if self._size > PIECE_SIZE:
            self._decode_piece()

    def decode(self) -> tuple[np.ndarray, list[int]]:
        """Return the points of all messages, (N, stride) float64, and where those of each message end among them.

        Raises:
            DamagedFileError: A message is not what the schema allows.
        """
        if self._delta_ends:
            self._decode_piece()
        if not self._points:
            return np.zeros((0, self._stride)), []
        points = _joined(self._points)
        counts = _joined(self._counts)
        if self._others:
            points = self._with_others(points, counts)
        ends: list[int] = counts.cumsum().tolist()
        return points, ends

    def _with_others(self, points: np.ndarray, counts: np.ndarray) -> np.ndarray:
        ends = counts.cumsum().tolist()
        pieces, start = [], 0
        for index, others in self._others:
            pieces += [points[start : ends[index]], others]
            start = ends[index]
            counts[index] = len(others)
        return np.concatenate([*pieces, points[start:]])

    def _decode_piece(self) -> None:
        delta_ends = np.array(self._delta_ends)
        scaled = ScaledNumbers(
            np.array(self.decimals[-len(delta_ends) :]),
            np.array(self._deltas, np.int64),
            np.diff(delta_ends, prepend=0),
            self._codes(),
        )
        sums, counts = decode_sums(scaled, self._stride)
        self._points.append(divided(sums, counts, scaled.decimals))
        self._counts.append(counts)
        self._begin_piece()

    def _codes(self) -> RiceCodes:
        pieces = [*self._low, *self._high]
        sizes = np.fromiter(map(len, pieces), np.int64, len(pieces))
        starts = sizes.cumsum() - sizes
        data = np.frombuffer(b"".join([*pieces, PADDING]), np.uint8)
        low, high = slice(len(self._low)), slice(len(self._low), None)
        return RiceCodes(data, np.array(self._bits), starts[low], sizes[low], starts[high], sizes[high])


@dataclass(slots=True)
class ScaledNumbers:
    """What messages say of numbers that are written as integers.

    Attributes:
        decimals: (N,) int64, of each message's numbers; `NO_DECIMALS`: it has none.
        deltas: (D,) int64, the differences in `delta` of all messages.
        delta_counts: (N,) int64, how many each message has.
        codes: Their Rice-coded differences.
    """

    decimals: np.ndarray
    deltas: np.ndarray
    delta_counts: np.ndarray
    codes: RiceCodes

    def part(self, piece: slice) -> ScaledNumbers:
        """Return what some of the messages say."""
        codes = self.codes
        spans = (codes.low_starts, codes.low_sizes, codes.high_starts, codes.high_sizes)
        first, last = int(self.delta_counts[: piece.start].sum()), int(self.delta_counts[: piece.stop].sum())
        return ScaledNumbers(
            self.decimals[piece],
            self.deltas[first:last],
            self.delta_counts[piece],
            RiceCodes(codes.data, codes.bits[piece], *(span[piece] for span in spans)),
        )


def decode_sums(scaled: ScaledNumbers, stride: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the points of all messages before they are divided, (N, stride) integers, and how many each message has.

    Raises:
        DamagedFileError: A message is not what the schema allows.
    """
    numbers, counts = _differences(scaled)
    odd = counts % stride
    if odd.any():
        raise wrong_count(int(counts[odd.argmax()]), f"a multiple of {stride}")
    counts //= stride
    narrow = numbers.dtype != np.int64 and _largest(numbers) * int(counts.max(initial=0)) < _NARROW_END
    # A sum that wraps around is noticed: the first one out of bounds cannot come out of the wrap within them. Where all
    # are within those of int32, it may wrap between messages.
    sums = numbers.reshape(-1, stride).cumsum(axis=0, dtype=np.int32 if narrow else np.int64)
    if len(counts) > 1:
        before = np.zeros((len(counts), stride), sums.dtype)
        ends = counts.cumsum()[:-1]
        filled = ends > 0
        before[1:][filled] = sums[ends[filled] - 1]
        sums -= before.repeat(counts, axis=0)
    if not narrow and _largest(sums) > MAX_SUM:
        raise beyond_bounds()
    most = int(scaled.decimals.max(initial=NO_DECIMALS))
    if most > MAX_DECIMALS:
        text = f"coordinates have {most} decimals, but at most {MAX_DECIMALS} are allowed"
        raise DamagedFileError(text)
    return sums, counts


def _differences(scaled: ScaledNumbers) -> tuple[np.ndarray, np.ndarray]:
    """Return the differences of all messages, and how many each has."""
    leads = scaled.delta_counts
    if not scaled.codes.high_sizes.any():
        return scaled.deltas, leads.copy()
    # Those of `delta` come first in each message.
    numbers, counts = decode_rice(scaled.codes, leads)
    firsts = counts.cumsum() - counts - (leads.cumsum() - leads)
    if _largest(scaled.deltas) >= _NARROW_END:
        numbers = numbers.astype(np.int64, copy=False)
    numbers[np.arange(scaled.deltas.size) + firsts.repeat(leads)] = scaled.deltas
    return numbers, counts


def _largest(numbers: np.ndarray) -> int:
    """Return how far the one is from 0 that is farthest from it."""
    return max(int(numbers.max(initial=0)), -int(numbers.min(initial=0)))


def divided(sums: np.ndarray, counts: np.ndarray, decimals: np.ndarray) -> np.ndarray:
    """Return points as they are, (N, stride) float64.

    Args:
        sums: The points before they are divided, as `decode_sums` returns them.
        counts: How many each message has.
        decimals: Of each message's numbers.
    """
    most = int(decimals.max(initial=NO_DECIMALS))
    quotients: np.ndarray
    if (decimals == most).all():
        quotients = sums / SCALES[max(most, 0)]
    else:
        quotients = sums / np.array(SCALES)[decimals.clip(0)].repeat(counts)[:, None]
    return quotients


def _as_points(flat: np.ndarray, stride: int) -> np.ndarray:
    if flat.size % stride:
        raise wrong_count(flat.size, f"a multiple of {stride}")
    return flat.reshape(-1, stride)


def _joined(arrays: list[np.ndarray]) -> np.ndarray:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def wrong_count(count: int, expected: str) -> DamagedFileError:
    """Return the error of a message with another count of numbers than it has to have."""
    return DamagedFileError(f"{count} coordinates found, but {expected} expected")


def beyond_bounds() -> DamagedFileError:
    """Return the error of a message whose integers are too large."""
    return DamagedFileError("coordinates have a running sum beyond 2^53")


def _two_ways() -> DamagedFileError:
    return DamagedFileError("coordinates are written in two ways at once")
