"""The entries of one file, some at a time: what follows from outlines is computed, and JSON written, for all together.

A short cut for the usual object, not a rule of its own: `objects.entry_of` and `jsonvalues.encode` make the same bytes
of it, and of all others, too.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from datumpb.formats.coco import order
from datumpb.formats.coco.jsonvalues import JsonObject, are_plain_floats, encode, is_plain_float
from datumpb.formats.coco.objects import IS_CROWD
from datumpb.model.annotations import Bbox, Polygon
from datumpb.model.geometry import measure_outlines
from datumpb.model.many_outlines import measure_objects

if TYPE_CHECKING:
    from datumpb.formats.coco.objects import Parts
    from datumpb.formats.coco.spool import Spool

_SHAPES = frozenset({Polygon, Bbox})
_ENTRIES_AT_ONCE = 1 << 9
_POINTS_AT_ONCE = 1 << 15

_encode_lines = msgspec.json.Encoder().encode_lines


def is_usual(parts: Parts) -> bool:
    """Tell whether an object is outlines or a box or both, and has no attribute but whether it is a crowd."""
    first, bbox = parts.first, parts.bbox
    if type(first) not in _SHAPES or parts.mask is not None or parts.points is not None:
        return False
    attributes = first.attributes
    if attributes and (len(attributes) > 1 or type(attributes.get(IS_CROWD)) is not bool):
        return False
    for polygon in parts.polygons:
        if not len(polygon.points):
            return False
    return bbox is None or all(map(is_plain_float, (bbox.x, bbox.y, bbox.w, bbox.h, bbox.w * bbox.h)))


class EntryBatch:
    """Takes entries one by one, and hands them on to a spool some at a time."""

    def __init__(self, spool: Spool) -> None:
        """Begin with none."""
        self._spool = spool
        self._clear()

    def _clear(self) -> None:
        self._entries: list[JsonObject | msgspec.Raw] = []
        self._numbers: list[int] = []
        self._runs: list[int] = []
        self._positions: dict[int, int] = {}
        self._outlines: list[np.ndarray] = []
        self._owners: list[int] = []  # the places of entries with outlines
        self._counts: list[int] = []  # how many each of those has
        self._room = _POINTS_AT_ONCE

    def add(self, entry: bytes, number: object, run: object, position: object) -> None:
        """Add an entry; see `Spool.add`."""
        if type(position) is int:
            self._positions[len(self._entries)] = position
        self._append(msgspec.Raw(entry), number, run)

    def add_usual(self, parts: Parts, image_id: int, number: int, category_id: int, run: object) -> None:
        """Add the entry of a usual object, to the file of a task whose entries say whether they are a crowd.

        Args:
            parts: The object.
            image_id: The id of its image.
            number: Its own id.
            category_id: The id of its category.
            run: The run of ids that it lies in.
        """
        first, bbox, polygons = parts.first, parts.bbox, parts.polygons
        entry: JsonObject = {"image_id": image_id}
        if first.id:
            entry["id"] = number
        entry["category_id"] = category_id
        entry["segmentation"] = []
        entry["bbox"] = None if bbox is None else [bbox.x, bbox.y, bbox.w, bbox.h]
        entry["iscrowd"] = 1 if first.attributes.get(IS_CROWD) else 0
        entry["area"] = None if bbox is None else bbox.w * bbox.h
        if not first.id:
            entry["id"] = number
        if polygons:
            self._owners.append(len(self._entries))
            self._counts.append(len(polygons))
            for polygon in polygons:
                self._outlines.append(polygon.points)
                self._room -= len(polygon.points)
        self._append(entry, number, run)

    def flush(self) -> Spool:
        """Hand on all that were added; return the spool."""
        if self._entries:
            if self._owners:
                self._add_outlines()
            self._spool.add_lines(_encode_lines(self._entries), self._numbers, self._runs, self._positions)
            self._clear()
        return self._spool

    def _append(self, entry: JsonObject | msgspec.Raw, number: object, run: object) -> None:
        self._entries.append(entry)
        self._numbers.append(order.sort_id(number))
        self._runs.append(order.sort_id(run))
        if len(self._entries) >= _ENTRIES_AT_ONCE or self._room < 0:
            self.flush()

    def _add_outlines(self) -> None:
        """Add to entries what follows from their outlines."""
        parts = self._outlines
        try:
            points = np.concatenate(parts, dtype=np.float64, casting="no")
        except (TypeError, ValueError):  # somebody has put other arrays in place of the points
            points = np.zeros((0, 0))
        if points.shape[1:] != (2,):
            first = 0
            for place, count in zip(self._owners, self._counts, strict=True):
                self._add_odd(place, [part.reshape(-1).tolist() for part in parts[first : first + count]])
                first += count
            return
        edges = [0, *accumulate(map(len, parts))]
        numbers = points.reshape(-1).tolist()
        outlines = [numbers[2 * start : 2 * stop] for start, stop in pairwise(edges)]
        boxes, areas = measure_objects(points, edges, self._counts)
        odd = self._odd_owners(points, edges)
        first = 0
        for place, count, box, area in zip(self._owners, self._counts, boxes, areas, strict=True):
            own = outlines[first : first + count]
            first += count
            if place in odd or not (is_plain_float(area) and is_plain_float(box[2]) and is_plain_float(box[3])):
                self._add_odd(place, own)
            else:
                self._add_shape(place, own, box, area)

    def _odd_owners(self, points: np.ndarray, edges: list[int]) -> set[int]:
        """Return the places of entries with a number that is not plain."""
        odd = np.flatnonzero(~are_plain_floats(points).all(axis=1))
        if not len(odd):
            return set()
        outlines = np.searchsorted(edges, odd, "right") - 1
        owners = np.repeat(self._owners, self._counts)[outlines]
        return set(owners.tolist())

    def _add_odd(self, place: int, outlines: list[list[float]]) -> None:
        """Add to an entry what follows from its outlines, and encode it, by itself."""
        box, area = measure_outlines(outlines)
        self._add_shape(place, outlines, None if box is None else [*box], area)
        self._entries[place] = msgspec.Raw(encode(self._entries[place]))

    def _add_shape(self, place: int, outlines: list[list[float]], box: list[float] | None, area: float) -> None:
        entry: Any = self._entries[place]
        entry["segmentation"] = outlines
        if entry["bbox"] is None:
            entry["bbox"] = box
        entry["area"] = area
