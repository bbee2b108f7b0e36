"""Annotations, from and to messages (schema: `annotation.proto`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from datumpb.codec import fields
from datumpb.codec.coordinates import decode_numbers
from datumpb.codec.media import decode_image, encode_image
from datumpb.codec.outlines import bad_visibility
from datumpb.codec.values import decode_attributes, encode_attributes
from datumpb.errors import DamagedFileError, InvalidItemError
from datumpb.model import annotations as model

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb import messages
    from datumpb.codec.coordinate_encoder import CoordinateEncoder
    from datumpb.codec.outlines import Outlines
    from datumpb.model.media import MediaSource

_VISIBLE = 2
_MAX_VISIBILITY = 255


def encode_annotation(annotation: model.Annotation, message: messages.Annotation, encoder: CoordinateEncoder) -> None:
    """Put an annotation into an empty message, its coordinates when the encoder is told to.

    Raises:
        InvalidItemError: It is no annotation, or a field is out of its range.
        MediaPathError: A path that leads out of the dataset.
    """
    encode = _ENCODERS.get(type(annotation))
    if encode is None:
        text = "this is no annotation that the format knows"
        raise InvalidItemError(text)
    message.id = fields.int64(annotation.id, "id")
    message.group = fields.int64(annotation.group, "group")
    message.z_order = fields.int64(annotation.z_order, "z_order")
    if annotation.label is not None:
        message.label_index = fields.uint32(annotation.label, "label")
    if annotation.object_id is not None:
        message.object_id = fields.int64(annotation.object_id, "object_id")
    encode_attributes(annotation.attributes, message.attributes, "attributes")
    encode(annotation, message, encoder)


def decode_annotation(
    message: messages.Annotation, source: MediaSource | None, outlines: Outlines
) -> model.Annotation | None:
    """Return the annotation of a message, or None where only a later version knows its kind.

    Args:
        message: The message.
        source: Fetches the bytes of images in it.
        outlines: Will give the annotation its points, where it has some.

    Raises:
        DamagedFileError: The message is not what the schema allows.
        UnsupportedFileError: An attribute is of a kind that this version does not know.
    """
    kind = message.WhichOneof("kind")
    if kind is None:
        return None
    annotation = _DECODERS[kind](message, source, outlines)
    annotation.id = message.id
    annotation.group = message.group
    # Whether it is there is a question only where it is 0.
    label = message.label_index
    annotation.label = label if label or message.HasField("label_index") else None
    annotation.object_id = message.object_id if message.HasField("object_id") else None
    annotation.z_order = message.z_order
    annotation.attributes = decode_attributes(message.attributes)
    return annotation


def _encode_label(_annotation: model.Label, message: messages.Annotation, _encoder: CoordinateEncoder) -> None:
    message.label.SetInParent()


def _encode_mask(annotation: model.Mask, message: messages.Annotation, _encoder: CoordinateEncoder) -> None:
    message.mask.height = fields.uint32(annotation.height, "height")
    message.mask.width = fields.uint32(annotation.width, "width")
    message.mask.counts = fields.octets(annotation.counts, "counts")


def _encode_poly_line(annotation: model.PolyLine, message: messages.Annotation, encoder: CoordinateEncoder) -> None:
    message.poly_line.SetInParent()
    encoder.add(annotation.points, message.poly_line.points, 2)


def _encode_polygon(annotation: model.Polygon, message: messages.Annotation, encoder: CoordinateEncoder) -> None:
    message.polygon.SetInParent()
    encoder.add(annotation.points, message.polygon.points, 2)


def _encode_bbox(annotation: model.Bbox, message: messages.Annotation, encoder: CoordinateEncoder) -> None:
    numbers = (annotation.x, annotation.y, annotation.w, annotation.h)
    encoder.add(numbers, message.bbox.xywh, 4, 4)


def _encode_points(annotation: model.Points, message: messages.Annotation, encoder: CoordinateEncoder) -> None:
    message.points.SetInParent()
    encoder.add(annotation.points, message.points.points, 2)
    visibility = [fields.uint8(number, "visibility") for number in annotation.visibility]
    if 2 * len(visibility) != np.size(annotation.points):
        text = f"visibility has {len(visibility)} numbers for {np.size(annotation.points) // 2} points"
        raise InvalidItemError(text)
    if any(number != _VISIBLE for number in visibility):
        message.points.visibility.extend(visibility)


def _encode_caption(annotation: model.Caption, message: messages.Annotation, _encoder: CoordinateEncoder) -> None:
    message.caption.caption = fields.text(annotation.caption, "caption")


def _encode_cuboid_3d(annotation: model.Cuboid3d, message: messages.Annotation, encoder: CoordinateEncoder) -> None:
    numbers = (annotation.position, annotation.rotation, annotation.scale)
    encoder.add(numbers, message.cuboid_3d.position_rotation_scale, 3, 9)


def _encode_ellipse(annotation: model.Ellipse, message: messages.Annotation, encoder: CoordinateEncoder) -> None:
    numbers = (annotation.x1, annotation.y1, annotation.x2, annotation.y2)
    encoder.add(numbers, message.ellipse.box, 2, 4)


def _encode_cuboid_2d(annotation: model.Cuboid2d, message: messages.Annotation, encoder: CoordinateEncoder) -> None:
    encoder.add(annotation.points, message.cuboid_2d.points, 2, 16)
    if annotation.y_3d is not None:
        message.cuboid_2d.y_3d = fields.number(annotation.y_3d, "y_3d")


def _encode_rotated_bbox(
    annotation: model.RotatedBbox, message: messages.Annotation, encoder: CoordinateEncoder
) -> None:
    numbers = (annotation.cx, annotation.cy, annotation.w, annotation.h, annotation.r)
    encoder.add(numbers, message.rotated_bbox.cxcywhr, 5, 5)


def _encode_feature_vector(
    annotation: model.FeatureVector, message: messages.Annotation, _encoder: CoordinateEncoder
) -> None:
    vector = np.asarray(annotation.vector)
    message.feature_vector.SetInParent()
    if vector.dtype == np.float32:
        message.feature_vector.f32.extend(vector.reshape(-1).tolist())
    elif vector.dtype == np.float64:
        message.feature_vector.f64.extend(vector.reshape(-1).tolist())
    else:
        text = f"vector of {vector.dtype} is neither float32 nor float64"
        raise InvalidItemError(text)


def _encode_depth_map(annotation: model.DepthMap, message: messages.Annotation, _encoder: CoordinateEncoder) -> None:
    encode_image(annotation.image, message.depth_map.image)


def _encode_image_annotation(
    annotation: model.ImageAnnotation, message: messages.Annotation, _encoder: CoordinateEncoder
) -> None:
    message.image_annotation.role = fields.text(annotation.role, "role")
    encode_image(annotation.image, message.image_annotation.image)


def _encode_tabular(annotation: model.Tabular, message: messages.Annotation, _encoder: CoordinateEncoder) -> None:
    message.tabular.SetInParent()
    encode_attributes(annotation.values, message.tabular.values, "values")


def _encode_hash_key(annotation: model.HashKey, message: messages.Annotation, _encoder: CoordinateEncoder) -> None:
    message.hash_key.hash = fields.octets(annotation.hash, "hash")


_ENCODERS: dict[type, Callable[[Any, messages.Annotation, CoordinateEncoder], None]] = {
    model.Label: _encode_label,
    model.Mask: _encode_mask,
    model.PolyLine: _encode_poly_line,
    model.Polygon: _encode_polygon,
    model.Bbox: _encode_bbox,
    model.Points: _encode_points,
    model.Caption: _encode_caption,
    model.Cuboid3d: _encode_cuboid_3d,
    model.Ellipse: _encode_ellipse,
    model.Cuboid2d: _encode_cuboid_2d,
    model.RotatedBbox: _encode_rotated_bbox,
    model.FeatureVector: _encode_feature_vector,
    model.DepthMap: _encode_depth_map,
    model.ImageAnnotation: _encode_image_annotation,
    model.Tabular: _encode_tabular,
    model.HashKey: _encode_hash_key,
}


# Of the commonest kinds the fields are set one by one: what is decoded needs none of a constructor's conversions.
_new = object.__new__


def _decode_bbox(message: messages.Annotation, _source: MediaSource | None, _outlines: Outlines) -> model.Bbox:
    bbox = _new(model.Bbox)
    bbox.x, bbox.y, bbox.w, bbox.h = decode_numbers(message.bbox.xywh, 4, 4)
    return bbox


def _decode_polygon(message: messages.Annotation, _source: MediaSource | None, outlines: Outlines) -> model.Polygon:
    polygon = _new(model.Polygon)
    outlines.add(polygon, message.polygon.points)
    return polygon


def _decode_poly_line(message: messages.Annotation, _source: MediaSource | None, outlines: Outlines) -> model.PolyLine:
    poly_line = _new(model.PolyLine)
    outlines.add(poly_line, message.poly_line.points)
    return poly_line


def _decode_points(message: messages.Annotation, _source: MediaSource | None, outlines: Outlines) -> model.Points:
    points, part, visibility = _new(model.Points), message.points, None
    if part.visibility:
        numbers = np.array(part.visibility, np.int64)
        if numbers.max() > _MAX_VISIBILITY:
            raise bad_visibility()
        visibility = numbers.astype(np.uint8)
    outlines.add_keypoints(points, part.points, visibility)
    return points


def _decode_cuboid_3d(message: messages.Annotation, _source: MediaSource | None, _outlines: Outlines) -> model.Cuboid3d:
    numbers = decode_numbers(message.cuboid_3d.position_rotation_scale, 3, 9)
    return model.Cuboid3d(*np.array(numbers).reshape(3, 3))


def _decode_cuboid_2d(message: messages.Annotation, _source: MediaSource | None, _outlines: Outlines) -> model.Cuboid2d:
    part = message.cuboid_2d
    y_3d = part.y_3d if part.HasField("y_3d") else None
    return model.Cuboid2d(np.array(decode_numbers(part.points, 2, 16)), y_3d)


def _decode_feature_vector(
    message: messages.Annotation, _source: MediaSource | None, _outlines: Outlines
) -> model.FeatureVector:
    part = message.feature_vector
    if part.f32 and part.f64:
        text = "a feature vector is written in two ways at once"
        raise DamagedFileError(text)
    return model.FeatureVector(np.array(part.f64, np.float64) if part.f64 else np.array(part.f32, np.float32))


_DECODERS: dict[str, Callable[[messages.Annotation, MediaSource | None, Outlines], model.Annotation]] = {
    "label": lambda _message, _source, _outlines: model.Label(),
    "mask": lambda message, _source, _outlines: model.Mask(
        message.mask.height, message.mask.width, message.mask.counts
    ),
    "poly_line": _decode_poly_line,
    "polygon": _decode_polygon,
    "bbox": _decode_bbox,
    "points": _decode_points,
    "caption": lambda message, _source, _outlines: model.Caption(message.caption.caption),
    "cuboid_3d": _decode_cuboid_3d,
    "ellipse": lambda message, _source, _outlines: model.Ellipse(*decode_numbers(message.ellipse.box, 2, 4)),
    "cuboid_2d": _decode_cuboid_2d,
    "rotated_bbox": lambda message, _source, _outlines: model.RotatedBbox(
        *decode_numbers(message.rotated_bbox.cxcywhr, 5, 5)
    ),
    "feature_vector": _decode_feature_vector,
    "depth_map": lambda message, source, _outlines: model.DepthMap(decode_image(message.depth_map.image, source)),
    "image_annotation": lambda message, source, _outlines: model.ImageAnnotation(
        message.image_annotation.role, decode_image(message.image_annotation.image, source)
    ),
    "tabular": lambda message, _source, _outlines: model.Tabular(decode_attributes(message.tabular.values)),
    "hash_key": lambda message, _source, _outlines: model.HashKey(message.hash_key.hash),
}
