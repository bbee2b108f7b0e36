"""The usual entry of COCO's annotations, read quickly: outlines, and a box and an area that follow from them.

A short cut, not a rule of its own: `shapes` makes the same annotations of such an entry, and of all others, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from datumpb.formats.coco.difference import same_area
from datumpb.formats.coco.objects import IS_CROWD
from datumpb.formats.coco.order import INT64_LIMIT
from datumpb.model.annotations import Polygon
from datumpb.model.geometry import measure_outlines

if TYPE_CHECKING:
    from datumpb.formats.coco.jsonvalues import JsonObject

_KEYS = frozenset({"id", "image_id", "category_id", "segmentation", "bbox", "area", "iscrowd"})
_FLOATS = frozenset({float})
_NUMBERS = frozenset({int, float})
_EXACT = 1 << 53  # so far, every whole number is a float, too


def polygons_of_entry(entry: JsonObject, label: int) -> list[Polygon] | None:
    """Make the polygons of an entry that has nothing but what they tell; None where it is any other.

    Args:
        entry: The entry; its image and category are known to be right.
        label: The label of its category.
    """
    if entry.keys() != _KEYS:
        return None
    number, crowd, parts, box = entry["id"], entry["iscrowd"], entry["segmentation"], entry["bbox"]
    if type(number) is not int or not number or not -INT64_LIMIT <= number < INT64_LIMIT:
        return None
    if type(crowd) is not int or crowd not in {0, 1} or type(parts) is not list or type(box) is not list:
        return None
    outlines = []
    for part in parts:
        numbers = _floats(part) if type(part) is list else None
        if numbers is None or len(numbers) % 2:
            return None
        outlines.append(numbers)
    own_box, own_area = measure_outlines(outlines)
    if own_box is None or [*own_box] != box or not _NUMBERS.issuperset(map(type, box)):
        return None
    if not same_area(own_area, entry["area"]):
        return None
    return [
        Polygon(np.array(numbers, np.float64).reshape(-1, 2), id=number, label=label, attributes={IS_CROWD: crowd == 1})
        for numbers in outlines
    ]


def _floats(part: list[Any]) -> list[float] | None:
    """Return numbers as floats; None where one is no number, or may be another as a float."""
    if _FLOATS.issuperset(map(type, part)):
        return part
    if _NUMBERS.issuperset(map(type, part)) and min(part) >= -_EXACT and max(part) <= _EXACT:
        return [*map(float, part)]
    return None
