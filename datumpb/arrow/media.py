"""Media as Arrow columns: one struct for all kinds, whose `kind` says which of its fields count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from datumpb.arrow.columns import refuse_nulls
from datumpb.codec import fields
from datumpb.errors import InvalidItemError, SourceFormatError
from datumpb.model.media import (
    GenericMedia,
    Image,
    Media,
    MediaRef,
    MultiframeImage,
    PointCloud,
    TableRow,
    Video,
    VideoFrame,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb.model.media import MediaSource

    Row = dict[str, Any]

FILE = pa.struct(
    {
        "path": pa.string(),
        "data": pa.binary(),
        "size": pa.uint64(),
        "crc32": pa.uint32(),
        "encrypted": pa.bool_(),
    }
)
IMAGE = pa.struct({"file": FILE, "height": pa.uint32(), "width": pa.uint32()})
MEDIA = pa.struct(
    {
        "kind": pa.string(),
        "file": FILE,
        "height": pa.uint32(),
        "width": pa.uint32(),
        "images": pa.list_(IMAGE),
        "step": pa.uint64(),
        "start_frame": pa.uint64(),
        "end_frame": pa.uint64(),
        "index": pa.uint64(),
    }
)


class Images:
    """The images of annotations (a `Column`)."""

    type = IMAGE

    def encode(self, values: list[Any], field: str) -> pa.Array:
        """Make an array."""
        return pa.array([_pack_image(value, field) for value in values], self.type)

    def decode(self, array: pa.Array, field: str) -> list[Image]:
        """Return the values; the source of their files is set by `with_source`."""
        refuse_nulls(array, field)
        return [_image(row) for row in array.to_pylist()]


IMAGES = Images()


def encode_media(media: list[Media | None]) -> pa.Array:
    """Make an array of the media of items.

    Raises:
        InvalidItemError: One is no medium, or a field is out of its range.
    """
    return pa.array([None if one is None else _pack(one) for one in media], MEDIA)


def decode_media(array: pa.Array) -> list[Media | None]:
    """Return the media of items.

    Raises:
        SourceFormatError: One is of no known kind, or something of it is missing.
    """
    return [None if row is None else _unpack(row) for row in array.to_pylist()]


def set_source(refs: list[MediaRef], source: MediaSource | None) -> None:
    """Let files be fetched from a source."""
    for ref in refs:
        ref.source = source


def _pack(media: Media) -> Row:
    kind = _KINDS.get(type(media))
    if kind is None:
        message = f"{fields.shown(media)} is no medium"
        raise InvalidItemError(message)
    return {"kind": type(media).__name__, **kind[0](media)}


def _unpack(row: Row) -> Media:
    for kind, (_, unpack) in _KINDS.items():
        if kind.__name__ == row["kind"]:
            return unpack(row)
    message = f"unknown kind {row['kind']!r}"
    raise SourceFormatError(message, None, "media.kind")


def _pack_file(file: MediaRef | None) -> Row | None:
    if file is None:
        return None
    file = fields.instance(file, MediaRef, "media file")
    return {
        "path": None if file.path is None else fields.text(file.path, "media path"),
        "data": None if file.data is None else fields.octets(file.data, "media data"),
        "size": None if file.size is None else fields.uint64(file.size, "media size"),
        "crc32": None if file.crc32 is None else fields.uint32(file.crc32, "media crc32"),
        "encrypted": fields.boolean(file.encrypted, "media encrypted"),
    }


def _file(row: Row | None) -> MediaRef | None:
    if row is None:
        return None
    return MediaRef(row["path"], row["data"], row["size"], row["crc32"], encrypted=bool(_given(row, "encrypted")))


def _pack_image(image: Image, field: str = "image") -> Row:
    image = fields.instance(image, Image, field)
    return {
        "file": _pack_file(image.file),
        "height": None if image.height is None else fields.uint32(image.height, f"{field} height"),
        "width": None if image.width is None else fields.uint32(image.width, f"{field} width"),
    }


def _image(row: Row | None) -> Image:
    if row is None:
        message = "null where an image has to be"
        raise SourceFormatError(message, None, "media.images")
    return Image(_file(row["file"]), row["height"], row["width"])


def _pack_images(images: list[Image]) -> list[Row]:
    return [_pack_image(image) for image in images]


def _images(row: Row) -> list[Image]:
    return [_image(image) for image in _given(row, "images")]


def _pack_video(video: Video) -> Row:
    video = fields.instance(video, Video, "video")
    return {
        "file": _pack_file(video.file),
        "step": fields.uint64(video.step, "video step", 1),
        "start_frame": fields.uint64(video.start_frame, "video start_frame"),
        "end_frame": None if video.end_frame is None else fields.uint64(video.end_frame, "video end_frame"),
    }


def _video(row: Row) -> Video:
    step = _given(row, "step")
    if step < 1:
        message = "a number from 1 expected"
        raise SourceFormatError(message, None, "media.step")
    return Video(_file(row["file"]), step, _given(row, "start_frame"), row["end_frame"])


def _given(row: Row, key: str) -> Any:  # noqa: ANN401 -- what the column holds
    if row[key] is None:
        message = "null where a value has to be"
        raise SourceFormatError(message, None, f"media.{key}")
    return row[key]


_KINDS: dict[type, tuple[Callable[[Any], Row], Callable[[Row], Media]]] = {
    Image: (_pack_image, _image),
    PointCloud: (
        lambda media: {"file": _pack_file(media.file), "images": _pack_images(media.extra_images)},
        lambda row: PointCloud(_file(row["file"]), _images(row)),
    ),
    Video: (_pack_video, _video),
    VideoFrame: (
        lambda media: {**_pack_video(media.video), "index": fields.uint64(media.index, "frame index")},
        lambda row: VideoFrame(_video(row), _given(row, "index")),
    ),
    MultiframeImage: (
        lambda media: {"file": _pack_file(media.file), "images": _pack_images(media.frames)},
        lambda row: MultiframeImage(_file(row["file"]), _images(row)),
    ),
    GenericMedia: (lambda media: {"file": _pack_file(media.file)}, lambda row: GenericMedia(_file(row["file"]))),
    TableRow: (
        lambda media: {"file": _pack_file(media.table), "index": fields.uint64(media.index, "table row index")},
        lambda row: TableRow(_file(row["file"]), _given(row, "index")),
    ),
}
