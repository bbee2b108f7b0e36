"""The usual entry of COCO's annotations, read quickly: outlines, and a box and an area that follow from them.

A short cut, not a rule of its own: `shapes` makes the same annotations of such an entry, and of all others, too.
"""

from __future__ import annotations

from array import array
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from datumpb.formats.coco.difference import AREA_TOLERANCE, same_area
from datumpb.formats.coco.objects import IS_CROWD
from datumpb.formats.coco.order import INT64_LIMIT
from datumpb.model.annotations import Polygon
from datumpb.model.geometry import measure_outlines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.formats.coco.jsonvalues import JsonObject

_KEYS = frozenset({"id", "image_id", "category_id", "segmentation", "bbox", "area", "iscrowd"})
_FLOATS = frozenset({float})
_NUMBERS = frozenset({int, float})
_EXACT = 1 << 53  # so far, every whole number is a float, too
_SCALES = (1.0, 10.0, 100.0, 1000.0)
_MAX_SCALED = 2.0**40  # far from where the noise of a difference reaches half of the last decimal
_MIN_SHOWN = 1e-4  # smaller ones are written with an exponent
_ROUNDING = 2.0**-51  # of an addition and a multiplication, doubled


def polygons_of_entries(entries: Sequence[JsonObject], labels: Sequence[int]) -> list[list[Polygon] | None]:
    """Make the polygons of entries that have nothing but what they tell; None in place of any other.

    Args:
        entries: The entries; their images and categories are known to be right.
        labels: The labels of their categories.
    """
    outlines = [_outlines_of(entry) for entry in entries]
    parts = [part for found in outlines if found is not None for part in found]
    points = np.frombuffer(array("d", [number for part in parts for number in part]), np.float64).reshape(-1, 2)
    stops = np.array([0, *map(len, parts)]).cumsum() // 2
    made: list[list[Polygon] | None] = [None] * len(entries)
    usual = [place for place, found in enumerate(outlines) if found is not None]
    if not usual:
        return made
    counts = np.array([len(outlines[place] or ()) for place in usual])
    boxes, areas, bounds = _measure(points, stops, counts)
    measured = zip(usual, counts.tolist(), boxes.tolist(), areas.tolist(), bounds.tolist(), strict=True)
    first = 0
    edges = stops.tolist()
    for place, count, box, area, bound in measured:
        entry = entries[place]
        same = box == entry["bbox"] and abs(area - entry["area"]) + bound <= AREA_TOLERANCE
        if same or _follows(entry, outlines[place] or ()):
            crowd, label = entry["iscrowd"] == 1, labels[place]
            made[place] = [
                Polygon(points[start:stop].copy(), id=entry["id"], label=label, attributes={IS_CROWD: crowd})
                for start, stop in pairwise(edges[first : first + count + 1])
            ]
        first += count
    return made


def _outlines_of(entry: JsonObject) -> list[list[float]] | None:
    """Return the outlines of an entry that has the usual keys, with values of the usual types; None of any other."""
    if entry.keys() != _KEYS:
        return None
    number, crowd, parts, box = entry["id"], entry["iscrowd"], entry["segmentation"], entry["bbox"]
    if type(number) is not int or not number or not -INT64_LIMIT <= number < INT64_LIMIT:
        return None
    if type(crowd) is not int or crowd not in {0, 1} or type(parts) is not list or type(box) is not list:
        return None
    if not parts or not _NUMBERS.issuperset(map(type, box)) or _floats([entry["area"]]) is None:
        return None
    outlines = []
    for part in parts:
        numbers = _floats(part) if type(part) is list else None
        if not numbers or len(numbers) % 2:
            return None
        outlines.append(numbers)
    return outlines


def _follows(entry: JsonObject, outlines: Sequence[list[float]]) -> bool:
    """Tell whether box and area are those that the outlines are written with."""
    box, area = measure_outlines(outlines)
    return box is not None and [*box] == entry["bbox"] and same_area(area, entry["area"])


def _measure(points: np.ndarray, stops: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what `measure_outlines` does for many objects at once, as far as that is certain.

    Args:
        points: The corners of all outlines, (N, 2).
        stops: Where each outline begins and ends, (M + 1,).
        counts: How many outlines each object has.

    Returns:
        The boxes, NaN where their decimals are not clear; the areas; and how far those may be from the other ones.
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
    return np.concatenate((low, size), axis=1), areas, bounds


def _floats(part: list[Any]) -> list[float] | None:
    """Return numbers as floats; None where one is no number, or may be another as a float."""
    if _FLOATS.issuperset(map(type, part)):
        return part
    if _NUMBERS.issuperset(map(type, part)) and min(part) >= -_EXACT and max(part) <= _EXACT:
        return [*map(float, part)]
    return None
