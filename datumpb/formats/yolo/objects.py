"""An item's annotations, to the lines of its label file; what a line cannot hold is counted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datumpb.dataset.plain_losses import count_fields
from datumpb.errors import InvalidItemError
from datumpb.formats.yolo.labels import TOLERANCE
from datumpb.formats.yolo.numbers import ratio, ratios_of, text
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
from datumpb.model.geometry import Box, bbox_of, box_of_corners, extent, rotated_box_of, rotated_corners

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.dataset.losses import LossReport
    from datumpb.model.item import Item

Corners = list[tuple[float, float]]

_SHAPES = (Polygon, Mask, Bbox, RotatedBbox, Ellipse, Cuboid2d, PolyLine)
_LEAST_CORNERS = 3
_QUADRANGLE = 4
_CROWD = "is_crowd"
_DECIMALS = (6, 8, 10, 12)
_VISIBLE = 2


def is_object(annotation: Annotation, item: Item, label_count: int, losses: LossReport) -> bool:
    """Tell whether an annotation can become a line, or part of one; count it where it cannot."""
    if not isinstance(annotation, (*_SHAPES, Points)):
        losses.add(f"annotation of type {type(annotation).__name__}", item.id)
    elif annotation.label is None:
        losses.add("annotation without a label", item.id)
    elif annotation.label >= label_count:
        losses.add("annotation whose label is not among the categories", item.id)
    elif annotation.attributes.get(_CROWD):
        losses.add("crowd region, which would be learned as one object", item.id)
    else:
        return True
    return False


def objects_of(annotations: list[Annotation]) -> list[list[Annotation]]:
    """Sort annotations into objects: those of one non-zero group and one label are one."""
    groups: dict[tuple[int, int | None] | int, list[Annotation]] = {}
    for index, annotation in enumerate(annotations):
        key = (annotation.group, annotation.label) if annotation.group else index
        groups.setdefault(key, []).append(annotation)
    return list(groups.values())


@dataclass(frozen=True, slots=True)
class LineWriter:
    """Writes the lines of an item.

    Attributes:
        task: What a line says of an object.
        item: The item.
        height: Of its picture, in pixels.
        width: Of its picture, in pixels.
        keypoints: How many keypoints each object has; for the task "pose".
        losses: Counts what is lost.
    """

    task: str
    item: Item
    height: int
    width: int
    keypoints: int
    losses: LossReport

    def lines(self, shapes: list[Annotation]) -> list[str]:
        """Return the lines of one object, most often one.

        Raises:
            InvalidItemError: A coordinate is not finite, or a mask is damaged.
        """
        points = next((shape for shape in shapes if isinstance(shape, Points)), None)
        paired = self.task == "pose" and points is not None and len(shapes) == 2  # noqa: PLR2004 -- with their box
        for shape in shapes:
            self._check_finite(_numbers_of(shape))
            count_fields(shape, self.item, self.losses, group=paired)
            if isinstance(shape, Points) and (self.task != "pose" or shape is not points):
                self._lose("annotation of type Points")
        label = str(shapes[0].label)
        areas = [shape for shape in shapes if not isinstance(shape, Points)]
        if self.task == "segment":
            numbers = self._outlines(areas)
        elif self.task == "obb":
            numbers = self._turned_boxes(areas)
        elif self.task == "pose":
            numbers = self._poses(areas, points)
        else:
            numbers = self._boxes(areas)
        return [" ".join([label, *map(text, line)]) for line in numbers]

    def _lose(self, what: str) -> None:
        self.losses.add(what, self.item.id)

    def _boxes(self, shapes: list[Annotation]) -> list[list[float]]:
        box = bbox_of(shapes)
        boxed = any(isinstance(shape, Bbox) for shape in shapes)
        for index, shape in enumerate(shapes):
            if not isinstance(shape, Bbox):
                kind = type(shape).__name__
                self._lose(f"{kind} beside a box" if boxed else f"{kind}, written as its box")
            elif any(isinstance(other, Bbox) for other in shapes[:index]):
                self._lose("second box of an object")
        if box is None:
            if shapes:
                self._lose("shape without an extent")
            return []
        fitted = self._fit(box)
        return [] if fitted is None else [list(fitted)]

    def _poses(self, shapes: list[Annotation], points: Points | None) -> list[list[float]]:
        if points is None:
            return [box + [0.0] * (3 * self.keypoints) for box in self._boxes(shapes)]
        if not shapes:
            box = extent(points)
            shapes = [] if box is None else [Bbox(*box)]
            self._lose("keypoints without a box, which is made of their extent")
        if len(points.points) > self.keypoints:
            self._lose("object with more keypoints than kpt_shape has")
            return []
        places = self._fit_points([(x, y) for x, y in points.points.tolist()])
        numbers: list[float] = []
        for (x, y), visibility in zip(places, points.visibility.tolist(), strict=True):
            if visibility > _VISIBLE:
                self._lose("visibility of a keypoint that is none of 0, 1 and 2")
            numbers += [ratio(x, self.width), ratio(y, self.height), float(min(visibility, _VISIBLE))]
        if len(places) < self.keypoints:
            self._lose("object with fewer keypoints than kpt_shape has, filled up with zeros")
        numbers += [0.0] * (3 * (self.keypoints - len(places)))
        return [box + numbers for box in self._boxes(shapes)]

    def _outlines(self, shapes: list[Annotation]) -> list[list[float]]:
        polygons = [shape for shape in shapes if isinstance(shape, Polygon)]
        if len(polygons) > 1:
            self._lose("object of several outlines, written as several objects")
        chosen: Sequence[Annotation] = polygons or shapes[:1]
        for shape in shapes:
            if not any(shape is one for one in chosen):
                self._lose(f"{type(shape).__name__} beside an outline")
        lines = []
        for shape in chosen:
            if isinstance(shape, Polygon):
                corners = [(x, y) for x, y in shape.points.tolist()]
                if len(corners) < _LEAST_CORNERS:
                    self._lose("outline of fewer than three corners")
                    continue
            elif isinstance(shape, RotatedBbox):
                self._lose("RotatedBbox, written as its corners")
                corners = rotated_corners(shape)
            else:
                corners = self._box_corners([shape])
            lines += self._ratios(corners)
        return lines

    def _turned_boxes(self, shapes: list[Annotation]) -> list[list[float]]:
        turned = next((shape for shape in shapes if isinstance(shape, RotatedBbox)), None)
        if turned is not None:
            for shape in shapes:
                if shape is not turned:
                    self._lose(f"{type(shape).__name__} beside a turned box")
            corners = rotated_corners(turned)
            rounded = self._rounded(turned, corners)
            return self._ratios(corners) if rounded is None else [rounded]
        if len(shapes) == 1 and isinstance(shapes[0], Polygon) and len(shapes[0].points) == _QUADRANGLE:
            return self._ratios([(x, y) for x, y in shapes[0].points.tolist()])
        return self._ratios(self._box_corners(shapes)) if shapes else []

    def _box_corners(self, shapes: list[Annotation]) -> Corners:
        """Return the corners of the box of an object's shapes; none where they have no extent."""
        for shape in shapes:
            self._lose(f"{type(shape).__name__}, written as the corners of its box")
        box = bbox_of(shapes)
        if box is None:
            return []
        x, y, w, h = box
        return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]

    def _rounded(self, box: RotatedBbox, corners: Corners) -> list[float] | None:
        """Return the corners with as few decimals as give the same box when they are read; None: none do."""
        ratios = [number for x, y in corners for number in (x / self.width, y / self.height)]
        if not all(-TOLERANCE <= number <= 1 + TOLERANCE for number in ratios):
            return None
        for decimals in _DECIMALS:
            rounded = [round(number, decimals) for number in ratios]
            pairs = zip(rounded[::2], rounded[1::2], strict=True)
            read = rotated_box_of([(x * self.width, y * self.height) for x, y in pairs], math.inf)
            if read is not None and (read.cx, read.cy, read.w, read.h, read.r) == (box.cx, box.cy, box.w, box.h, box.r):
                return rounded
        return None

    def _ratios(self, corners: Corners) -> list[list[float]]:
        if not corners:
            self._lose("shape without an extent")
            return []
        places = self._fit_points(corners)
        return [[number for x, y in places for number in (ratio(x, self.width), ratio(y, self.height))]]

    def _fit(self, box: Box) -> Box | None:
        """Return a box in parts of the picture's sides, cut at the picture where it goes far beyond."""
        if box[2] < 0 or box[3] < 0:
            self._lose("box of negative size")
            return None
        ratios = ratios_of(box, self.width, self.height)
        if all(-TOLERANCE <= number <= 1 + TOLERANCE for number in ratios):
            return ratios
        left, top, right, bottom = box[0], box[1], box[0] + box[2], box[1] + box[3]
        if right < 0 or bottom < 0 or left > self.width or top > self.height:
            self._lose("shape outside of the picture")
            return None
        self._lose("shape that reaches beyond the picture, cut")
        cut = box_of_corners(
            max(left, 0.0), max(top, 0.0), min(right, float(self.width)), min(bottom, float(self.height))
        )
        return ratios_of(cut, self.width, self.height)

    def _fit_points(self, points: Corners) -> Corners:
        """Return points, moved to the picture's edge where they are far beyond."""
        limits = TOLERANCE * self.width, TOLERANCE * self.height
        sides = self.width, self.height
        moved = [
            tuple(
                value if -limit <= value <= side + limit else min(max(value, 0.0), float(side))
                for value, limit, side in zip(point, limits, sides, strict=True)
            )
            for point in points
        ]
        if moved != points:
            self._lose("shape that reaches beyond the picture, cut")
        return [(x, y) for x, y in moved]

    def _check_finite(self, numbers: Sequence[float]) -> None:
        if not all(map(math.isfinite, numbers)):
            message = f"item {self.item.id!r}: a coordinate that is not a finite number"
            raise InvalidItemError(message)


def _numbers_of(shape: Annotation) -> list[float]:
    if isinstance(shape, Bbox):
        return [shape.x, shape.y, shape.w, shape.h]
    if isinstance(shape, RotatedBbox):
        return [shape.cx, shape.cy, shape.w, shape.h, shape.r]
    if isinstance(shape, Ellipse):
        return [shape.x1, shape.y1, shape.x2, shape.y2]
    if isinstance(shape, Polygon | PolyLine | Points | Cuboid2d):
        numbers: list[float] = shape.points.reshape(-1).tolist()
        return numbers
    return []
