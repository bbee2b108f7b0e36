"""What `geometry.measure_outlines` tells of one object, told of many at once: the same numbers to the last bit."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from datumpb.model.geometry import box_of_corners

if TYPE_CHECKING:
    from collections.abc import Sequence

_SCALES = (100.0, 1000.0)  # two decimals are the most frequent; whoever has fewer has these, too
_MAX_SCALED = 2.0**40  # far from where the noise of a difference reaches half of the last decimal


def measure_objects(points: np.ndarray, edges: Sequence[int], counts: Sequence[int]) -> tuple[np.ndarray, list[float]]:
    """Return the box (x, y, width, height) of each object, (N, 4), and the sum of the areas of its outlines.

    Args:
        points: The corners of all outlines, (N, 2) float64. Of an object with NaN, an infinity, -0.0 or a number other
            than 0 below 1e-4, box and area may be others than those of `measure_outlines`.
        edges: Where each outline begins, and the last one ends; none is empty.
        counts: How many outlines each object has, at least one.
    """
    with np.errstate(all="ignore"):  # whoever asks does without what comes of NaN and the infinities
        boxes = _boxes(points, edges, counts)
        own = _areas(points, edges)
    if len(own) == len(counts):
        return boxes, own
    areas, first = [], 0
    for count in counts:
        areas.append(own[first] if count == 1 else sum(own[first : first + count], 0.0))
        first += count
    return boxes, areas


def _areas(points: np.ndarray, edges: Sequence[int]) -> list[float]:
    """Return the area of each outline; numpy would add in another order, so Python adds."""
    starts, stops = np.array(edges[:-1]), np.array(edges[1:])
    following = np.arange(1, len(points) + 1)
    following[stops - 1] = starts
    ahead = (points[:, 0] * points[following, 1]).tolist()
    back = (points[:, 1] * points[following, 0]).tolist()
    return [abs(sum(ahead[start:stop]) - sum(back[start:stop])) / 2 for start, stop in pairwise(edges)]


def _boxes(points: np.ndarray, edges: Sequence[int], counts: Sequence[int]) -> np.ndarray:
    counted = np.array(counts)
    begins = np.array(edges)[counted.cumsum() - counted]
    xs, ys = np.ascontiguousarray(points.T)
    least, most = np.minimum.reduceat, np.maximum.reduceat
    corners = np.stack((least(xs, begins), least(ys, begins), most(xs, begins), most(ys, begins)), axis=1)
    boxes = np.concatenate((corners[:, :2], np.empty((len(counts), 2))), axis=1)
    left = np.arange(len(counts))  # whose number of decimals is still to be found
    for scale in _SCALES:
        own = corners[left]
        scaled = np.rint(own * scale)
        # Whole numbers as small as these are exact, and so is their difference: dividing rounds once, as `round` does.
        exact = ((scaled / scale == own) & (np.abs(scaled) < _MAX_SCALED)).all(axis=1)
        boxes[left[exact], 2:] = (scaled[exact, 2:] - scaled[exact, :2]) / scale
        left = left[~exact]
        if not len(left):
            return boxes
    for place, own_corners in zip(left.tolist(), corners[left].tolist(), strict=True):
        boxes[place] = box_of_corners(*own_corners)
    return boxes
