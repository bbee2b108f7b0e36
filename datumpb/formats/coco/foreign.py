"""Shapes that COCO does not have, as the nearest ones: a turned box's corners, an ellipse's pixels, a line's box."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from datumpb.errors import MediaError
from datumpb.model import rle
from datumpb.model.annotations import Annotation, Bbox, Cuboid2d, Ellipse, Mask, Polygon, PolyLine, RotatedBbox
from datumpb.model.geometry import extent, rotated_corners
from datumpb.model.picture_size import size_of_item

if TYPE_CHECKING:
    from datumpb.dataset.losses import LossReport
    from datumpb.model.item import Item

_FOREIGN = (Cuboid2d, Ellipse, PolyLine, RotatedBbox)


def as_coco_shape(annotation: Annotation, item: Item, losses: LossReport) -> Annotation:
    """Return an annotation as COCO can hold it, its fields kept; what is no such shape is returned as it is.

    Raises:
        InvalidItemError: An ellipse is too large to draw.
    """
    if not isinstance(annotation, _FOREIGN):
        return annotation
    name = type(annotation).__name__
    box = extent(annotation)
    if box is None or not all(map(math.isfinite, box)):
        return annotation
    common = _common(annotation)
    if isinstance(annotation, RotatedBbox):
        losses.add(f"{name}, written as a polygon", item.id)
        return Polygon(np.array(rotated_corners(annotation)), **common)
    size = _size(item) if isinstance(annotation, Ellipse) else None
    if size is None:
        losses.add(f"{name}, written as its box", item.id)
        return Bbox(*box, **common)
    from datumpb.model.drawing import draw  # noqa: PLC0415 -- few datasets need it

    losses.add(f"{name}, drawn as a mask", item.id)
    return Mask(*size, rle.from_bitmap(draw(annotation, *size)), **common)


def _size(item: Item) -> tuple[int, int] | None:
    try:
        return size_of_item(item)
    except MediaError:  # the picture is not what it should be, which is told where it is copied
        return None


def _common(annotation: Annotation) -> dict[str, Any]:
    return {name: getattr(annotation, name) for name in ("id", "group", "label", "object_id", "z_order", "attributes")}
