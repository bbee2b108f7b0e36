"""Annotations as Arrow columns: what all have, and a struct for each type, which is null but for its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from datumpb.arrow import columns
from datumpb.arrow.columns import Column, lengths, offsets_of, refuse_nulls
from datumpb.arrow.media import IMAGES
from datumpb.errors import InvalidItemError, SourceFormatError
from datumpb.model import annotations as model

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMON: dict[str, Column] = {
    "id": columns.INT64,
    "group": columns.INT64,
    "label": columns.OPTIONAL_UINT32,
    "object_id": columns.OPTIONAL_INT64,
    "z_order": columns.INT64,
    "attributes": columns.JSON,
}
_TYPES: dict[type[model.Annotation], dict[str, Column]] = {
    model.Label: {},
    model.Bbox: dict.fromkeys(("x", "y", "w", "h"), columns.FLOAT64),
    model.Polygon: {"points": columns.POINTS},
    model.PolyLine: {"points": columns.POINTS},
    model.Points: {"points": columns.POINTS, "visibility": columns.NUMBERS},
    model.Mask: {"height": columns.UINT32, "width": columns.UINT32, "counts": columns.BYTES},
    model.Caption: {"caption": columns.TEXT},
    model.RotatedBbox: dict.fromkeys(("cx", "cy", "w", "h", "r"), columns.FLOAT64),
    model.Ellipse: dict.fromkeys(("x1", "y1", "x2", "y2"), columns.FLOAT64),
    model.Cuboid2d: {"points": columns.POINTS, "y_3d": columns.OPTIONAL_FLOAT64},
    model.Cuboid3d: dict.fromkeys(("position", "rotation", "scale"), columns.TRIPLE),
    model.FeatureVector: {"vector": columns.VECTORS},
    model.DepthMap: {"image": IMAGES},
    model.ImageAnnotation: {"role": columns.TEXT, "image": IMAGES},
    model.Tabular: {"values": columns.JSON},
    model.HashKey: {"hash": columns.BYTES},
}
_BY_NAME = {kind.__name__: kind for kind in _TYPES}


def _column_name(kind: type[model.Annotation]) -> str:
    """Return a class name as the schema's fields are written: PolyLine is poly_line, Cuboid3d cuboid_3d."""
    return re.sub(r"(?<=[a-z])(?=[A-Z0-9])", "_", kind.__name__).lower()


_STRUCTS = {
    kind: (_column_name(kind), pa.struct({name: column.type for name, column in own.items()}))
    for kind, own in _TYPES.items()
    if own
}
ANNOTATION = pa.struct(
    [
        pa.field("type", pa.string(), nullable=False),
        *(
            pa.field(name, column.type, nullable=column in (columns.OPTIONAL_UINT32, columns.OPTIONAL_INT64))
            for name, column in _COMMON.items()
        ),
        pa.field("label_name", pa.string()),
        *(pa.field(name, kind) for name, kind in _STRUCTS.values()),
    ]
)
ANNOTATIONS = pa.list_(pa.field("item", ANNOTATION, nullable=False))


def encode_annotations(lists: list[list[model.Annotation]], label_names: Sequence[str]) -> pa.Array:
    """Make an array of the annotations of items.

    Args:
        lists: The annotations of each item.
        label_names: The names of labels by index, for the column `label_name`.

    Raises:
        InvalidItemError: One is not what Arrow's columns can hold.
    """
    flat = [annotation for annotations in lists for annotation in annotations]
    places: dict[type, list[int]] = {}
    for place, annotation in enumerate(flat):
        places.setdefault(type(annotation), []).append(place)
    for kind in places:
        if kind not in _TYPES:
            message = f"{kind.__name__} is no annotation that the format knows"
            raise InvalidItemError(message)
    names = [_name(annotation.label, label_names) for annotation in flat]
    arrays = [
        pa.array([type(annotation).__name__ for annotation in flat], pa.string()),
        *(column.encode([getattr(one, name) for one in flat], name) for name, column in _COMMON.items()),
        pa.array(names, pa.string()),
        *(_encode_own(kind, flat, places.get(kind, [])) for kind in _STRUCTS),
    ]
    rows = pa.StructArray.from_arrays(arrays, fields=list(ANNOTATION))
    return pa.ListArray.from_arrays(offsets_of(map(len, lists)), rows, type=ANNOTATIONS)


def decode_annotations(array: pa.Array) -> list[list[model.Annotation]]:
    """Return the annotations of items.

    Raises:
        SourceFormatError: One is of no known type, or something of it is missing.
        InvalidItemError: One is not what the model can hold.
    """
    refuse_nulls(array, "annotations")
    rows = array.flatten()
    refuse_nulls(rows, "annotations")
    parts = dict(zip((field.name for field in ANNOTATION), rows.flatten(), strict=True))
    common = _decode_fields(_COMMON, parts, "annotations.")
    refuse_nulls(parts["type"], "annotations.type")
    types = np.array(parts["type"].to_pylist(), object)
    decoded: list[Any] = [None] * len(rows)
    for name in dict.fromkeys(types):
        if name not in _BY_NAME:
            message = f"unknown type {name!r}"
            raise SourceFormatError(message, None, "annotations.type")
        kind = _BY_NAME[name]
        places = np.flatnonzero(types == name)
        own = _decode_own(kind, parts, places)
        for place, values in zip(places.tolist(), own, strict=True):
            decoded[place] = kind(**common[place], **values)
    ends = np.cumsum(lengths(array)).tolist()
    return [decoded[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _name(label: int | None, names: Sequence[str]) -> str | None:
    return names[label] if isinstance(label, int) and 0 <= label < len(names) else None


def _encode_own(kind: type[model.Annotation], flat: list[model.Annotation], places: list[int]) -> pa.Array:
    name, struct = _STRUCTS[kind]
    if not places:
        return pa.nulls(len(flat), struct)
    dense = [
        column.encode([getattr(flat[place], field) for place in places], f"{name}.{field}")
        for field, column in _TYPES[kind].items()
    ]
    rows = np.full(len(flat), -1, np.int64)
    rows[places] = np.arange(len(places))
    chosen = pa.array(rows, mask=rows < 0)  # a null index gives a null
    return pa.StructArray.from_arrays(dense, fields=list(struct)).take(chosen)


def _decode_own(kind: type[model.Annotation], parts: dict[str, pa.Array], places: np.ndarray) -> list[dict[str, Any]]:
    if kind not in _STRUCTS:
        return [{} for _ in places]
    name, struct = _STRUCTS[kind]
    dense = parts[name].take(pa.array(places))
    refuse_nulls(dense, f"annotations.{name}")
    own = dict(zip((field.name for field in struct), dense.flatten(), strict=True))
    return _decode_fields(_TYPES[kind], own, f"annotations.{name}.")


def _decode_fields(kept: dict[str, Column], arrays: dict[str, pa.Array], place: str) -> list[dict[str, Any]]:
    values = [column.decode(arrays[name], f"{place}{name}") for name, column in kept.items()]
    return [dict(zip(kept, row, strict=True)) for row in zip(*values, strict=True)]
