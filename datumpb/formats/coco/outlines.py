"""The usual entry of COCO's annotations, read quickly: outlines, and a box and an area that follow from them.

A short cut, not a rule of its own: `shapes` makes the same annotations of such an entry, and of all others, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, compress, pairwise
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import numpy as np

from datumpb.formats.coco.difference import AREA_TOLERANCE, same_area
from datumpb.formats.coco.objects import IS_CROWD
from datumpb.formats.coco.order import INT64_LIMIT
from datumpb.formats.coco.parsing import NOT_READ
from datumpb.model.annotations import Polygon
from datumpb.model.geometry import measure_outlines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_new = object.__new__
_EXACT = 2.0**53  # below, each whole number is a float of its own
_SCALES = (1.0, 10.0, 100.0, 1000.0)
_MAX_SCALED = 2.0**40  # far from where the noise of a difference reaches half of the last decimal
_MIN_SHOWN = 1e-4  # smaller ones are written with an exponent
_ROUNDING = 2.0**-51  # of an addition and a multiplication, doubled


class _Usual(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """An entry that has the usual keys, with values of the usual types."""

    id: Annotated[int, msgspec.Meta(ge=-INT64_LIMIT, le=INT64_LIMIT - 1)]
    image_id: int
    category_id: int
    segmentation: list[list[float]] | dict[str, msgspec.Raw]
    bbox: tuple[float, float, float, float]
    area: float
    iscrowd: Literal[0, 1]


_ENTRY = msgspec.json.Decoder(_Usual)
_ENTRIES = msgspec.json.Decoder(list[_Usual])


def polygons_of_entries(entries: Sequence[bytes], labels: Mapping[int, int]) -> list[list[Polygon] | None]:
    """Make the polygons of entries that have nothing but what they tell; None in place of any other.

    Args:
        entries: The entries in JSON; the ids of their images are known to be right.
        labels: The label of each category that they may have.
    """
    made: list[list[Polygon] | None] = [None] * len(entries)
    usual, places = [], []
    for place, entry in enumerate(_read(entries)):
        if entry is not None and entry.id and entry.category_id in labels and type(entry.segmentation) is list:
            usual.append(entry)
            places.append(place)
    outlines = _Outlines.of(usual)
    if not outlines.are_whole.all():
        kept = outlines.are_whole.tolist()
        usual, places = [*compress(usual, kept)], [*compress(places, kept)]
        outlines = _Outlines.of(usual)
    if not usual:
        return made
    first = 0
    points, edges = outlines.points, outlines.stops.tolist()
    measured = zip(usual, places, outlines.counts.tolist(), _tell_all(usual, outlines), strict=True)
    for entry, place, count, tells_all in measured:
        if tells_all:
            start, stop = edges[first], edges[first + count]
            own = points[start:stop].copy()  # who keeps one keeps nothing of others
            label = labels[entry.category_id]
            if count == 1:
                made[place] = [_polygon(entry, label, own)]
            else:
                ends = pairwise(edges[first : first + count + 1])
                made[place] = [_polygon(entry, label, own[begin - start : end - start]) for begin, end in ends]
        first += count
    return made


def _polygon(entry: _Usual, label: int, points: np.ndarray) -> Polygon:
    """Make a polygon without its constructor, as all of it is known to be right."""
    polygon = _new(Polygon)
    polygon.points = points
    polygon.id = entry.id
    polygon.group = polygon.z_order = 0
    polygon.label = label
    polygon.object_id = None
    polygon.attributes = {IS_CROWD: entry.iscrowd == 1}
    return polygon


def _read(entries: Sequence[bytes]) -> Sequence[_Usual | None]:
    """Parse entries, all together where they are as usual; None in place of one that is not."""
    try:
        found = _ENTRIES.decode(b"[" + b",".join(entries) + b"]")
    except NOT_READ:
        return [*map(_read_one, entries)]
    return found if len(found) == len(entries) else [None] * len(entries)


def _read_one(entry: bytes) -> _Usual | None:
    try:
        return _ENTRY.decode(entry)
    except NOT_READ:
        return None


@dataclass(frozen=True, slots=True)
class _Outlines:
    """The outlines of some entries.

    Attributes:
        points: The corners of all of them, (N, 2) float64.
        stops: Where each outline begins and ends, (M + 1,).
        counts: How many outlines each entry has.
        are_whole: Whether each entry has outlines, and all of them corners of two numbers. The other attributes are
            of use only where all are.
    """

    points: np.ndarray
    stops: np.ndarray
    counts: np.ndarray
    are_whole: np.ndarray

    @classmethod
    def of(cls, entries: Sequence[_Usual]) -> _Outlines:
        segmentations: list[list[list[float]]] = [entry.segmentation for entry in entries]  # type: ignore[misc]  # lists
        counts = np.fromiter(map(len, segmentations), np.int64, len(segmentations))
        parts = [*chain.from_iterable(segmentations)]
        sizes = np.fromiter(map(len, parts), np.int64, len(parts))
        odd = np.append(0, ((sizes == 0) | (sizes & 1 == 1)).cumsum())
        ends = counts.cumsum()
        are_whole = (counts > 0) & (odd[ends] == odd[ends - counts])
        count = int(sizes.sum())
        points = np.fromiter(chain.from_iterable(parts), np.float64, count)[: count // 2 * 2].reshape(-1, 2)
        return cls(points, np.append(0, sizes.cumsum() // 2), counts, are_whole)


def _tell_all(entries: Sequence[_Usual], outlines: _Outlines) -> list[bool]:
    """Tell of each entry whether its box and area are those that its outlines are written with."""
    boxes, areas, bounds, furthest = _measure(outlines.points, outlines.stops, outlines.counts)
    count = len(entries)
    given = np.fromiter(chain.from_iterable([entry.bbox for entry in entries]), np.float64, 4 * count).reshape(-1, 4)
    given_areas = np.fromiter([entry.area for entry in entries], np.float64, count)
    # Beyond, what was read as a float may be another whole number in the file.
    exact = (np.abs(given) < _EXACT).all(axis=1) & (np.abs(given_areas) < _EXACT) & (furthest < _EXACT)
    with np.errstate(all="ignore"):
        same = exact & (boxes == given).all(axis=1) & (np.abs(areas - given_areas) + bounds <= AREA_TOLERANCE)
    tell_all: list[bool] = same.tolist()
    for place in np.flatnonzero(exact & ~same).tolist():
        tell_all[place] = _follows(entries[place])
    return tell_all


def _follows(entry: _Usual) -> bool:
    box, area = measure_outlines(entry.segmentation)  # type: ignore[arg-type]  # a list
    return box == entry.bbox and same_area(area, entry.area)


def _measure(points: np.ndarray, stops: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return what `measure_outlines` does for many objects at once, as far as that is certain.

    Args:
        points: The corners of all outlines, (N, 2).
        stops: Where each outline begins and ends, (M + 1,).
        counts: How many outlines each object has.

    Returns:
        The boxes, NaN where their decimals are not clear; the areas; how far those may be from the other ones; and the
        coordinates that are furthest from 0.
    """
    first = counts.cumsum() - counts  # outline of each object
    starts = stops[:-1]
    begins = starts[first]
    with np.errstate(all="ignore"):  # NaN and the infinities end up in boxes that equal nothing
        low, high = np.minimum.reduceat(points, begins), np.maximum.reduceat(points, begins)
        corners = np.concatenate((low, high), axis=1)
        size = np.full(low.shape, np.nan)
        clear = (np.abs(corners) >= _MIN_SHOWN) | (corners == 0)
        open_ = clear.all(axis=1)
        for scale in _SCALES:
            scaled = np.rint(corners * scale)
            exact = open_ & (scaled / scale == corners).all(axis=1) & (np.abs(scaled) < _MAX_SCALED).all(axis=1)
            size[exact] = (scaled[exact, 2:] - scaled[exact, :2]) / scale
            open_ &= ~exact
        following = np.arange(1, len(points) + 1)
        following[stops[1:] - 1] = starts
        ahead = points[:, 0] * points[following, 1]
        back = points[:, 1] * points[following, 0]
        twice = np.abs(np.add.reduceat(ahead, starts) - np.add.reduceat(back, starts))
        areas = np.add.reduceat(twice, first) / 2
        sums = np.add.reduceat(np.abs(ahead) + np.abs(back), begins)
        numbers = np.diff(np.append(begins, len(points)))
        bounds = sums * numbers * _ROUNDING
    return np.concatenate((low, size), axis=1), areas, bounds, np.abs(corners).max(axis=1)
