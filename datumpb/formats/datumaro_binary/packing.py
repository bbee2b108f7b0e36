"""Packing items: what `annotation` and `media` read, written; whatever does not fit is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datumpb.dataset.datumaro_media import IMAGE, POINT_CLOUD, VIDEO, VIDEO_FRAME
from datumpb.dataset.json_values import holdable
from datumpb.formats.datumaro_binary import annotation as layout
from datumpb.formats.datumaro_binary import media as media_layout
from datumpb.formats.datumaro_binary.primitives import (
    INT32_MAX,
    UINT32,
    pack_json,
    pack_numbers,
    pack_text,
)
from datumpb.model import annotations as model
from datumpb.model.media import Image, Media, MediaRef, PointCloud, Video, VideoFrame
from datumpb.model.rle import checked_runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb.model.item import Item
    from datumpb.model.values import Value

    Lost = Callable[[str], None]
    Types = dict[type[model.Annotation], int]

_INT32 = range(-(1 << 31), 1 << 31)
_INT64 = range(-(1 << 63), 1 << 63)
_UINT32 = range(1 << 32)
_LABELS = range(layout.NO_LABEL)
_VISIBLE = 2
_SMALLEST_POLYGON = 3
_WITHOUT_LABEL = (model.Caption,)
_WITHOUT_Z = (model.Label, model.Caption, model.Cuboid3d)


def pack_item(item: Item, subset: str, types: Types, lost: Lost) -> bytes:
    """Pack an item that has only annotations that are held, and media in their place.

    Args:
        item: The item.
        subset: Its subset.
        types: The numbers of the types of annotations.
        lost: Is told what the format cannot hold.

    Raises:
        UnicodeEncodeError: A text has half of a surrogate pair.
        InvalidItemError: A mask is damaged.
    """
    packed = [_annotation(annotation, types, lost) for annotation in item.annotations]
    return b"".join(
        [
            pack_text(item.id),
            pack_text(subset),
            _media(item.media, subset, lost),
            _attributes(item.attributes, "attribute of an item", lost),
            UINT32.pack(len(packed)),
            *packed,
        ]
    )


def is_held(annotation: model.Annotation, lost: Lost) -> bool:
    """Tell whether the format has an annotation of this kind at all."""
    if type(annotation) not in layout.TYPES:
        lost(f"annotation of the type {type(annotation).__name__}")
        return False
    if isinstance(annotation, model.Polygon) and len(annotation.points) < _SMALLEST_POLYGON:
        lost("polygon of fewer than three points")
        return False
    if isinstance(annotation, model.Mask) and max(annotation.height, annotation.width) > INT32_MAX:
        lost("mask with a side beyond 2^31 - 1")
        return False
    return True


def _annotation(annotation: model.Annotation, types: Types, lost: Lost) -> bytes:
    object_id = layout.NO_OBJECT
    if annotation.object_id is not None:
        object_id = _fitting(annotation.object_id, _INT32, layout.NO_OBJECT, "object_id", lost)
        if annotation.object_id == layout.NO_OBJECT:
            lost("object_id -1, which means none")
    common = layout.COMMON.pack(
        types[type(annotation)],
        _fitting(annotation.id, _INT64, 0, "id of an annotation", lost),
        _fitting(annotation.group, _INT64, 0, "group", lost),
        object_id,
    )
    attributes = _attributes(annotation.attributes, "attribute of an annotation", lost)
    return common + attributes + _label_and_z(annotation, lost) + _own_part(annotation, lost)


def _label_and_z(annotation: model.Annotation, lost: Lost) -> bytes:
    kind = type(annotation)
    label = layout.NO_LABEL
    if annotation.label is not None:
        label = _fitting(annotation.label, _LABELS, layout.NO_LABEL, "label", lost)
    if kind in _WITHOUT_LABEL and annotation.label is not None:
        lost(f"label of a {kind.__name__}")
    if kind in _WITHOUT_Z:
        if annotation.z_order:
            lost(f"z_order of a {kind.__name__}")
        return b"" if kind in _WITHOUT_LABEL else layout.LABEL.pack(label)
    return layout.LABEL_AND_Z.pack(label, _fitting(annotation.z_order, _INT32, 0, "z_order", lost))


def _own_part(annotation: model.Annotation, lost: Lost) -> bytes:
    if isinstance(annotation, model.Mask):
        checked_runs(annotation.counts, annotation.height, annotation.width)
        return layout.MASK.pack(annotation.height, annotation.width, len(annotation.counts)) + annotation.counts
    if isinstance(annotation, model.Caption):
        return pack_text(annotation.caption)
    if isinstance(annotation, model.Bbox):
        return _box(annotation, lost)
    if isinstance(annotation, model.Points):
        return _floats(annotation.points, lost) + _visibility(annotation.visibility, lost)
    if isinstance(annotation, (model.Polygon, model.PolyLine)):
        return _floats(annotation.points, lost)
    if isinstance(annotation, model.Ellipse):
        return _floats(np.array([annotation.x1, annotation.y1, annotation.x2, annotation.y2]), lost)
    if isinstance(annotation, model.Cuboid3d):
        return _floats(np.concatenate((annotation.position, annotation.rotation, annotation.scale)), lost)
    if isinstance(annotation, model.Cuboid2d):
        if annotation.y_3d is not None:
            lost("y_3d of a Cuboid2d")
        return _floats(annotation.points, lost)
    return b""


def _box(box: model.Bbox, lost: Lost) -> bytes:
    corners = _rounded(np.array([box.x, box.y, box.x + box.w, box.y + box.h]))
    x1, y1, x2, y2 = corners.tolist()
    _compare(np.array([x1, y1, x2 - x1, y2 - y1]), np.array([box.x, box.y, box.w, box.h]), lost)
    return pack_numbers(corners)


def _floats(values: np.ndarray, lost: Lost) -> bytes:
    single = _rounded(values)
    _compare(single, values, lost)
    return pack_numbers(single)


def _rounded(values: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):  # the difference is told
        return values.astype("<f4")


def _compare(written: np.ndarray, values: np.ndarray, lost: Lost) -> None:
    # The sign of a zero is told, too: x + w may lose that of w.
    same = np.array_equal(written, values, equal_nan=True)
    if not same or np.any((np.signbit(written) != np.signbit(values)) & ~np.isnan(values)):
        lost("coordinates that 32-bit floats round")


def _visibility(visibility: np.ndarray, lost: Lost) -> bytes:
    if np.any(visibility > _VISIBLE):
        lost("visibility that is not 0, 1 or 2, taken for 2")
    return pack_numbers(np.minimum(visibility, _VISIBLE).astype("<i4"))


def _attributes(attributes: dict[str, Value], what: str, lost: Lost) -> bytes:
    return pack_json(holdable(attributes, lambda _: lost(f"{what} that JSON cannot hold")))


def _fitting(value: int, allowed: range, otherwise: int, what: str, lost: Lost) -> int:
    if value in allowed:
        return value
    lost(f"{what} out of range")
    return otherwise


def _media(media: Media | None, subset: str, lost: Lost) -> bytes:
    if isinstance(media, Image):
        return _image(media, subset, lost)
    if isinstance(media, PointCloud):
        images = [_image(image, subset, lost) for image in media.extra_images]
        return _file(POINT_CLOUD, media.file, subset) + UINT32.pack(len(images)) + b"".join(images)
    if isinstance(media, Video):
        return _file(VIDEO, media.file, subset) + _range(media, lost)
    if isinstance(media, VideoFrame):
        if (media.video.step, media.video.start_frame, media.video.end_frame) != (1, 0, None):
            lost("step and range of a frame's video")
        index = _fitting(media.index, _UINT32, 0, "index of a video frame", lost)
        return _file(VIDEO_FRAME, media.video.file, subset) + UINT32.pack(index)
    return UINT32.pack(media_layout.NONE)


def _image(image: Image, subset: str, lost: Lost) -> bytes:
    size = media_layout.NO_SIZE
    if image.height is not None and image.width is not None and max(image.height, image.width) <= INT32_MAX:
        size = image.height, image.width
    elif image.height is not None or image.width is not None:
        lost("size of an image with one side only, or one beyond 2^31 - 1")
    return _file(IMAGE, image.file, subset) + media_layout.SIZE.pack(*size)


def _range(video: Video, lost: Lost) -> bytes:
    step = _fitting(video.step, _UINT32[1:], 1, "step of a video", lost)
    first = _fitting(video.start_frame, _UINT32, 0, "start_frame of a video", lost)
    last = media_layout.NO_END
    if video.end_frame is not None:
        last = _fitting(video.end_frame, _UINT32[first : media_layout.NO_END], last, "end_frame of a video", lost)
    return media_layout.RANGE.pack(step, first, last)


def _file(kind: int, file: MediaRef | None, subset: str) -> bytes:
    path = "" if file is None or file.path is None else file.path
    return UINT32.pack(kind) + pack_text(path.removeprefix(f"{media_layout.FOLDERS[kind]}/{subset}/"))
