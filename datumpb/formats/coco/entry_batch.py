"""The entries of one file, some at a time: what follows from outlines is computed, and JSON written, for all together.

A short cut for the usual object, not a rule of its own: `objects.entry_of` and `jsonvalues.encode` make the same bytes
of it, and of all others, too.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

import msgspec
import numpy as np

from datumpb.formats.coco.decimal_text import texts_of
from datumpb.formats.coco.jsonvalues import JsonObject, are_plain_floats, encode, is_plain_float
from datumpb.formats.coco.objects import IS_CROWD, Parts
from datumpb.formats.coco.order import INT64_LIMIT, sort_id
from datumpb.model.annotations import Bbox, Polygon
from datumpb.model.geometry import measure_outlines
from datumpb.model.many_outlines import measure_objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SHAPES = frozenset({Polygon, Bbox})
_ENTRIES_AT_ONCE = 1 << 8
_POINTS_AT_ONCE = 1 << 14

_Outline = TypeVar("_Outline", list[float], bytes)
_Measured: TypeAlias = tuple[list[list[float]] | msgspec.Raw, list[float], float, bool]
"""Outlines, their box, the sum of their areas, and whether all of these numbers are plain."""

_encode_lines = msgspec.json.Encoder().encode_lines


def is_usual(parts: Parts) -> bool:
    """Tell whether an object is outlines or a box or both, and has no attribute but whether it is a crowd."""
    first, bbox = parts.first, parts.bbox
    if type(first) not in _SHAPES or parts.mask is not None or parts.points is not None:
        return False
    if type(first.id) is not int or not -INT64_LIMIT <= first.id < INT64_LIMIT:
        return False
    attributes = first.attributes
    if attributes and (len(attributes) > 1 or type(attributes.get(IS_CROWD)) is not bool):
        return False
    for polygon in parts.polygons:
        if not len(polygon.points):
            return False
    return bbox is None or all(map(is_plain_float, (bbox.x, bbox.y, bbox.w, bbox.h, bbox.w * bbox.h)))


class EntryList(Protocol):
    """A list that takes some entries at a time."""

    def add_lines(self, lines: bytes, numbers: list[int], runs: list[int], positions: dict[int, int], /) -> object:
        """Add some entries; see `Spool.add_lines`."""
        ...


class EntryBatch:
    """Takes entries, and hands them on to a list some at a time."""

    def __init__(self, entries: EntryList) -> None:
        """Begin with none."""
        self._list = entries
        self._clear()

    def _clear(self) -> None:
        self._entries: list[msgspec.Raw | Parts] = []
        self._image_ids: list[int] = []
        self._category_ids: list[int] = []
        self._numbers: list[int] = []
        self._runs: list[int] = []
        self._positions: dict[int, int] = {}
        self._room = _POINTS_AT_ONCE

    def add(self, entry: bytes, number: object, run: object, position: object) -> None:
        """Add an entry that is encoded; see `Spool.add`."""
        if type(position) is int:
            self._positions[len(self._entries)] = position
        self._add([msgspec.Raw(entry)], [0], [0], [sort_id(number)], run)

    def add_usual(
        self, objects: Sequence[Parts], image_id: int, numbers: Sequence[int], category_ids: Sequence[int], run: object
    ) -> None:
        """Add the entries of usual objects of an image, to a file of one of the `CROWD_TASKS`.

        Args:
            objects: The objects.
            image_id: The id of the image.
            numbers: The id of each.
            category_ids: The id of the category of each.
            run: The run of ids that they lie in.
        """
        self._room -= sum([len(polygon.points) for parts in objects for polygon in parts.polygons])
        self._add(objects, [image_id] * len(objects), category_ids, numbers, run)

    def _add(
        self,
        entries: Sequence[msgspec.Raw | Parts],
        image_ids: Sequence[int],
        category_ids: Sequence[int],
        numbers: Sequence[int],
        run: object,
    ) -> None:
        self._entries += entries
        self._image_ids += image_ids
        self._category_ids += category_ids
        self._numbers += numbers
        self._runs += [sort_id(run)] * len(entries)
        if len(self._entries) >= _ENTRIES_AT_ONCE or self._room < 0:
            self.flush()

    def flush(self) -> None:
        """Hand on all that were added."""
        if self._entries:
            self._list.add_lines(_encode_lines(self._lines()), self._numbers, self._runs, self._positions)
            self._clear()

    def _lines(self) -> list[msgspec.Raw | JsonObject]:
        """Return all entries, as they are to be encoded."""
        outlined = [entry for entry in self._entries if isinstance(entry, Parts) and entry.polygons]
        measured = _measured(outlined) if outlined else iter(())
        lines: list[msgspec.Raw | JsonObject] = []
        rows = zip(self._entries, self._image_ids, self._category_ids, self._numbers, strict=True)
        for parts, image_id, category_id, number in rows:
            if isinstance(parts, msgspec.Raw):
                lines.append(parts)
                continue
            first, bbox = parts.first, parts.bbox
            outlines, box, area, is_plain = next(measured) if parts.polygons else _NOTHING
            if bbox is not None:
                box = [bbox.x, bbox.y, bbox.w, bbox.h]
                area = area if parts.polygons else bbox.w * bbox.h
            entry = {
                "image_id": image_id,
                "id": number,
                "category_id": category_id,
                "segmentation": outlines,
                "bbox": box,
                "iscrowd": 1 if first.attributes.get(IS_CROWD) else 0,
                "area": area,
            }
            if not first.id:  # it is given one, which stands last
                del entry["id"]
                entry["id"] = number
            lines.append(entry if is_plain else msgspec.Raw(encode(entry)))
        return lines


_NOTHING: _Measured = [], [], 0.0, True


def _measured(objects: Sequence[Parts]) -> Iterator[_Measured]:
    """Return what follows from the outlines of objects, each of which has some."""
    shapes = [polygon.points for parts in objects for polygon in parts.polygons]
    counts = [len(parts.polygons) for parts in objects]
    try:
        points = np.concatenate(shapes, dtype=np.float64, casting="no")
    except (TypeError, ValueError):  # somebody has put other arrays in place of the points
        points = np.zeros((0, 0))
    if points.shape[1:] != (2,):
        return map(_measured_alone, _grouped([shape.reshape(-1).tolist() for shape in shapes], counts))
    edges = [0, *accumulate(map(len, shapes))]
    boxes, areas = measure_objects(points, edges, counts)
    plain = are_plain_floats(boxes).all(axis=1) & are_plain_floats(np.array(areas))
    plain[_odd_objects(points, edges, counts)] = False
    corners, bounds = points.reshape(-1), [2 * edge for edge in edges]
    texts = texts_of(corners, bounds) if plain.all() else None
    if texts is not None:
        encoded = [msgspec.Raw(b"[[" + b"],[".join(own) + b"]]") for own in _grouped(texts, counts)]
        return zip(encoded, boxes.tolist(), areas, plain.tolist(), strict=True)
    numbers = corners.tolist()
    outlines = _grouped([numbers[start:stop] for start, stop in pairwise(bounds)], counts)
    measured = zip(outlines, boxes.tolist(), areas, plain.tolist(), strict=True)
    return (each if each[-1] else _measured_alone(each[0]) for each in measured)


def _grouped(outlines: list[_Outline], counts: Sequence[int]) -> list[list[_Outline]]:
    """Return the outlines of each object."""
    if len(outlines) == len(counts):
        return [[outline] for outline in outlines]
    grouped, first = [], 0
    for count in counts:
        grouped.append(outlines[first : first + count])
        first += count
    return grouped


def _measured_alone(outlines: list[list[float]]) -> _Measured:
    box, area = measure_outlines(outlines)
    return outlines, [*(box or ())], area, False


def _odd_objects(points: np.ndarray, edges: Sequence[int], counts: Sequence[int]) -> np.ndarray:
    """Return the places of objects with a number that is not plain."""
    plain = are_plain_floats(points)
    if plain.all():
        return np.zeros(0, np.int64)
    outlines = np.searchsorted(edges, np.flatnonzero(~plain) // 2, "right") - 1
    return np.repeat(np.arange(len(counts)), counts)[outlines]
