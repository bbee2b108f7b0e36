"""Items made messages in the plainest way: field by field, number by number, with Python's integers.

The oracle of the library's encoders, of which it uses nothing. It checks nothing: what it gets is sound.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from datumpb import messages
from datumpb.model import annotations as model
from datumpb.model import media

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datumpb.model.item import Item


def plain_item(item: Item) -> bytes:
    """Return the bytes of an item's message."""
    message = messages.Item(id=str(item.id))
    if item.media is not None:
        _media(item.media, message.media)
    _entries(item.attributes, message.attributes)
    for annotation in item.annotations:
        _annotation(annotation, message.annotations.add())
    return message.SerializeToString(deterministic=True)


def _annotation(annotation: model.Annotation, message: messages.Annotation) -> None:
    message.id, message.group, message.z_order = annotation.id, annotation.group, annotation.z_order
    if annotation.label is not None:
        message.label_index = annotation.label
    if annotation.object_id is not None:
        message.object_id = annotation.object_id
    _entries(annotation.attributes, message.attributes)
    _kind(annotation, message)


def _kind(annotation: Any, message: messages.Annotation) -> None:  # noqa: ANN401, C901, PLR0912 -- of any class; one case for each
    kind = type(annotation)
    if kind is model.Label:
        message.label.SetInParent()
    elif kind is model.Mask:
        message.mask.SetInParent()
        message.mask.height, message.mask.width = annotation.height, annotation.width
        message.mask.counts = annotation.counts
    elif kind is model.PolyLine:
        message.poly_line.SetInParent()
        _coordinates(annotation.points, message.poly_line.points, 2)
    elif kind is model.Polygon:
        message.polygon.SetInParent()
        _coordinates(annotation.points, message.polygon.points, 2)
    elif kind is model.Bbox:
        _coordinates([annotation.x, annotation.y, annotation.w, annotation.h], message.bbox.xywh, 4)
    elif kind is model.Points:
        message.points.SetInParent()
        _coordinates(annotation.points, message.points.points, 2)
        if (annotation.visibility != 2).any():
            message.points.visibility.extend(annotation.visibility.tolist())
    elif kind is model.Caption:
        message.caption.caption = annotation.caption
    elif kind is model.Cuboid3d:
        numbers = np.concatenate([annotation.position, annotation.rotation, annotation.scale])
        _coordinates(numbers, message.cuboid_3d.position_rotation_scale, 3)
    elif kind is model.Ellipse:
        _coordinates([annotation.x1, annotation.y1, annotation.x2, annotation.y2], message.ellipse.box, 2)
    elif kind is model.Cuboid2d:
        _coordinates(annotation.points, message.cuboid_2d.points, 2)
        if annotation.y_3d is not None:
            message.cuboid_2d.y_3d = annotation.y_3d
    elif kind is model.RotatedBbox:
        cxcywhr = [annotation.cx, annotation.cy, annotation.w, annotation.h, annotation.r]
        _coordinates(cxcywhr, message.rotated_bbox.cxcywhr, 5)
    elif kind is model.FeatureVector:
        message.feature_vector.SetInParent()
        single = annotation.vector.dtype == np.float32
        (message.feature_vector.f32 if single else message.feature_vector.f64).extend(annotation.vector.tolist())
    elif kind is model.DepthMap:
        _image(annotation.image, message.depth_map.image)
    elif kind is model.ImageAnnotation:
        message.image_annotation.role = annotation.role
        _image(annotation.image, message.image_annotation.image)
    elif kind is model.Tabular:
        message.tabular.SetInParent()
        _entries(annotation.values, message.tabular.values)
    else:
        message.hash_key.hash = annotation.hash


def _entries(entries: dict[str, Any], container: Any) -> None:  # noqa: ANN401 -- a container of protobuf
    for key, value in entries.items():
        attribute = container.add(key=str(key))
        attribute.value.SetInParent()
        _value(value, attribute.value)


def _value(value: Any, message: messages.Value) -> None:  # noqa: ANN401 -- any value
    value = value.item() if isinstance(value, np.generic) else value
    if value is None:
        message.null_value = 0  # type: ignore[assignment]  # an enum of one value
    elif value is True or value is False:
        message.bool_value = value
    elif isinstance(value, int) and -(2**63) <= value < 2**63:
        message.int_value = value
    elif isinstance(value, int):
        size = next(size for size in range(9, 10**6) if -(2 ** (8 * size - 1)) <= value < 2 ** (8 * size - 1))
        message.big_int_value = value.to_bytes(size, "big", signed=True)
    elif isinstance(value, float):
        message.double_value = value
    elif isinstance(value, str):
        message.string_value = value
    elif isinstance(value, bytes):
        message.bytes_value = value
    elif isinstance(value, dict):
        message.map_value.SetInParent()
        _entries(value, message.map_value.entries)
    else:
        message.list_value.SetInParent()
        for element in value:
            _value(element, message.list_value.values.add())


def plain_coordinates(values: Any, stride: int) -> bytes:  # noqa: ANN401 -- whatever numpy takes
    """Return the bytes of the message of some numbers."""
    message = messages.Coordinates()
    _coordinates(values, message, stride)
    return message.SerializeToString(deterministic=True)


def _coordinates(values: Any, message: messages.Coordinates, stride: int) -> None:  # noqa: ANN401 -- whatever numpy takes
    numbers = np.asarray(values, np.float64).ravel().tolist()
    if not numbers:
        return
    message.SetInParent()
    for decimals in range(13):
        integers = [_scaled(number, decimals) for number in numbers]
        if None not in integers:
            _differences([integer for integer in integers if integer is not None], decimals, message, stride)
            return
    try:
        singles = [struct.unpack("<f", struct.pack("<f", number))[0] for number in numbers]
    except OverflowError:  # beyond single precision
        singles = []
    if list(map(_bits, singles)) == list(map(_bits, numbers)):
        message.f32.extend(singles)
    else:
        message.f64.extend(numbers)


def _scaled(number: float, decimals: int) -> int | None:
    if not abs(number) * 10.0**decimals <= 2**53:
        return None
    integer = round(number * 10.0**decimals)
    return integer if _bits(integer / 10.0**decimals) == _bits(number) else None


def _bits(number: float) -> bytes:
    return struct.pack("<d", number)


def _differences(integers: list[int], decimals: int, message: messages.Coordinates, stride: int) -> None:
    message.decimals = decimals
    deltas = integers[:stride]
    deltas += [integer - before for before, integer in zip(integers, integers[stride:], strict=False)]
    first, rest = deltas[:stride], deltas[stride:]
    message.delta.extend(first)
    zigzag = [2 * delta if delta >= 0 else -2 * delta - 1 for delta in rest]
    if len(rest) >= 6:
        bits = max((sum(zigzag) // len(rest)).bit_length() - 1, 0)
        unary = sum(number >> bits for number in zigzag) + len(rest)
        if (unary + bits * len(rest)) // 8 < sum(max(-(-number.bit_length() // 7), 1) for number in zigzag):
            message.rice_bits = bits
            message.rice_low = _packed(format(number % 2**bits, f"0{bits}b")[::-1] if bits else "" for number in zigzag)
            message.rice_high = _packed("0" * (number >> bits) + "1" for number in zigzag)
            return
    message.delta.extend(rest)


def _packed(pieces: Iterable[str]) -> bytes:
    """Make bytes of bits, the lowest of each first."""
    text = "".join(pieces)
    return int("0" + text[::-1], 2).to_bytes(-(-len(text) // 8), "little")


def _media(given: Any, message: messages.Media) -> None:  # noqa: ANN401 -- of any class
    kind = type(given)
    if kind is media.Image:
        _image(given, message.image)
    elif kind is media.PointCloud:
        message.point_cloud.SetInParent()
        _file(given.file, message.point_cloud, "file")
        for image in given.extra_images:
            _image(image, message.point_cloud.extra_images.add())
    elif kind is media.Video:
        _video(given, message.video)
    elif kind is media.VideoFrame:
        _video(given.video, message.video_frame.video)
        message.video_frame.index = given.index
    elif kind is media.MultiframeImage:
        message.multiframe_image.SetInParent()
        _file(given.file, message.multiframe_image, "file")
        for image in given.frames:
            _image(image, message.multiframe_image.frames.add())
    elif kind is media.GenericMedia:
        message.generic.SetInParent()
        _file(given.file, message.generic, "file")
    else:
        message.table_row.SetInParent()
        _file(given.table, message.table_row, "table")
        message.table_row.index = given.index


def _image(image: media.Image, message: messages.Image) -> None:
    message.SetInParent()
    _file(image.file, message, "file")
    if image.height is not None:
        message.height = image.height
    if image.width is not None:
        message.width = image.width


def _video(video: media.Video, message: messages.Video) -> None:
    message.SetInParent()
    _file(video.file, message, "file")
    if video.step != 1:
        message.step = video.step
    if video.start_frame:
        message.start_frame = video.start_frame
    if video.end_frame is not None:
        message.end_frame = video.end_frame


def _file(file: media.MediaRef | None, parent: Any, field: str) -> None:  # noqa: ANN401 -- any message that has one
    if file is None:
        return
    message = getattr(parent, field)
    message.SetInParent()
    for name in ("path", "data", "size", "crc32"):
        if getattr(file, name) is not None:
            setattr(message, name, getattr(file, name))
    message.encrypted = file.encrypted
