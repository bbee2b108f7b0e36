"""CoordinateBatch: the numbers of many messages decoded at once, as numpy takes as long for a few numbers as for many.

What it decodes is what `decode_coordinates` decodes, which asks a batch of one message.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from datumpb.codec.cursors import PADDING
from datumpb.codec.rice import RiceCodes, RiceDecoder
from datumpb.codec.scales import MAX_DECIMALS, MAX_SUM, SCALES
from datumpb.errors import DamagedFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb import messages

NO_DECIMALS = -1
"""Stands for the decimals of numbers that are not written as integers."""

# The bytes of messages that are decoded at once, and numbers: with arrays beyond a processor's cache, or so large that
# the system takes their memory back each time, each number takes longer.
_PIECE_SIZE, _PIECE_COUNT = 1 << 15, 24 << 10
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
        if self._size > _PIECE_SIZE:
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
        points, counts = decode_points(scaled, self._stride)
        self._points.append(points)
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


class SumDecoder:
    """Decodes the points of messages as integers, which have yet to be divided, some of the messages at a time.

    Attributes:
        counts: (N,) int64, how many points each message has.
    """

    def __init__(self, scaled: ScaledNumbers, stride: int) -> None:
        """Tell how many points there are.

        Args:
            scaled: What the messages say.
            stride: How many numbers make a point.

        Raises:
            DamagedFileError: A message is not what the schema allows.
        """
        self._stride = stride
        self._deltas = scaled.deltas
        leads = scaled.delta_counts
        self._delta_ends = leads.cumsum()
        starts, counts = self._delta_ends - leads, leads
        self._rice = RiceDecoder(scaled.codes, leads) if scaled.codes.high_sizes.any() else None
        if self._rice is not None:
            # Those of `delta` come first in each message.
            self._places = np.arange(scaled.deltas.size) + (self._rice.starts - starts).repeat(leads)
            starts, counts = self._rice.starts, self._rice.counts
        self._starts = starts
        odd = counts % stride
        if odd.any():
            raise wrong_count(int(counts[odd.argmax()]), f"a multiple of {stride}")
        self.counts = counts // stride
        most = int(scaled.decimals.max(initial=NO_DECIMALS))
        if most > MAX_DECIMALS:
            text = f"coordinates have {most} decimals, but at most {MAX_DECIMALS} are allowed"
            raise DamagedFileError(text)

    def pieces(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield some messages, and their points as (N, stride) integers, until those of all were yielded.

        Raises:
            DamagedFileError: A message is not what the schema allows.
        """
        ends = self._starts + self.counts * self._stride
        firsts = np.flatnonzero(np.diff(ends // _PIECE_COUNT, prepend=-1)).tolist()
        for first, last in pairwise([*firsts, len(ends)]):
            start, end = int(self._starts[first]), int(ends[last - 1])
            if end > start:
                yield slice(first, last), self._sums(self._differences(slice(first, last), start), first, last)

    def _differences(self, messages: slice, start: int) -> np.ndarray:
        first = int(self._delta_ends[messages.start - 1]) if messages.start else 0
        own = slice(first, int(self._delta_ends[messages.stop - 1]))
        deltas = self._deltas[own]
        if self._rice is None:
            return deltas
        numbers = self._rice.differences(messages)
        if _largest(deltas) >= _NARROW_END:
            numbers = numbers.astype(np.int64, copy=False)
        numbers[self._places[own] - start] = deltas
        return numbers

    def _sums(self, numbers: np.ndarray, first: int, last: int) -> np.ndarray:
        counts = self.counts[first:last]
        narrow = numbers.dtype != np.int64 and _largest(numbers) * int(counts.max()) < _NARROW_END
        # A sum that wraps around is noticed: the first one out of bounds cannot come out of the wrap within them. Where
        # all are within those of int32, it may wrap between messages.
        sums: np.ndarray = numbers.reshape(-1, self._stride).cumsum(axis=0, dtype=np.int32 if narrow else np.int64)
        if len(counts) > 1:
            before = np.zeros((len(counts), self._stride), sums.dtype)
            ends = counts.cumsum()[:-1]
            filled = ends > 0
            before[1:][filled] = sums[ends[filled] - 1]
            sums -= before.repeat(counts, axis=0)
        if not narrow and _largest(sums) > MAX_SUM:
            raise beyond_bounds()
        return sums


def decode_points(scaled: ScaledNumbers, stride: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the points of all messages, (N, stride) float64, and how many each message has.

    Raises:
        DamagedFileError: A message is not what the schema allows.
    """
    decoder = SumDecoder(scaled, stride)
    points = np.empty((int(decoder.counts.sum()), stride))
    start = 0
    for messages, sums in decoder.pieces():
        end = start + len(sums)
        np.divide(sums, scales_of(scaled.decimals[messages], decoder.counts[messages]), out=points[start:end])
        start = end
    return points, decoder.counts


def scales_of(decimals: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return what points are divided by, to be broadcast.

    Args:
        decimals: (N,) int64, of each message's numbers.
        counts: (N,) int64, how many points each has.
    """
    most = int(decimals.max(initial=NO_DECIMALS))
    if (decimals == most).all():
        return np.array(SCALES[max(most, 0)])
    scales: np.ndarray = np.array(SCALES)[decimals.clip(0)].repeat(counts)[:, None]
    return scales


def _largest(numbers: np.ndarray) -> int:
    """Return how far the one is from 0 that is farthest from it."""
    return max(int(numbers.max(initial=0)), -int(numbers.min(initial=0)))


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
