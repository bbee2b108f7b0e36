"""PolygonScan: the polygons of many items, cut out of the bytes of their messages all at once.

Outlines are most of what there is in many datasets. What is not written as all writers do, or is no polygon, is left to
whoever reads parsed messages.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from datumpb.codec.coordinate_batch import NO_DECIMALS, ScaledNumbers, SumDecoder, decode_points, scales_of
from datumpb.codec.cursors import PADDING, Cursors, packed_sint64
from datumpb.codec.rice import RiceCodes

if TYPE_CHECKING:
    from collections.abc import Sequence

# The bytes that fields begin with: number << 3, and 2 where a size follows.
_ID, _GROUP, _LABEL, _ATTRIBUTES, _Z_ORDER, _OBJECT_ID, _POLYGON = 0x08, 0x10, 0x18, 0x22, 0x28, 0x30, 0x3A
_POINTS = 0x0A
_DECIMALS, _DELTA, _RICE_BITS, _RICE_LOW, _RICE_HIGH = 0x08, 0x12, 0x28, 0x32, 0x3A
_UINT32 = (1 << 32) - 1


# Of annotations with more attributes, which take a step each, parsed messages are read.
_MAX_ATTRIBUTES = 16
# Decoding takes many times the memory of what is decoded at once: what goes beyond this is left to parsed messages.
_MAX_SIZE = 1 << 18


class PolygonScan:
    """All annotations of many items, in order; and of those that are polygons, what they hold.

    Attributes:
        ends: Where the annotations of each item end among all.
        found: Of each annotation: whether it is a polygon that was read here. All else is about those.
        ids: (A,) int64, of each annotation, `id`.
        groups: (A,) int64, of each, `group`.
        labels: (A,) int64, of each, `label_index`; -1: it has none.
        object_ids: (A,) int64, of each, `object_id`; -1: it has none.
        z_orders: (A,) int64, of each, `z_order`.
        decimals: (A,) int64, how many its coordinates have; -1 where it is not one of those.
    """

    def __init__(self, annotations: Sequence[Sequence[bytes]]) -> None:
        """Scan the annotations of items, serialized, which have been parsed without an error."""
        pieces = list(chain.from_iterable(annotations))
        self.ends: list[int] = np.cumsum([len(parts) for parts in annotations]).tolist()
        self._data = b"".join([*pieces, PADDING])
        sizes = np.fromiter(map(len, pieces), np.int64, len(pieces))
        cursors = Cursors(self._data, sizes.cumsum() - sizes, sizes.cumsum())
        ids, groups, labels = cursors.varints(_ID), cursors.varints(_GROUP), cursors.varints(_LABEL)
        self._attributes = self._attribute_spans(cursors)
        z_orders, object_ids = cursors.varints(_Z_ORDER).clip(0), cursors.varints(_OBJECT_ID)
        polygons = cursors.spans(_POLYGON)
        found = cursors.finished() & (polygons[1] >= 0) & (labels <= _UINT32) & (sizes.cumsum() <= _MAX_SIZE)
        self._scaled = self._read_points(polygons, found)
        self.found: list[bool] = found.tolist()
        self.ids = ids.clip(0)
        self.groups = groups.clip(0)
        self.labels = labels
        self.object_ids = object_ids
        self.z_orders = (z_orders >> 1) ^ -(z_orders & 1)

    def attributes(self) -> list[tuple[bytes, ...]]:
        """Return the attributes of each annotation, serialized; equal ones are the same tuple."""
        data, attributes = self._data, [()] * len(self.found)
        for places, starts, ends in self._attributes:
            for place, start, end in zip(places.tolist(), starts.tolist(), ends.tolist(), strict=True):
                attributes[place] += (data[start:end],)
        same: dict[tuple[bytes, ...], tuple[bytes, ...]] = {}
        return [same.setdefault(parts, parts) for parts in attributes]

    @staticmethod
    def _attribute_spans(cursors: Cursors) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        spans = []
        for _ in range(_MAX_ATTRIBUTES):
            starts, sizes = cursors.spans(_ATTRIBUTES)
            there = np.flatnonzero(sizes >= 0)
            if not there.size:
                break
            spans.append((there, starts[there], (starts + sizes)[there]))
        return spans

    def _read_points(self, polygons: tuple[np.ndarray, np.ndarray], found: np.ndarray) -> ScaledNumbers:
        """Read the coordinates, and take those out of `found` that are not written as they usually are."""
        outer = _inside(self._data, polygons)
        coordinates = outer.spans(_POINTS)
        found &= outer.finished() & (coordinates[1] >= 0)
        inner = _inside(self._data, coordinates)
        decimals, delta = inner.varints(_DECIMALS).clip(0), inner.spans(_DELTA)
        bits, low, high = inner.varints(_RICE_BITS).clip(0), inner.spans(_RICE_LOW), inner.spans(_RICE_HIGH)
        found &= inner.finished() & (decimals <= _UINT32) & (bits <= _UINT32)
        found &= (delta[1] > 0) | (high[1] > 0)

        deltas, delta_counts = packed_sint64(self._data, delta[0], np.where(found, delta[1], 0).clip(0))
        high_sizes = np.where(found, high[1], 0).clip(0)
        data = np.frombuffer(self._data, np.uint8)
        codes = RiceCodes(data, bits, low[0], low[1].clip(0), high[0], high_sizes)
        self.decimals = np.where(found, decimals, NO_DECIMALS)
        return ScaledNumbers(self.decimals, deltas, delta_counts, codes)

    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """Decode the points of all, (N, 2) float64, and where those of each annotation end among them, (A,) int64.

        Raises:
            DamagedFileError: The points of a polygon are not what the schema allows.
        """
        points, counts = decode_points(self._scaled, 2)
        return points, counts.cumsum()

    def corners(self) -> tuple[np.ndarray, np.ndarray]:
        """Decode the corners of boxes around those polygons that have points, without making points of all numbers.

        Returns:
            (N,) int64, the annotations; (4, N) float64, their lowest x and y, and their highest.

        Raises:
            DamagedFileError: The points of a polygon are not what the schema allows.
        """
        decoder = SumDecoder(self._scaled, 2)
        filled = np.flatnonzero(decoder.counts)
        corners = np.empty((4, len(filled)))
        start = 0
        for messages, sums in decoder.pieces():
            counts = decoder.counts[messages]
            some = np.flatnonzero(counts)
            starts = (counts.cumsum() - counts)[some]
            own = slice(start, start + len(some))
            # Dividing keeps the order of numbers, so that the quotients of extremes are the extremes of quotients.
            scale = scales_of(self.decimals[messages][some], np.ones_like(some)).reshape(-1)
            for axis in range(2):
                line = np.ascontiguousarray(sums[:, axis])  # which is gone through fast
                np.divide(np.minimum.reduceat(line, starts), scale, out=corners[axis, own])
                np.divide(np.maximum.reduceat(line, starts), scale, out=corners[axis + 2, own])
            start = own.stop
        return filled, corners


def _inside(data: bytes, spans: tuple[np.ndarray, np.ndarray]) -> Cursors:
    starts, sizes = spans
    return Cursors(data, starts, starts + sizes.clip(0))
