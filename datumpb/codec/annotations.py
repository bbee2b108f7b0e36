"""Annotations, from messages (schema: `annotation.proto`); `annotation_encoder` writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datumpb.codec.coordinates import decode_numbers
from datumpb.codec.media import decode_image
from datumpb.codec.outlines import bad_visibility
from datumpb.codec.values import decode_attributes
from datumpb.errors import DamagedFileError
from datumpb.model import annotations as model

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb import messages
    from datumpb.codec.outlines import Outlines
    from datumpb.model.media import MediaSource

_MAX_VISIBILITY = 255


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
