"""Annotations as the bytes of their messages (schema: `annotation.proto`); `annotations` reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from datumpb import messages
from datumpb.codec import fields
from datumpb.codec.media import image_to_bytes
from datumpb.codec.value_encoder import attributes_to_bytes
from datumpb.codec.wire import double, int64, sint64, sized, varint
from datumpb.errors import InvalidItemError
from datumpb.model import annotations as model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datumpb.codec.coordinate_encoder import CoordinateEncoder

_VISIBLE = 2
_SIZED = 2
"""The wire type of fields that say their size."""


class Kind(NamedTuple):
    """A kind of annotation.

    Attributes:
        number: The number of its type, which is that of its field.
        tag: The tag of that field.
        has_coordinates: Whether its first field is `Coordinates`.
        encode: Gives those to the encoder, and returns all other fields.
    """

    number: int
    tag: bytes
    has_coordinates: bool
    encode: Callable[[Any, CoordinateEncoder], bytes]


class Draft(NamedTuple):
    """An annotation without its coordinates, which are encoded later, those of many together.

    Attributes:
        kind: What it is.
        common: The fields that all annotations have.
        rest: The fields of its kind but for the first one, where that is its coordinates.
    """

    kind: Kind
    common: bytes
    rest: bytes


def type_number(annotation: model.Annotation) -> int:
    """Return the number of an annotation's type (schema: `AnnotationType`)."""
    return _KINDS[type(annotation)].number


def finish_annotation(draft: Draft, coordinates: Iterator[bytes]) -> bytes:
    """Return an annotation's message.

    Args:
        draft: The annotation.
        coordinates: The next is its `Coordinates`, where its kind has some.
    """
    kind, common, part = draft
    if kind.has_coordinates:
        numbers = next(coordinates)
        if numbers:  # a message without any is not written
            part = sized(b"\x0a", numbers) + part
    return common + sized(kind.tag, part)


def draft_annotation(annotation: model.Annotation, encoder: CoordinateEncoder) -> Draft:
    """Encode an annotation but for its coordinates, which are added to the encoder. Runs of a mask may not fit it yet.

    Raises:
        InvalidItemError: It is no annotation, or a field is out of its range.
        MediaPathError: A path that leads out of the dataset.
    """
    kind = _KINDS.get(type(annotation))
    if kind is None:
        text = "this is no annotation that the format knows"
        raise InvalidItemError(text)
    common = b""
    number = fields.int64(annotation.id, "id")
    if number:
        common = b"\x08" + int64(number)
    number = fields.int64(annotation.group, "group")
    if number:
        common += b"\x10" + int64(number)
    z_order = fields.int64(annotation.z_order, "z_order")
    label, object_id = annotation.label, annotation.object_id
    if label is not None:
        common += b"\x18" + varint(fields.uint32(label, "label"))
    if object_id is not None:
        object_id = fields.int64(object_id, "object_id")
    common += attributes_to_bytes(annotation.attributes, b"\x22", "attributes")
    if z_order:
        common += b"\x28" + sint64(z_order)
    if object_id is not None:
        common += b"\x30" + int64(object_id)
    return Draft(kind, common, kind.encode(annotation, encoder))


def _encode_label(_annotation: model.Label, _encoder: CoordinateEncoder) -> bytes:
    return b""


def _encode_mask(annotation: model.Mask, _encoder: CoordinateEncoder) -> bytes:
    height, width = fields.uint32(annotation.height, "height"), fields.uint32(annotation.width, "width")
    counts = fields.octets(annotation.counts, "counts")
    size = (b"\x08" + varint(height) if height else b"") + (b"\x10" + varint(width) if width else b"")
    return size + (sized(b"\x1a", counts) if counts else b"")


def _encode_outline(annotation: model.Polygon | model.PolyLine, encoder: CoordinateEncoder) -> bytes:
    encoder.add(annotation.points, 2)
    return b""


def _encode_bbox(annotation: model.Bbox, encoder: CoordinateEncoder) -> bytes:
    encoder.add((annotation.x, annotation.y, annotation.w, annotation.h), 4, 4)
    return b""


def _encode_points(annotation: model.Points, encoder: CoordinateEncoder) -> bytes:
    encoder.add(annotation.points, 2)
    visibility = [fields.uint8(number, "visibility") for number in annotation.visibility]
    if 2 * len(visibility) != np.size(annotation.points):
        text = f"visibility has {len(visibility)} numbers for {np.size(annotation.points) // 2} points"
        raise InvalidItemError(text)
    if any(number != _VISIBLE for number in visibility):
        return sized(b"\x12", b"".join(map(varint, visibility)))
    return b""


def _encode_caption(annotation: model.Caption, _encoder: CoordinateEncoder) -> bytes:
    caption = fields.text(annotation.caption, "caption")
    return sized(b"\x0a", caption.encode()) if caption else b""


def _encode_cuboid_3d(annotation: model.Cuboid3d, encoder: CoordinateEncoder) -> bytes:
    encoder.add((annotation.position, annotation.rotation, annotation.scale), 3, 9)
    return b""


def _encode_ellipse(annotation: model.Ellipse, encoder: CoordinateEncoder) -> bytes:
    encoder.add((annotation.x1, annotation.y1, annotation.x2, annotation.y2), 2, 4)
    return b""


def _encode_cuboid_2d(annotation: model.Cuboid2d, encoder: CoordinateEncoder) -> bytes:
    encoder.add(annotation.points, 2, 16)
    if annotation.y_3d is None:
        return b""
    return b"\x11" + double(fields.number(annotation.y_3d, "y_3d"))


def _encode_rotated_bbox(annotation: model.RotatedBbox, encoder: CoordinateEncoder) -> bytes:
    encoder.add((annotation.cx, annotation.cy, annotation.w, annotation.h, annotation.r), 5, 5)
    return b""


def _encode_feature_vector(annotation: model.FeatureVector, _encoder: CoordinateEncoder) -> bytes:
    vector = np.asarray(annotation.vector)
    if vector.dtype == np.float32:
        tag, numbers = b"\x0a", vector.astype("<f4")
    elif vector.dtype == np.float64:
        tag, numbers = b"\x12", vector.astype("<f8")
    else:
        text = f"vector of {vector.dtype} is neither float32 nor float64"
        raise InvalidItemError(text)
    return sized(tag, numbers.tobytes()) if vector.size else b""


def _encode_depth_map(annotation: model.DepthMap, _encoder: CoordinateEncoder) -> bytes:
    return sized(b"\x0a", image_to_bytes(annotation.image))


def _encode_image_annotation(annotation: model.ImageAnnotation, _encoder: CoordinateEncoder) -> bytes:
    role = fields.text(annotation.role, "role")
    return (sized(b"\x0a", role.encode()) if role else b"") + sized(b"\x12", image_to_bytes(annotation.image))


def _encode_tabular(annotation: model.Tabular, _encoder: CoordinateEncoder) -> bytes:
    return attributes_to_bytes(annotation.values, b"\x0a", "values")


def _encode_hash_key(annotation: model.HashKey, _encoder: CoordinateEncoder) -> bytes:
    digest = fields.octets(annotation.hash, "hash")
    return sized(b"\x0a", digest) if digest else b""


def _kind(name: str, encode: Callable[[Any, CoordinateEncoder], bytes], *, has_coordinates: bool = False) -> Kind:
    number = messages.Annotation.DESCRIPTOR.fields_by_name[name].number
    return Kind(number, varint(number << 3 | _SIZED), has_coordinates, encode)


_KINDS: dict[type, Kind] = {
    model.Label: _kind("label", _encode_label),
    model.Mask: _kind("mask", _encode_mask),
    model.PolyLine: _kind("poly_line", _encode_outline, has_coordinates=True),
    model.Polygon: _kind("polygon", _encode_outline, has_coordinates=True),
    model.Bbox: _kind("bbox", _encode_bbox, has_coordinates=True),
    model.Points: _kind("points", _encode_points, has_coordinates=True),
    model.Caption: _kind("caption", _encode_caption),
    model.Cuboid3d: _kind("cuboid_3d", _encode_cuboid_3d, has_coordinates=True),
    model.Ellipse: _kind("ellipse", _encode_ellipse, has_coordinates=True),
    model.Cuboid2d: _kind("cuboid_2d", _encode_cuboid_2d, has_coordinates=True),
    model.RotatedBbox: _kind("rotated_bbox", _encode_rotated_bbox, has_coordinates=True),
    model.FeatureVector: _kind("feature_vector", _encode_feature_vector),
    model.DepthMap: _kind("depth_map", _encode_depth_map),
    model.ImageAnnotation: _kind("image_annotation", _encode_image_annotation),
    model.Tabular: _kind("tabular", _encode_tabular),
    model.HashKey: _kind("hash_key", _encode_hash_key),
}
