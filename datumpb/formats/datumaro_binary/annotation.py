"""Reading annotations: a number for the type, what all have, and what each type has."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from datumpb.errors import InvalidItemError
from datumpb.model import annotations as model
from datumpb.model.rle import checked_runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb.formats.datumaro_binary.primitives import Cursor

    Common = dict[str, Any]

COMMON = struct.Struct("<Bqqi")  # type, id, group, object id
LABEL = struct.Struct("<i")
LABEL_AND_Z = struct.Struct("<ii")
MASK = struct.Struct("<iiI")  # height, width, size of the runs
NO_LABEL = (1 << 31) - 1
NO_OBJECT = -1
CORNERS = 4
CUBOID_2D = 16
CUBOID_3D = 9
_MAX_VISIBILITY = 255

TYPES: dict[type[model.Annotation], int] = {
    model.Label: 1,
    model.Mask: 2,
    model.Points: 3,
    model.Polygon: 4,
    model.PolyLine: 5,
    model.Bbox: 6,
    model.Caption: 7,
    model.Cuboid3d: 8,
    model.Ellipse: 11,
    model.Cuboid2d: 15,
}
"""The number of each type, as Datumaro 1.13 has it. Others cannot be held."""

OLD_TYPES = {**TYPES, model.Cuboid2d: 16}
"""The same as Datumaro 1.11 has it, where 15 was a type that no file holds: so both can be read."""


def read_annotations(cursor: Cursor) -> list[model.Annotation]:
    """Read the annotations of an item.

    Raises:
        SourceFormatError: They do not follow the format.
    """
    return [_read(cursor) for _ in range(cursor.count())]


def _read(cursor: Cursor) -> model.Annotation:
    start = cursor.offset
    kind, number, group, object_id = cursor.unpack(COMMON)
    reader = _READERS.get(kind)
    if reader is None:
        message = f"annotation of the unknown type {kind}"
        raise cursor.error(message, start)
    common: Common = {"id": number, "group": group, "attributes": cursor.json()}
    if object_id != NO_OBJECT:
        common["object_id"] = object_id
    return reader(cursor, common)


def _label(cursor: Cursor, common: Common) -> model.Annotation:
    _add_label(cursor, common, cursor.unpack(LABEL)[0])
    return model.Label(**common)


def _mask(cursor: Cursor, common: Common) -> model.Annotation:
    _add_label_and_z(cursor, common)
    start = cursor.offset
    height, width, size = cursor.unpack(MASK)
    counts = cursor.take(size)
    try:
        checked_runs(counts, height, width)
    except InvalidItemError as error:
        raise cursor.error(str(error), start) from error
    return model.Mask(height, width, counts, **common)


def _points(cursor: Cursor, common: Common) -> model.Annotation:
    points = _pairs(cursor, common)
    start = cursor.offset
    visibility = cursor.numbers("<i4")
    if len(visibility) != len(points):
        message = f"{len(visibility)} numbers of visibility for {len(points)} points"
        raise cursor.error(message, start)
    if np.any((visibility < 0) | (visibility > _MAX_VISIBILITY)):
        message = "visibility has to be numbers from 0 to 255"
        raise cursor.error(message, start)
    return model.Points(points, visibility.astype(np.uint8), **common)


def _polygon(cursor: Cursor, common: Common) -> model.Annotation:
    return model.Polygon(_pairs(cursor, common), **common)


def _polyline(cursor: Cursor, common: Common) -> model.Annotation:
    return model.PolyLine(_pairs(cursor, common), **common)


def _bbox(cursor: Cursor, common: Common) -> model.Annotation:
    _add_label_and_z(cursor, common)
    x1, y1, x2, y2 = _floats(cursor, CORNERS).tolist()
    return model.Bbox(x1, y1, x2 - x1, y2 - y1, **common)


def _caption(cursor: Cursor, common: Common) -> model.Annotation:
    return model.Caption(cursor.text(), **common)


def _cuboid_3d(cursor: Cursor, common: Common) -> model.Annotation:
    _add_label(cursor, common, cursor.unpack(LABEL)[0])
    values = _floats(cursor, CUBOID_3D)
    return model.Cuboid3d(values[:3], values[3:6], values[6:], **common)


def _ellipse(cursor: Cursor, common: Common) -> model.Annotation:
    _add_label_and_z(cursor, common)
    return model.Ellipse(*_floats(cursor, CORNERS).tolist(), **common)


def _cuboid_2d(cursor: Cursor, common: Common) -> model.Annotation:
    _add_label_and_z(cursor, common)
    return model.Cuboid2d(_floats(cursor, CUBOID_2D), **common)


def _add_label_and_z(cursor: Cursor, common: Common) -> None:
    label, common["z_order"] = cursor.unpack(LABEL_AND_Z)
    _add_label(cursor, common, label)


def _add_label(cursor: Cursor, common: Common, label: int) -> None:
    if label < 0:
        message = f"label {label}: a label is not negative"
        raise cursor.error(message)
    if label != NO_LABEL:
        common["label"] = label


def _pairs(cursor: Cursor, common: Common) -> np.ndarray:
    _add_label_and_z(cursor, common)
    start = cursor.offset
    values = _floats(cursor)
    if values.size % 2:
        message = f"odd coordinate count: {values.size} numbers do not make points of x and y"
        raise cursor.error(message, start)
    return values.reshape(-1, 2)


def _floats(cursor: Cursor, expected: int | None = None) -> np.ndarray:
    start = cursor.offset
    values = cursor.numbers("<f4")
    if expected is not None and values.size != expected:
        message = f"{expected} coordinates expected, not {values.size}"
        raise cursor.error(message, start)
    with np.errstate(invalid="ignore"):  # a NaN of any kind is a NaN
        return values.astype(np.float64)


_READERS: dict[int, Callable[[Cursor, Common], model.Annotation]] = {
    TYPES[model.Label]: _label,
    TYPES[model.Mask]: _mask,
    TYPES[model.Points]: _points,
    TYPES[model.Polygon]: _polygon,
    TYPES[model.PolyLine]: _polyline,
    TYPES[model.Bbox]: _bbox,
    TYPES[model.Caption]: _caption,
    TYPES[model.Cuboid3d]: _cuboid_3d,
    TYPES[model.Ellipse]: _ellipse,
    TYPES[model.Cuboid2d]: _cuboid_2d,
    OLD_TYPES[model.Cuboid2d]: _cuboid_2d,
}
