"""Coordinates of many shapes, as the bytes of their messages (schema: `coordinates.proto`).

One shape has some 50 numbers, for which numpy's calls cost more than its work: a shape of a few dozen items takes a
fifth of the time that it takes alone (docs/decisions/0019-coco-files-of-any-size.md).
"""

from __future__ import annotations

import numpy as np

from datumpb.codec.rice_encoder import encode_rice
from datumpb.codec.scales import MAX_DECIMALS, MAX_SUM, SCALES
from datumpb.codec.wire import sized, varint, varints
from datumpb.errors import InvalidItemError
from datumpb.model.arrays import as_float64

_FLOAT64 = np.dtype(np.float64)
_DELTA = b"\x12"
_DECIMALS = tuple(b"\x08" + varint(decimals) for decimals in range(MAX_DECIMALS + 1))


class CoordinateEncoder:
    """The numbers of many shapes, made `Coordinates` together."""

    def __init__(self) -> None:
        """Begin without any."""
        self._numbers: list[np.ndarray] = []
        self._strides: list[int] = []
        self._filled: list[bool] = []

    def add(self, values: object, stride: int, count: int | None = None) -> None:
        """Add the numbers of a shape; see `encode_coordinates`. They must not change before `encode`.

        Raises:
            InvalidItemError: They are not numbers, or not as many as there have to be.
        """
        if type(values) is not np.ndarray or values.dtype != _FLOAT64:
            values = as_float64(values)
        size = values.size
        if size % stride or (count is not None and size != count):
            text = f"{size} coordinates given, but {f'a multiple of {stride}' if count is None else count} expected"
            raise InvalidItemError(text)
        self._filled.append(size > 0)
        if size:
            self._numbers.append(values)
            self._strides.append(stride)

    def encode(self) -> list[bytes]:
        """Return the message of each shape that was added, serialized, and begin anew."""
        filled = iter(self._encode()) if self._numbers else iter(())
        every = [next(filled) if some else b"" for some in self._filled]
        self._numbers, self._strides, self._filled = [], [], []
        return every

    def _encode(self) -> list[bytes]:
        values = _joined(self._numbers)
        counts = np.array([numbers.size for numbers in self._numbers])
        with np.errstate(over="ignore", invalid="ignore"):  # of numbers that cannot be scaled
            scaled, decimals = _scale(values, counts)
        heads = np.array(self._strides)  # numbers of the first point
        deltas, in_tail = _differences(scaled, counts, heads)
        unsigned = deltas << 1 ^ deltas >> 63
        tails = counts - heads
        in_tail &= np.repeat(decimals >= 0, counts)
        tails[decimals < 0] = 0
        codes = encode_rice(unsigned[in_tail], tails)
        # All that is neither in codes nor floats.
        coded = np.array([code is not None for code in codes])
        plain = ~(in_tail if coded.all() else in_tail & np.repeat(coded, counts))
        varint_bytes, ends = varints(unsigned[plain].astype(np.uint64))
        stops = ends[np.where(coded, heads, counts).cumsum() - 1].tolist()
        messages, stop = [], 0
        for number, rice, end in zip(decimals.tolist(), codes, stops, strict=True):
            message = sized(_DELTA, varint_bytes[stop:end])
            if number > 0:
                message = _DECIMALS[number] + message
            messages.append(message if rice is None else message + rice)
            stop = end
        for place in np.flatnonzero(decimals < 0).tolist():
            messages[place] = _floats(self._numbers[place].reshape(-1))
        return messages


def _joined(arrays: list[np.ndarray]) -> np.ndarray:
    try:
        return np.concatenate(arrays).reshape(-1)  # outlines alone: in a third of the time
    except ValueError:  # some have other dimensions
        return np.concatenate(arrays, axis=None)


def _scale(values: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find integers that give numbers back exactly, divided by the lowest power of ten that does.

    Args:
        values: The numbers of all shapes, (N,) float64.
        counts: How many each shape has, (M,), none of them 0.

    Returns:
        The integers, (N,) int64, and the power's exponent for each shape, (M,); -1 where none is exact.
    """
    starts = counts.cumsum() - counts
    largest = np.maximum.reduceat(np.abs(values), starts)
    decimals = np.full(len(counts), -1)
    integers = np.zeros(len(values), np.int64)
    # One number of a shape shows most exponents to be too low, and another one most of the others.
    probes = values[np.stack([starts, starts + counts - 1])]
    pending = largest <= MAX_SUM  # neither NaN nor the infinities
    for exponent, scale in enumerate(SCALES):
        pending &= largest * scale <= MAX_SUM
        likely = np.flatnonzero(pending & (np.rint(probes * scale) / scale == probes).all(0))
        if len(likely):
            places = _places(starts[likely], counts[likely]) if len(likely) < len(counts) else slice(None)
            own = values[places]
            scaled = np.rint(own * scale)
            scaled += 0.0  # -0.0 becomes 0.0, as it will in an integer
            wrong = (scaled / scale).view(np.int64) != own.view(np.int64)
            integers[places] = scaled  # of those that are wrong, too, which come again or are not wanted
            own_starts = counts[likely].cumsum() - counts[likely]
            exact = ~np.logical_or.reduceat(wrong, own_starts)
            decimals[likely[exact]] = exponent
            pending[likely[exact]] = False
            if not exact.all():
                # The first number that it was not exact for is the better probe.
                firsts = np.minimum.reduceat(np.where(wrong, np.arange(len(own)), len(own)), own_starts)
                probes[0, likely[~exact]] = own[firsts[~exact]]
        if not pending.any():
            break
    return integers, decimals


def _places(starts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the places of the numbers of some shapes."""
    return np.repeat(starts - (counts.cumsum() - counts), counts) + np.arange(counts.sum())


def _differences(integers: np.ndarray, counts: np.ndarray, heads: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return integers as differences to the point before, and which are such: the first point of each shape stays."""
    deltas = integers.copy()
    starts = counts.cumsum() - counts
    stride = int(heads[0])
    if (heads == stride).all():
        deltas[stride:] -= integers[:-stride]
        first = (starts[:, None] + np.arange(stride)).reshape(-1)
    else:
        strides = np.repeat(heads, counts)
        before = np.arange(len(integers)) - strides
        deltas -= integers[before]  # wrapped around in first points, which are put back
        first = np.flatnonzero(before < np.repeat(starts, counts))
    deltas[first] = integers[first]
    in_tail = np.ones(len(integers), bool)
    in_tail[first] = False
    return deltas, in_tail


def _floats(flat: np.ndarray) -> bytes:
    with np.errstate(over="ignore", invalid="ignore"):
        single = flat.astype("<f4")
        exact = single.astype(np.float64).tobytes() == flat.tobytes()
    return sized(b"\x1a", single.tobytes()) if exact else sized(b"\x22", flat.astype("<f8").tobytes())
