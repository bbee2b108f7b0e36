"""Reading annotations: the name of a type, what all have, and what each type has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from datumpb.dataset.json_values import JsonMap, check, get
from datumpb.errors import InvalidItemError, SourceFormatError
from datumpb.formats.datumaro.numbers import INT64, UINT32, integer, numbers, optional_integer
from datumpb.model import annotations as model
from datumpb.model.rle import checked_runs

if TYPE_CHECKING:
    from collections.abc import Callable

    Common = dict[str, Any]

TYPES: dict[type[model.Annotation], str] = {
    model.Label: "label",
    model.Mask: "mask",
    model.Points: "points",
    model.Polygon: "polygon",
    model.PolyLine: "polyline",
    model.Bbox: "bbox",
    model.Caption: "caption",
    model.Cuboid3d: "cuboid_3d",
    model.Ellipse: "ellipse",
    model.Cuboid2d: "cuboid_2d",
}
"""The name of each type. Others cannot be held."""

NO_OBJECT = -1
_MAX_VISIBILITY = 255
_CORNERS = 4


def read_annotation(entry: JsonMap, place: str) -> model.Annotation:
    """Read an annotation.

    Args:
        entry: The annotation.
        place: Where it is, for errors.

    Raises:
        SourceFormatError: It does not follow the format.
    """
    kind = get(entry, "type", str, place)
    reader = _READERS.get(kind)
    if reader is None:
        message = f"annotation of the unknown type {kind!r}; there are: {', '.join(_READERS)}"
        raise SourceFormatError(message, None, f"{place}.type")
    object_id = optional_integer(entry, "object_id", place, INT64)
    common: Common = {
        "id": optional_integer(entry, "id", place, INT64) or 0,
        "group": optional_integer(entry, "group", place, INT64) or 0,
        "label": optional_integer(entry, "label_id", place, UINT32),
        "object_id": None if object_id == NO_OBJECT else object_id,
        "z_order": optional_integer(entry, "z_order", place, INT64) or 0,
        "attributes": read_attributes(entry, "attributes", place),
    }
    return reader(entry, common, place)


def read_attributes(entry: JsonMap, key: str, place: str) -> JsonMap:
    """Return the attributes that an item or annotation may have."""
    attributes = entry.get(key)
    return {} if attributes is None else check(attributes, dict, f"{place}.{key}")


def _label(_entry: JsonMap, common: Common, _place: str) -> model.Annotation:
    return model.Label(**common)


def _mask(entry: JsonMap, common: Common, place: str) -> model.Annotation:
    rle = get(entry, "rle", dict, place)
    place = f"{place}.rle"
    size = get(rle, "size", list, place)
    if len(size) != 2:  # noqa: PLR2004 -- height and width
        message = "height and width expected"
        raise SourceFormatError(message, None, f"{place}.size")
    height, width = (integer(side, UINT32, f"{place}.size") for side in size)
    counts = get(rle, "counts", str, place).encode(errors="replace")
    try:
        checked_runs(counts, height, width)
    except InvalidItemError as error:
        raise SourceFormatError(str(error), None, place) from error
    return model.Mask(height, width, counts, **common)


def _points(entry: JsonMap, common: Common, place: str) -> model.Annotation:
    points = _pairs(entry, place)
    if entry.get("visibility") is None:
        return model.Points(points, **common)
    place = f"{place}.visibility"
    visibility = check(entry["visibility"], list, place)
    if len(visibility) != len(points):
        message = f"{len(visibility)} numbers of visibility for {len(points)} points"
        raise SourceFormatError(message, None, place)
    if not all(type(number) is int and 0 <= number <= _MAX_VISIBILITY for number in visibility):
        message = f"whole numbers from 0 to {_MAX_VISIBILITY} expected"
        raise SourceFormatError(message, None, place)
    return model.Points(points, np.array(visibility, np.uint8), **common)


def _polygon(entry: JsonMap, common: Common, place: str) -> model.Annotation:
    return model.Polygon(_pairs(entry, place), **common)


def _polyline(entry: JsonMap, common: Common, place: str) -> model.Annotation:
    return model.PolyLine(_pairs(entry, place), **common)


def _bbox(entry: JsonMap, common: Common, place: str) -> model.Annotation:
    return model.Bbox(*_floats(entry, "bbox", place, _CORNERS).tolist(), **common)


def _caption(entry: JsonMap, common: Common, place: str) -> model.Annotation:
    return model.Caption(get(entry, "caption", str, place), **common)


def _cuboid_3d(entry: JsonMap, common: Common, place: str) -> model.Annotation:
    return model.Cuboid3d(*(_floats(entry, key, place, 3) for key in ("position", "rotation", "scale")), **common)


def _ellipse(entry: JsonMap, common: Common, place: str) -> model.Annotation:
    return model.Ellipse(*_floats(entry, "points", place, _CORNERS).tolist(), **common)


def _cuboid_2d(entry: JsonMap, common: Common, place: str) -> model.Annotation:
    points = get(entry, "points", list, place)
    place = f"{place}.points"
    if len(points) != 8:  # noqa: PLR2004 -- a cuboid
        message = f"eight corners expected, not {len(points)}"
        raise SourceFormatError(message, None, place)
    return model.Cuboid2d(np.stack([numbers(corner, f"{place}[{i}]", 2) for i, corner in enumerate(points)]), **common)


def _pairs(entry: JsonMap, place: str) -> np.ndarray:
    values = _floats(entry, "points", place)
    if values.size % 2:
        message = f"odd coordinate count: {values.size} numbers do not make points of x and y"
        raise SourceFormatError(message, None, f"{place}.points")
    return values.reshape(-1, 2)


def _floats(entry: JsonMap, key: str, place: str, count: int | None = None) -> np.ndarray:
    return numbers(get(entry, key, list, place), f"{place}.{key}", count)


_READERS: dict[str, Callable[[JsonMap, Common, str], model.Annotation]] = {
    "label": _label,
    "mask": _mask,
    "points": _points,
    "polygon": _polygon,
    "polyline": _polyline,
    "bbox": _bbox,
    "caption": _caption,
    "cuboid_3d": _cuboid_3d,
    "ellipse": _ellipse,
    "cuboid_2d": _cuboid_2d,
}
