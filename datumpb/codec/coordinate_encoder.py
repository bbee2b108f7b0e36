"""Coordinates of many shapes, put into their messages together (schema: `coordinates.proto`).

One shape has some 50 numbers, for which numpy's calls cost more than its work: a shape of a few dozen items takes a
fifth of the time that it takes alone (docs/decisions/0019-coco-files-of-any-size.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datumpb.codec.rice_encoder import encode_rice
from datumpb.codec.scales import MAX_SUM, SCALES
from datumpb.errors import InvalidItemError
from datumpb.model.arrays import as_float64

if TYPE_CHECKING:
    from datumpb import messages


class CoordinateEncoder:
    """The numbers of many shapes, put into their messages together."""

    def __init__(self) -> None:
        """Begin without any."""
        self._numbers: list[np.ndarray] = []
        self._targets: list[tuple[messages.Coordinates, int]] = []

    def add(self, values: object, message: messages.Coordinates, stride: int, count: int | None = None) -> None:
        """Add numbers for an empty message; see `encode_coordinates`. They must not change before `encode`.

        Raises:
            InvalidItemError: They are not numbers, or not as many as there have to be.
        """
        flat = as_float64(values).reshape(-1)
        if flat.size % stride or (count is not None and flat.size != count):
            text = (
                f"{flat.size} coordinates given, but {f'a multiple of {stride}' if count is None else count} expected"
            )
            raise InvalidItemError(text)
        if flat.size:
            self._numbers.append(flat)
            self._targets.append((message, stride))

    def encode(self) -> None:
        """Put all numbers that were added into their messages."""
        if not self._numbers:
            return
        values = self._numbers[0] if len(self._numbers) == 1 else np.concatenate(self._numbers)
        counts = np.array([numbers.size for numbers in self._numbers])
        with np.errstate(over="ignore", invalid="ignore"):  # of numbers that cannot be scaled
            scaled, decimals = _scale(values, counts)
        heads = np.array([stride for _, stride in self._targets])  # numbers of the first point
        deltas, in_tail = _differences(scaled, counts, heads)
        tails = counts - heads
        if decimals.min() < 0:
            in_tail &= np.repeat(decimals >= 0, counts)
            tails[decimals < 0] = 0
        codes = encode_rice(deltas[in_tail], tails)
        first = deltas.tolist()
        start = 0
        for (message, stride), flat, number, rice in zip(
            self._targets, self._numbers, decimals.tolist(), codes, strict=True
        ):
            if number < 0:
                _encode_floats(flat, message)
            elif rice is None:
                message.decimals = number
                message.delta.extend(first[start : start + flat.size])
            else:
                message.decimals = number
                message.delta.extend(first[start : start + stride])
                message.rice_bits, message.rice_low, message.rice_high = rice
            start += flat.size
        self._numbers, self._targets = [], []


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
    probes = values[starts]
    pending = largest <= MAX_SUM  # neither NaN nor the infinities
    for exponent, scale in enumerate(SCALES):
        pending &= largest * scale <= MAX_SUM
        # One number of a shape shows most exponents to be too low, at a fraction of the cost.
        likely = pending & (np.rint(probes * scale) / scale == probes)
        if not likely.any():
            if not pending.any():
                break
            continue
        some = None if likely.all() else np.repeat(likely, counts)
        own = values if some is None else values[some]
        scaled = np.rint(own * scale) + 0.0  # -0.0 becomes 0.0, as it will in an integer
        wrong = (scaled / scale).view(np.int64) != own.view(np.int64)
        own_counts = counts[likely]
        own_starts = own_counts.cumsum() - own_counts
        exact = ~np.logical_or.reduceat(wrong, own_starts)
        found = np.flatnonzero(likely)
        decimals[found[exact]] = exponent
        pending[found[exact]] = False
        if exact.all():
            integers[slice(None) if some is None else some] = scaled.astype(np.int64)
        else:
            kept = np.repeat(exact, own_counts)
            places = np.arange(len(values)) if some is None else np.flatnonzero(some)
            integers[places[kept]] = scaled[kept].astype(np.int64)
            # The first number that it was not exact for is the better probe.
            firsts = np.minimum.reduceat(np.where(wrong, np.arange(len(own)), len(own)), own_starts)
            probes[found[~exact]] = own[firsts[~exact]]
        if not pending.any():
            break
    return integers, decimals


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


def _encode_floats(flat: np.ndarray, message: messages.Coordinates) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        single = flat.astype(np.float32)
        exact = single.astype(np.float64).tobytes() == flat.tobytes()
    if exact:
        message.f32.extend(single.tolist())
    else:
        message.f64.extend(flat.tolist())
