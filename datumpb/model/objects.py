"""Objects: which annotations of an item describe one thing in its picture, and what its source says of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

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

_SHAPES = (Bbox, Cuboid2d, Ellipse, Mask, Points, Polygon, PolyLine, RotatedBbox)
_ONCE = (Bbox, Points)


def objects_of(annotations: Iterable[Annotation]) -> list[list[Annotation]]:
    """Sort annotations into objects, in the order of each object's first one.

    Shapes of one non-zero group and one label are one object, all others are objects of their own. An object has one
    Bbox and one Points at most: a second one begins another object. What is no shape in the picture, such as a Label,
    a Caption or a Cuboid3d, makes no object.
    """
    found: list[list[Annotation]] = []
    groups: dict[tuple[int, int | None], list[Annotation]] = {}
    for annotation in annotations:
        if not isinstance(annotation, _SHAPES):
            continue
        key = annotation.group, annotation.label
        one = groups.get(key) if annotation.group else None
        if one is None or (isinstance(annotation, _ONCE) and any(type(part) is type(annotation) for part in one)):
            one = []
            found.append(one)
            if annotation.group:
                groups[key] = one
        one.append(annotation)
    return found


def is_crowd(shapes: Sequence[Annotation]) -> bool:
    """Tell whether an object is a crowd, as COCO's `iscrowd`: by the attribute `is_crowd` of its first shape."""
    return shapes[0].attributes.get("is_crowd") == 1


def stated_area(shapes: Sequence[Annotation]) -> float | None:
    """Return the area that a COCO file stated for an object, in square pixels, where it is not the one of its shapes.

    Importing COCO keeps it in the attribute `coco` of the first shape: most crowds and some others have one. None where
    there is none.
    """
    rest = shapes[0].attributes.get("coco")
    values = rest.get("values") if isinstance(rest, dict) else None
    area = values.get("area") if isinstance(values, dict) else None
    if isinstance(area, bool) or not isinstance(area, int | float):
        return None
    try:
        number = float(area)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
