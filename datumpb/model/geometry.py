"""What follows from shapes and is therefore not stored: their extent as a box, and their area.

A box is (x, y, width, height) as in COCO. Coordinates given with few decimals have a width with few decimals, too; so
the width is rounded to the decimals of the coordinates, which takes away the noise of subtracting binary fractions.
"""

from __future__ import annotations

import math
from operator import mul
from typing import TYPE_CHECKING

from datumpb.model import rle
from datumpb.model.annotations import (
    Annotation,
    Bbox,
    Cuboid2d,
    Ellipse,
    Mask,
    Points,
    Polygon,
    PolyLine,
    RotatedBbox,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Box = tuple[float, float, float, float]

AREAS = (Polygon, Mask, Ellipse, RotatedBbox)
"""The shapes that say which pixels an object covers; a box says no more than how far it reaches."""


def box_of_corners(left: float, top: float, right: float, bottom: float) -> Box:
    """Make a box of its corners, rounded to their decimals."""
    decimals = _decimals(left, top, right, bottom)
    width, height = right - left, bottom - top
    if decimals is None:
        return left, top, width, height
    return left, top, round(width, decimals), round(height, decimals)


def polygon_area(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Return the area of a polygon in square pixels, by the shoelace formula; 0 for less than three corners."""
    if not xs:
        return 0.0
    forward = sum(map(mul, xs, [*ys[1:], ys[0]]))
    backward = sum(map(mul, ys, [*xs[1:], xs[0]]))
    return abs(float(forward) - float(backward)) / 2


def polygons_area(polygons: Iterable[Polygon]) -> float:
    """Return the sum of the areas of polygons in square pixels."""
    return sum((polygon_area(*polygon.points.T.tolist()) for polygon in polygons), 0.0)


def measure_outlines(outlines: Sequence[Sequence[float]]) -> tuple[Box | None, float]:
    """Return the box around polygons, as `bbox_of` does, and the sum of their areas in square pixels.

    Args:
        outlines: The polygons, each as x, y, x, y, ... in pixels.
    """
    areas, lefts, tops, rights, bottoms = [], [], [], [], []
    for numbers in outlines:
        xs, ys = numbers[::2], numbers[1::2]
        if xs:
            areas.append(polygon_area(xs, ys))
            lefts.append(min(xs))
            tops.append(min(ys))
            rights.append(max(xs))
            bottoms.append(max(ys))
    box = box_of_corners(min(lefts), min(tops), max(rights), max(bottoms)) if lefts else None
    return box, sum(areas, 0.0)


def mask_area(mask: Mask) -> int:
    """Return the number of pixels that are set.

    Raises:
        InvalidItemError: The runs do not fit the mask's size.
    """
    return rle.area(rle.checked_runs(mask.counts, mask.height, mask.width))


def area_of(annotations: Iterable[Annotation]) -> float:
    """Return the area of one object in square pixels, given by all of its shapes.

    The sum of what polygons, masks, ellipses and turned boxes cover; where it has none of them, that of its box (see
    `bbox_of`), and 0 where it has no box either.

    Raises:
        InvalidItemError: A mask's runs do not fit its size.
    """
    shapes = list(annotations)
    filled = [shape for shape in shapes if isinstance(shape, AREAS)]
    if not filled:
        box = bbox_of(shapes)
        return 0.0 if box is None else box[2] * box[3]
    area = polygons_area(shape for shape in filled if isinstance(shape, Polygon))
    for shape in filled:
        if isinstance(shape, Mask):
            area += mask_area(shape)
        elif isinstance(shape, Ellipse):
            area += math.pi / 4 * abs((shape.x2 - shape.x1) * (shape.y2 - shape.y1))
        elif isinstance(shape, RotatedBbox):
            area += abs(shape.w * shape.h)
    return area


def extent(annotation: Annotation) -> Box | None:
    """Return the box around one shape; None where it has no extent, as a label or an empty mask.

    Raises:
        InvalidItemError: A mask's runs do not fit its size.
    """
    if isinstance(annotation, Bbox):
        return annotation.x, annotation.y, annotation.w, annotation.h
    corners = corners_of(annotation)
    return None if corners is None else box_of_corners(*corners)


def bbox_of(annotations: Iterable[Annotation]) -> Box | None:
    """Return the box of one object, given by all of its shapes: its Bbox where it has one, else the shapes' extent.

    Keypoints define no box, as they need not reach an object's edge. None where nothing does.

    Raises:
        InvalidItemError: A mask's runs do not fit its size.
    """
    shapes = list(annotations)
    for shape in shapes:
        if isinstance(shape, Bbox):
            return shape.x, shape.y, shape.w, shape.h
    found = [corners_of(shape) for shape in shapes if not isinstance(shape, Points)]
    boxes = [corners for corners in found if corners is not None]
    if not boxes:
        return None
    left, top, right, bottom = zip(*boxes, strict=True)
    return box_of_corners(min(left), min(top), max(right), max(bottom))


def rotated_corners(box: RotatedBbox) -> list[tuple[float, float]]:
    """Return the four corners of a turned box, clockwise as seen, from the one that is top left before turning."""
    cos, sin = math.cos(math.radians(box.r)), math.sin(math.radians(box.r))
    across, down = (box.w / 2 * cos, box.w / 2 * sin), (-box.h / 2 * sin, box.h / 2 * cos)
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    return [(box.cx + a * across[0] + d * down[0], box.cy + a * across[1] + d * down[1]) for a, d in signs]


def rotated_box_of(corners: Sequence[tuple[float, float]], tolerance: float) -> RotatedBbox | None:
    """Return the turned box that four corners are of, in either direction; None where they are of none.

    Args:
        corners: The corners, in pixels.
        tolerance: How far a corner may be from the box's, in pixels.
    """
    first, second, third, fourth = corners
    turn = (second[0] - first[0]) * (third[1] - second[1]) - (second[1] - first[1]) * (third[0] - second[0])
    if turn < 0:
        second, fourth = fourth, second
    across = (second[0] - first[0] + third[0] - fourth[0]) / 2, (second[1] - first[1] + third[1] - fourth[1]) / 2
    down = (fourth[0] - first[0] + third[0] - second[0]) / 2, (fourth[1] - first[1] + third[1] - second[1]) / 2
    xs, ys = zip(*corners, strict=True)
    angle = math.degrees(math.atan2(across[1], across[0]))
    box = RotatedBbox(sum(xs) / 4, sum(ys) / 4, math.hypot(*across), math.hypot(*down), angle)
    ordered = (first, second, third, fourth)
    far = max(math.dist(given, found) for given, found in zip(ordered, rotated_corners(box), strict=True))
    return box if far <= tolerance else None


def corners_of(shape: Annotation) -> Box | None:
    """Return the left, top, right and bottom ends of a shape; None where it has no extent, or is a Bbox.

    Raises:
        InvalidItemError: A mask's runs do not fit its size.
    """
    if isinstance(shape, Polygon | PolyLine | Points | Cuboid2d):
        if not len(shape.points):
            return None
        xs, ys = shape.points.T.tolist()
        return min(xs), min(ys), max(xs), max(ys)
    if isinstance(shape, Mask):
        box = rle.box(rle.checked_runs(shape.counts, shape.height, shape.width), shape.height)
        return None if box is None else (box[0], box[1], box[0] + box[2], box[1] + box[3])
    if isinstance(shape, Ellipse):
        return min(shape.x1, shape.x2), min(shape.y1, shape.y2), max(shape.x1, shape.x2), max(shape.y1, shape.y2)
    if isinstance(shape, RotatedBbox):
        cos, sin = abs(math.cos(math.radians(shape.r))), abs(math.sin(math.radians(shape.r)))
        half_width, half_height = (shape.w * cos + shape.h * sin) / 2, (shape.w * sin + shape.h * cos) / 2
        return shape.cx - half_width, shape.cy - half_height, shape.cx + half_width, shape.cy + half_height
    return None


def _decimals(*values: float) -> int | None:
    """Return the fewest decimals that give every number back; None where it takes more than repr writes out."""
    most = 0
    for text in map(repr, values):
        if "e" in text or "n" in text:
            return None
        fraction = text.partition(".")[2]
        if fraction != "0" and len(fraction) > most:
            most = len(fraction)
    return most
