"""Media, from and to messages (schema: `media.proto`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datumpb.codec import fields
from datumpb.errors import DamagedFileError, InvalidItemError
from datumpb.model import media as model
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb import messages


def encode_media(media: model.Media, message: messages.Media) -> None:
    """Put a medium into an empty message.

    Raises:
        InvalidItemError: It is no medium, or a field is out of its range.
        MediaPathError: A path that leads out of the dataset.
    """
    encode = _ENCODERS.get(type(media))
    if encode is None:
        text = f"{fields.shown(media)} is no medium"
        raise InvalidItemError(text)
    encode(media, message)


def decode_media(message: messages.Media, source: model.MediaSource | None) -> model.Media | None:
    """Return the medium of a message, or None where only a later version knows its kind.

    Args:
        message: The message.
        source: Fetches the bytes of what is decoded.

    Raises:
        DamagedFileError: The message is not what the schema allows.
    """
    kind = message.WhichOneof("kind")
    if kind is None:
        return None
    return _DECODERS[kind](getattr(message, kind), source)


def encode_image(image: model.Image, message: messages.Image) -> None:
    """Put an image into an empty message.

    Raises:
        InvalidItemError: It is no image, or a field is out of its range.
        MediaPathError: A path that leads out of the dataset.
    """
    image = fields.instance(image, model.Image, "image")
    message.SetInParent()
    _encode_file(image.file, message.file)
    if image.height is not None:
        message.height = fields.uint32(image.height, "image height")
    if image.width is not None:
        message.width = fields.uint32(image.width, "image width")


def decode_image(message: messages.Image, source: model.MediaSource | None) -> model.Image:
    """Return the image of a message."""
    return model.Image(
        file=_decode_file(message.file, source, given=message.HasField("file")),
        height=message.height if message.HasField("height") else None,
        width=message.width if message.HasField("width") else None,
    )


def _encode_file(file: model.MediaRef | None, message: messages.MediaRef) -> None:
    if file is None:
        return
    file = fields.instance(file, model.MediaRef, "media file")
    message.SetInParent()
    if file.path is not None:
        path = fields.text(file.path, "media path")
        check_media_path(path)
        message.path = path
    if file.data is not None:
        message.data = fields.octets(file.data, "media data")
    if file.size is not None:
        message.size = fields.uint64(file.size, "media size")
    if file.crc32 is not None:
        message.crc32 = fields.uint32(file.crc32, "media crc32")
    message.encrypted = fields.boolean(file.encrypted, "media encrypted")


def _decode_file(message: messages.MediaRef, source: model.MediaSource | None, *, given: bool) -> model.MediaRef | None:
    if not given:
        return None
    return model.MediaRef(
        path=message.path if message.HasField("path") else None,
        data=message.data if message.HasField("data") else None,
        size=message.size if message.HasField("size") else None,
        crc32=message.crc32 if message.HasField("crc32") else None,
        encrypted=message.encrypted,
        source=source,
    )


def _encode_video(video: model.Video, message: messages.Video) -> None:
    video = fields.instance(video, model.Video, "video")
    message.SetInParent()
    _encode_file(video.file, message.file)
    step = fields.uint64(video.step, "video step", 1)
    if step != 1:
        message.step = step
    start_frame = fields.uint64(video.start_frame, "video start_frame")
    if start_frame:
        message.start_frame = start_frame
    if video.end_frame is not None:
        message.end_frame = fields.uint64(video.end_frame, "video end_frame")


def _decode_video(message: messages.Video, source: model.MediaSource | None) -> model.Video:
    step = message.step if message.HasField("step") else 1
    if not step:
        text = "a video has step 0"
        raise DamagedFileError(text)
    return model.Video(
        file=_decode_file(message.file, source, given=message.HasField("file")),
        step=step,
        start_frame=message.start_frame,
        end_frame=message.end_frame if message.HasField("end_frame") else None,
    )


def _encode_point_cloud(media: model.PointCloud, message: messages.Media) -> None:
    message.point_cloud.SetInParent()
    _encode_file(media.file, message.point_cloud.file)
    for image in media.extra_images:
        encode_image(image, message.point_cloud.extra_images.add())


def _encode_video_frame(media: model.VideoFrame, message: messages.Media) -> None:
    _encode_video(media.video, message.video_frame.video)
    message.video_frame.index = fields.uint64(media.index, "video frame index")


def _encode_multiframe_image(media: model.MultiframeImage, message: messages.Media) -> None:
    message.multiframe_image.SetInParent()
    _encode_file(media.file, message.multiframe_image.file)
    for frame in media.frames:
        encode_image(frame, message.multiframe_image.frames.add())


def _encode_generic(media: model.GenericMedia, message: messages.Media) -> None:
    message.generic.SetInParent()
    _encode_file(media.file, message.generic.file)


def _encode_table_row(media: model.TableRow, message: messages.Media) -> None:
    message.table_row.SetInParent()
    _encode_file(media.table, message.table_row.table)
    message.table_row.index = fields.uint64(media.index, "table row index")


_ENCODERS: dict[type, Callable[[Any, messages.Media], None]] = {
    model.Image: lambda media, message: encode_image(media, message.image),
    model.PointCloud: _encode_point_cloud,
    model.Video: lambda media, message: _encode_video(media, message.video),
    model.VideoFrame: _encode_video_frame,
    model.MultiframeImage: _encode_multiframe_image,
    model.GenericMedia: _encode_generic,
    model.TableRow: _encode_table_row,
}

_DECODERS: dict[str, Callable[[Any, model.MediaSource | None], model.Media]] = {
    "image": decode_image,
    "point_cloud": lambda part, source: model.PointCloud(
        _decode_file(part.file, source, given=part.HasField("file")),
        [decode_image(image, source) for image in part.extra_images],
    ),
    "video": _decode_video,
    "video_frame": lambda part, source: model.VideoFrame(_decode_video(part.video, source), part.index),
    "multiframe_image": lambda part, source: model.MultiframeImage(
        _decode_file(part.file, source, given=part.HasField("file")),
        [decode_image(frame, source) for frame in part.frames],
    ),
    "generic": lambda part, source: model.GenericMedia(_decode_file(part.file, source, given=part.HasField("file"))),
    "table_row": lambda part, source: model.TableRow(
        _decode_file(part.table, source, given=part.HasField("table")), part.index
    ),
}
