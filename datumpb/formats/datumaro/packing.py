"""Packing items: what `annotation` and `media` read, as JSON; whatever does not fit is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datumpb.dataset import layout
from datumpb.dataset.json_values import JsonMap, holdable
from datumpb.formats.datumaro.annotation import NO_OBJECT, TYPES
from datumpb.model import annotations as model
from datumpb.model.media import GenericMedia, Image, Media, MediaRef, PointCloud, Video, VideoFrame
from datumpb.model.rle import checked_runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb.model.item import Item

    Lost = Callable[[str], None]

_VISIBLE = 2
_SMALLEST_POLYGON = 3


def pack_item(item: Item, subset: str, lost: Lost) -> JsonMap:
    """Pack an item that has only annotations that are held, and media in their place.

    Args:
        item: The item.
        subset: Its subset.
        lost: Is told what the format cannot hold.

    Raises:
        InvalidItemError: A mask is damaged.
    """
    packed: JsonMap = {"id": item.id, "annotations": [_annotation(one, lost) for one in item.annotations]}
    if item.attributes:
        packed["attr"] = holdable(item.attributes, lambda _: lost("attribute of an item that JSON cannot hold"))
    return packed | _media(item.media, subset, lost)


def is_held(annotation: model.Annotation, lost: Lost) -> bool:
    """Tell whether the format has an annotation like this at all."""
    kind = type(annotation)
    if kind not in TYPES:
        lost(f"annotation of the type {kind.__name__}")
    elif kind is model.Label and annotation.label is None:
        lost("Label without a label")
    elif isinstance(annotation, model.Polygon) and len(annotation.points) < _SMALLEST_POLYGON:
        lost("polygon of fewer than three points")
    elif not all(np.isfinite(numbers).all() for numbers in _coordinates(annotation).values()):
        lost("annotation with a coordinate that is NaN or infinite")
    else:
        return True
    return False


def _coordinates(annotation: model.Annotation) -> dict[str, np.ndarray]:
    """Return the arrays of an annotation by their keys."""
    if isinstance(annotation, (model.Points, model.Polygon, model.PolyLine)):
        return {"points": annotation.points.reshape(-1)}
    if isinstance(annotation, model.Bbox):
        return {"bbox": np.array([annotation.x, annotation.y, annotation.w, annotation.h])}
    if isinstance(annotation, model.Ellipse):
        return {"points": np.array([annotation.x1, annotation.y1, annotation.x2, annotation.y2])}
    if isinstance(annotation, model.Cuboid3d):
        return {"position": annotation.position, "rotation": annotation.rotation, "scale": annotation.scale}
    if isinstance(annotation, model.Cuboid2d):
        return {"points": annotation.points}
    return {}


def _annotation(annotation: model.Annotation, lost: Lost) -> JsonMap:
    what = "attribute of an annotation that JSON cannot hold"
    packed: JsonMap = {
        "id": annotation.id,
        "type": TYPES[type(annotation)],
        "attributes": holdable(annotation.attributes, lambda _: lost(what)),
        "group": annotation.group,
    }
    if annotation.object_id == NO_OBJECT:
        lost("object_id -1, which means none")
    elif annotation.object_id is not None:
        packed["object_id"] = annotation.object_id
    if annotation.label is not None or not isinstance(annotation, model.Caption):
        packed["label_id"] = annotation.label
    if annotation.z_order or not isinstance(annotation, (model.Label, model.Caption, model.Cuboid3d)):
        packed["z_order"] = annotation.z_order
    packed |= {key: numbers.tolist() for key, numbers in _coordinates(annotation).items()}
    return packed | _own_part(annotation, lost)


def _own_part(annotation: model.Annotation, lost: Lost) -> JsonMap:
    if isinstance(annotation, model.Mask):
        checked_runs(annotation.counts, annotation.height, annotation.width)
        return {"rle": {"counts": annotation.counts.decode("ascii"), "size": [annotation.height, annotation.width]}}
    if isinstance(annotation, model.Caption):
        return {"caption": annotation.caption}
    if isinstance(annotation, model.Points):
        if np.any(annotation.visibility > _VISIBLE):
            lost("visibility that is not 0, 1 or 2, taken for 2")
        return {"visibility": np.minimum(annotation.visibility, _VISIBLE).tolist()}
    if isinstance(annotation, model.Cuboid2d) and annotation.y_3d is not None:
        lost("y_3d of a Cuboid2d")
    return {}


def _media(media: Media | None, subset: str, lost: Lost) -> JsonMap:
    if isinstance(media, Image):
        return {"image": _image(media, subset, lost)}
    if isinstance(media, PointCloud):
        packed: JsonMap = {"point_cloud": {"path": _path(media.file, layout.POINT_CLOUDS, subset)}}
        if media.extra_images:
            packed["related_images"] = [_image(image, subset, lost) for image in media.extra_images]
        return packed
    if isinstance(media, Video):
        video = {
            "path": _path(media.file, layout.VIDEOS, subset),
            "step": media.step,
            "start_frame": media.start_frame,
            "end_frame": media.end_frame,
        }
        return {"video": {key: value for key, value in video.items() if value is not None}}
    if isinstance(media, VideoFrame):
        if (media.video.step, media.video.start_frame, media.video.end_frame) != (1, 0, None):
            lost("step and range of a frame's video")
        path = _path(media.video.file, layout.VIDEOS, subset)
        return {"video_frame": {"video_path": path, "frame_index": media.index}}
    if isinstance(media, GenericMedia):
        if media.file is not None and media.file.path:
            return {"media": {"path": media.file.path}}
        lost("media of no kind without a file")
    return {}


def _image(image: Image, subset: str, lost: Lost) -> JsonMap:
    packed: JsonMap = {"path": _path(image.file, layout.IMAGES, subset)}
    if image.height and image.width:
        packed["size"] = [image.height, image.width]
    elif image.height is not None or image.width is not None:
        lost("size of an image that is empty or has one side only")
    return packed


def _path(file: MediaRef | None, folder: str, subset: str) -> str:
    path = "" if file is None or file.path is None else file.path
    return path.removeprefix(f"{folder}/{subset}/")
