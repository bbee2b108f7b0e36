"""Shapes to pixels: which pixels of a picture an outline, box, ellipse or mask covers.

Outlines are filled as COCO's tools fill them, so that a drawn polygon is the mask that others train with.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from pycocotools import mask as coco

from datumpb.errors import InvalidItemError
from datumpb.model import rle
from datumpb.model.annotations import Annotation, Bbox, Ellipse, Mask, Polygon, RotatedBbox
from datumpb.model.geometry import rotated_corners

_LEAST_CORNERS = 3
_MARGIN = 1 << 12
_LONGEST = 1 << 22


def draw(annotation: Annotation, height: int, width: int) -> np.ndarray:
    """Return the pixels that a shape covers, (height, width) bool.

    A pixel of an ellipse is covered where its centre is inside; outlines and boxes follow pycocotools, to which they
    are given in float64. A polygon of fewer than three corners covers nothing; where its outline crosses itself, what
    is inside twice is outside. What is beyond the picture is cut off.

    Args:
        annotation: A Polygon, Ellipse, RotatedBbox, Bbox or Mask.
        height: Of the picture, in pixels.
        width: Of the picture, in pixels.

    Raises:
        InvalidItemError: The annotation has no area, a coordinate is not finite, a mask is damaged or of another size,
            an outline is too long to follow, or the picture is too large.
    """
    if height < 0 or width < 0 or height * width > rle.MAX_BITMAP_PIXELS:
        message = f"a picture of {height} x {width} pixels cannot be drawn into"
        raise InvalidItemError(message)
    if isinstance(annotation, Mask):
        if (annotation.height, annotation.width) != (height, width):
            message = f"a mask of {annotation.height} x {annotation.width} does not fit a picture of {height} x {width}"
            raise InvalidItemError(message)
        return rle.to_bitmap(annotation.counts, height, width)
    if isinstance(annotation, Ellipse):
        return _ellipse(annotation, height, width)
    if isinstance(annotation, Polygon):
        return _outline(annotation.points, height, width)
    if isinstance(annotation, RotatedBbox):
        _check_finite(np.array([annotation.cx, annotation.cy, annotation.w, annotation.h, annotation.r]))
        return _outline(np.array(rotated_corners(annotation)), height, width)
    if isinstance(annotation, Bbox):
        left, top, right, bottom = annotation.x, annotation.y, annotation.x + annotation.w, annotation.y + annotation.h
        return _outline(np.array([(left, top), (left, bottom), (right, bottom), (right, top)]), height, width)
    message = f"an annotation of type {type(annotation).__name__} has no area to draw"
    raise InvalidItemError(message)


def _check_finite(numbers: np.ndarray) -> None:
    if not np.isfinite(numbers).all():
        message = "a shape with a coordinate that is not finite cannot be drawn"
        raise InvalidItemError(message)


def _outline(points: np.ndarray, height: int, width: int) -> np.ndarray:
    _check_finite(points)
    # What is far outside is cut off before: pycocotools would overflow, or walk along all of it.
    for axis, size in ((0, width), (1, height)):
        points = _cut(_cut(points, axis, size + _MARGIN, 1), axis, -_MARGIN, -1)
    if len(points) < _LEAST_CORNERS or not height or not width:
        return np.zeros((height, width), bool)
    steps = np.abs(points - np.roll(points, -1, axis=0)).max(axis=1)
    if steps.sum() > _LONGEST:
        message = f"an outline that is longer than {_LONGEST} pixels is not drawn"
        raise InvalidItemError(message)
    counts = coco.frPyObjects([points.reshape(-1).tolist()], height, width)[0]["counts"]
    assert isinstance(counts, bytes)
    return rle.to_bitmap(counts, height, width)  # pycocotools' own decoding makes NumPy 2 warn


def _cut(points: np.ndarray, axis: int, edge: float, sign: int) -> np.ndarray:
    """Cut a closed outline at a straight line, and keep what is on its inner side (Sutherland and Hodgman)."""
    inside = sign * points[:, axis] <= sign * edge
    if inside.all():
        return points
    kept: list[np.ndarray] = []
    for index in range(len(points)):
        if inside[index] != inside[index - 1]:
            kept.append(_crossing(points[index - 1], points[index], axis, edge))
        if inside[index]:
            kept.append(points[index])
    return np.array(kept).reshape(-1, 2)


def _crossing(first: np.ndarray, second: np.ndarray, axis: int, edge: float) -> np.ndarray:
    """Return where a line crosses another, by fractions: floats lose what is near when they reach far."""
    start, end = ([Fraction(number) for number in point.tolist()] for point in (first, second))
    part = (Fraction(edge) - start[axis]) / (end[axis] - start[axis])
    return np.array([float(a + (b - a) * part) for a, b in zip(start, end, strict=True)])


def _ellipse(shape: Ellipse, height: int, width: int) -> np.ndarray:
    _check_finite(np.array([shape.x1, shape.y1, shape.x2, shape.y2]))
    across = _offsets(shape.x1, shape.x2, width)
    down = _offsets(shape.y1, shape.y2, height)
    return np.asarray(across[None, :] <= 1 - down[:, None])  # no sum of all pixels in float64


def _offsets(first: float, second: float, size: int) -> np.ndarray:
    """Return how far the centres of a row's pixels are from an ellipse's centre: squared, 1 at its edge."""
    centre, radius = first / 2 + second / 2, abs(second / 2 - first / 2)
    if not radius:
        return np.full(size, np.inf)
    with np.errstate(over="ignore"):  # far away is far away
        return np.asarray(((np.arange(size) + 0.5 - centre) / radius) ** 2)
