"""AnnotationScan: the commonest annotations of many items, cut out of the bytes of their messages all at once.

Outlines, keypoints, boxes, masks and labels are most of what there is in most datasets. What is not written as all
writers do, or is none of these, is left to whoever reads parsed messages.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from datumpb import messages
from datumpb.codec.box_numbers import read_boxes
from datumpb.codec.coordinate_batch import NO_DECIMALS, ScaledNumbers, SumDecoder, decode_points, scales_of
from datumpb.codec.cursors import PADDING, Cursors, gathered, packed_sint64
from datumpb.codec.outlines import VISIBLE, bad_visibility
from datumpb.codec.rice import RiceCodes

if TYPE_CHECKING:
    from collections.abc import Sequence

POLYGON = int(messages.AnnotationType.ANNOTATION_TYPE_POLYGON)
BBOX = int(messages.AnnotationType.ANNOTATION_TYPE_BBOX)
LABEL = int(messages.AnnotationType.ANNOTATION_TYPE_LABEL)
MASK = int(messages.AnnotationType.ANNOTATION_TYPE_MASK)
POLY_LINE = int(messages.AnnotationType.ANNOTATION_TYPE_POLY_LINE)
POINTS = int(messages.AnnotationType.ANNOTATION_TYPE_POINTS)
NOT_READ = 0

# The bytes that fields begin with: number << 3, and 2 where a size follows; those of kinds in their order.
_ID, _GROUP, _LABEL, _ATTRIBUTES, _Z_ORDER, _OBJECT_ID = b"\x08", b"\x10", b"\x18", b"\x22", b"\x28", b"\x30"
_KINDS = {
    POLYGON: b"\x3a",
    BBOX: b"\x42",
    LABEL: b"\x82\x01",
    MASK: b"\x8a\x01",
    POLY_LINE: b"\x92\x01",
    POINTS: b"\x9a\x01",
}
_COORDINATES, _VISIBILITY = b"\x0a", b"\x12"
_HEIGHT, _WIDTH, _COUNTS = b"\x08", b"\x10", b"\x1a"
_DECIMALS, _DELTA, _RICE_BITS, _RICE_LOW, _RICE_HIGH = b"\x08", b"\x12", b"\x28", b"\x32", b"\x3a"
_UINT32 = (1 << 32) - 1
_ONE_BYTE = 0x80  # what is below is written in one byte

# Of annotations with more attributes, which take a step each, parsed messages are read.
_MAX_ATTRIBUTES = 16
# Decoding takes many times the memory of what is decoded at once: what goes beyond this is left to parsed messages.
_MAX_SIZE = 1 << 18


class AnnotationScan:
    """All annotations of many items, in order; and of those that could be read, what they hold.

    Attributes:
        ends: Where the annotations of each item end among all.
        kinds: (A,) int64, of each annotation: `POLYGON`, `POLY_LINE`, `POINTS`, `BBOX`, `LABEL` or `MASK`; of one that
            is `NOT_READ`, all else says nothing.
        ids: (A,) int64, of each annotation, `id`.
        groups: (A,) int64, of each, `group`.
        labels: (A,) int64, of each, `label_index`; -1: it has none.
        object_ids: (A,) int64, of each, `object_id`; -1: it has none.
        z_orders: (A,) int64, of each, `z_order`.
        decimals: (A,) int64, how many its points have; -1 where it has none.
        boxes: (N, 4) float64, x, y, width and height of each annotation that is a box.
        masks: Height, width and `counts` of each that is a mask.
    """

    def __init__(self, annotations: Sequence[Sequence[bytes]], *, keypoints: bool = True) -> None:
        """Scan the annotations of items.

        Args:
            annotations: Those of each item, serialized, which have been parsed without an error.
            keypoints: Whether keypoints will have their points; else they are as if they had none.
        """
        pieces = list(chain.from_iterable(annotations))
        self.ends: list[int] = np.cumsum([len(parts) for parts in annotations]).tolist()
        self._data = b"".join([*pieces, PADDING])
        sizes = np.fromiter(map(len, pieces), np.int64, len(pieces))
        cursors = Cursors(self._data, sizes.cumsum() - sizes, sizes.cumsum())
        ids, groups, labels = cursors.varints(_ID), cursors.varints(_GROUP), cursors.varints(_LABEL)
        self._attributes = self._attribute_spans(cursors)
        z_orders, object_ids = cursors.varints(_Z_ORDER).clip(0), cursors.varints(_OBJECT_ID)
        self.kinds, starts, own_sizes = _kinds(cursors)
        unusual = (labels > _UINT32) | (sizes.cumsum() > _MAX_SIZE) | ((self.kinds == LABEL) & (own_sizes > 0))
        self.kinds[unusual] = NOT_READ
        self._scaled = self._read_points(starts, own_sizes, keypoints=keypoints)
        self.boxes = self._read_boxes(starts, own_sizes)
        self.masks = self._read_masks(starts, own_sizes)
        self.ids = ids.clip(0)
        self.groups = groups.clip(0)
        self.labels = labels
        self.object_ids = object_ids
        self.z_orders = (z_orders >> 1) ^ -(z_orders & 1)

    def attributes(self) -> list[tuple[bytes, ...]]:
        """Return the attributes of each annotation, serialized; equal ones are the same tuple."""
        data, attributes = self._data, [()] * len(self.kinds)
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

    def _read_boxes(self, starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        """Read boxes, and leave those that are not written as they usually are."""
        found = self.kinds == BBOX
        outer = Cursors(self._data, starts, starts + np.where(found, sizes, 0))
        inner = outer.spans(_COORDINATES)
        found &= outer.finished() & (inner[1] >= 0)
        read, numbers = read_boxes(self._data, inner[0][found], inner[1][found])
        found[found] = read
        self.kinds[(self.kinds == BBOX) & ~found] = NOT_READ
        return np.compress(read, numbers, axis=0)

    def _read_masks(self, starts: np.ndarray, sizes: np.ndarray) -> list[tuple[int, int, bytes]]:
        """Read masks, and leave those that are not written as they usually are."""
        found = self.kinds == MASK
        inner = Cursors(self._data, starts, starts + np.where(found, sizes, 0))
        heights, widths = inner.varints(_HEIGHT).clip(0), inner.varints(_WIDTH).clip(0)
        starts, sizes = inner.spans(_COUNTS)
        found &= inner.finished() & (heights <= _UINT32) & (widths <= _UINT32)
        self.kinds[(self.kinds == MASK) & ~found] = NOT_READ
        ends = starts + sizes.clip(0)
        columns = (column[found].tolist() for column in (heights, widths, starts, ends))
        return [(height, width, self._data[start:end]) for height, width, start, end in zip(*columns, strict=True)]

    def _read_points(self, starts: np.ndarray, sizes: np.ndarray, *, keypoints: bool) -> ScaledNumbers:
        """Read the coordinates of shapes, and leave those that are not written as they usually are."""
        are_keypoints = self.kinds == POINTS
        has_points = (self.kinds == POLYGON) | (self.kinds == POLY_LINE) | are_keypoints
        outer = Cursors(self._data, starts, starts + np.where(has_points, sizes, 0))
        coordinates, visibility = outer.spans(_COORDINATES), outer.spans(_VISIBILITY)
        found = has_points & outer.finished() & (coordinates[1] >= 0) & (are_keypoints | (visibility[1] < 0))
        inner = Cursors(self._data, coordinates[0], coordinates[0] + coordinates[1].clip(0))
        decimals, delta = inner.varints(_DECIMALS).clip(0), inner.spans(_DELTA)
        bits, low, high = inner.varints(_RICE_BITS).clip(0), inner.spans(_RICE_LOW), inner.spans(_RICE_HIGH)
        found &= inner.finished() & (decimals <= _UINT32) & (bits <= _UINT32)
        found &= (delta[1] > 0) | (high[1] > 0)
        self._read_visibility(*visibility, found)
        self.kinds[has_points & ~found] = NOT_READ
        if not keypoints:
            found &= ~are_keypoints

        deltas, delta_counts = packed_sint64(self._data, delta[0], np.where(found, delta[1], 0).clip(0))
        high_sizes = np.where(found, high[1], 0).clip(0)
        data = np.frombuffer(self._data, np.uint8)
        codes = RiceCodes(data, bits, low[0], low[1].clip(0), high[0], high_sizes)
        self.decimals = np.where(found, decimals, NO_DECIMALS)
        return ScaledNumbers(self.decimals, deltas, delta_counts, codes)

    def _read_visibility(self, starts: np.ndarray, sizes: np.ndarray, found: np.ndarray) -> None:
        """Read the visibility of keypoints, and take those out of `found` that have numbers of two bytes."""
        sizes = np.where(found, sizes, 0).clip(0)
        numbers = gathered(self._data, starts, sizes)
        is_large = numbers >= _ONE_BYTE
        if is_large.any():
            found[np.arange(len(sizes)).repeat(sizes)[is_large]] = False
            sizes = np.where(found, sizes, 0)
            numbers = gathered(self._data, starts, sizes)
        self._visibility, self._visibility_sizes = numbers, sizes

    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """Decode the points of all, (N, 2) float64, and where those of each annotation end among them, (A,) int64.

        Raises:
            DamagedFileError: The points of a shape are not what the schema allows.
        """
        points, counts = decode_points(self._scaled, 2)
        return points, counts.cumsum()

    def visibility(self, point_ends: np.ndarray) -> np.ndarray:
        """Return the visibility of all points, (N,) uint8; of those that have none, the one that is meant by that.

        Args:
            point_ends: (A,) int64, where the points of each annotation end.

        Raises:
            DamagedFileError: Of an annotation, there are not as many numbers as points.
        """
        counts, stated = np.diff(point_ends, prepend=0), self._visibility_sizes > 0
        if (counts != self._visibility_sizes)[stated].any():
            raise bad_visibility()
        visibility = np.full(int(counts.sum()), VISIBLE, np.uint8)
        visibility[stated.repeat(counts)] = self._visibility
        return visibility

    def corners(self) -> tuple[np.ndarray, np.ndarray]:
        """Decode the corners of boxes around those shapes that have points, without making points of all numbers.

        Returns:
            (N,) int64, the annotations; (4, N) float64, their lowest x and y, and their highest.

        Raises:
            DamagedFileError: The points of a polygon are not what the schema allows.
        """
        decoder = SumDecoder(self._scaled, 2)
        filled = np.flatnonzero(decoder.counts)
        corners = np.empty((4, len(filled)))
        start = 0
        for part, sums in decoder.pieces():
            counts = decoder.counts[part]
            some = np.flatnonzero(counts)
            starts = (counts.cumsum() - counts)[some]
            own = slice(start, start + len(some))
            # Dividing keeps the order of numbers, so that the quotients of extremes are the extremes of quotients.
            scale = scales_of(self.decimals[part][some], np.ones_like(some)).reshape(-1)
            for axis in range(2):
                line = np.ascontiguousarray(sums[:, axis])  # which is gone through fast
                np.divide(np.minimum.reduceat(line, starts), scale, out=corners[axis, own])
                np.divide(np.maximum.reduceat(line, starts), scale, out=corners[axis + 2, own])
            start = own.stop
        return filled, corners


def _kinds(cursors: Cursors) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read which kind of annotation each message has, if that is one and the end of it, and where what it holds is."""
    count = len(cursors.bad)
    kinds, starts, sizes, times = (np.zeros(count, np.int64) for _ in range(4))
    for kind, tag in _KINDS.items():
        own_starts, own_sizes = cursors.spans(tag)
        there = np.flatnonzero(own_sizes >= 0)
        if there.size:
            kinds[there], starts[there], sizes[there] = kind, own_starts[there], own_sizes[there]
            times[there] += 1
    kinds[~cursors.finished() | (times != 1)] = NOT_READ
    return kinds, starts, sizes
