"""ItemBoxes: where the objects of an item are, and what they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

NO_LABEL = -1
"""The label of an object that has none."""


@dataclass(slots=True, eq=False)
class ItemBoxes:
    """The boxes of an item's objects; row i of each array is object i.

    The objects are those of `Item.to_arrays`: an annotation of a COCO file is one object, in the file's order. Shapes
    of one non-zero group and one label are one object, in the place of the first; all others are objects of their own.
    An object has one Bbox and one Points at most: a second one begins another object. What is no shape in the picture
    (a Label, a Caption, a Cuboid3d, ...) makes no object.

    Attributes:
        item_id: The item's id.
        xywh: (N, 4) float64, as COCO's `bbox`: x, y of the top left corner, width and height, in pixels. Those of the
            object's Bbox where it has one; else around its polygons, masks and other shapes, as `bbox_of` computes it.
            All 0 where nothing tells it: keypoints alone define no box, nor does a mask without pixels.
        labels: (N,) int64, the index of each object's label, from 0; -1: it has none.
    """

    item_id: str
    xywh: np.ndarray
    labels: np.ndarray
