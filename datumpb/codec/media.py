"""Media, as the bytes of messages, and from messages (schema: `media.proto`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datumpb.codec import fields
from datumpb.codec.wire import sized, varint
from datumpb.errors import DamagedFileError, InvalidItemError
from datumpb.model import media as model
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb import messages


def media_to_bytes(media: model.Media) -> bytes:
    """Return the message of a medium, serialized.

    Raises:
        InvalidItemError: It is no medium, or a field is out of its range.
        MediaPathError: A path that leads out of the dataset.
    """
    encoder = _ENCODERS.get(type(media))
    if encoder is None:
        text = f"{fields.shown(media)} is no medium"
        raise InvalidItemError(text)
    tag, encode = encoder
    return sized(tag, encode(media))


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


def image_to_bytes(image: model.Image) -> bytes:
    """Return the message of an image, serialized.

    Raises:
        InvalidItemError: It is no image, or a field is out of its range.
        MediaPathError: A path that leads out of the dataset.
    """
    image = fields.instance(image, model.Image, "image")
    data = _file_to_bytes(image.file)
    if image.height is not None:
        data += b"\x10" + varint(fields.uint32(image.height, "image height"))
    if image.width is not None:
        data += b"\x18" + varint(fields.uint32(image.width, "image width"))
    return data


def decode_image(message: messages.Image, source: model.MediaSource | None) -> model.Image:
    """Return the image of a message."""
    return model.Image(
        file=_decode_file(message.file, source, given=message.HasField("file")),
        height=message.height if message.HasField("height") else None,
        width=message.width if message.HasField("width") else None,
    )


def _file_to_bytes(file: model.MediaRef | None) -> bytes:
    """Return a message's first field, which is a file in all of them."""
    if file is None:
        return b""
    file = fields.instance(file, model.MediaRef, "media file")
    data = b""
    if file.path is not None:
        path = fields.text(file.path, "media path")
        check_media_path(path)
        data += sized(b"\x0a", path.encode())
    if file.data is not None:
        data += sized(b"\x12", fields.octets(file.data, "media data"))
    if file.size is not None:
        data += b"\x18" + varint(fields.uint64(file.size, "media size"))
    if file.crc32 is not None:
        data += b"\x25" + fields.uint32(file.crc32, "media crc32").to_bytes(4, "little")
    if fields.boolean(file.encrypted, "media encrypted"):
        data += b"\x28\x01"
    return sized(b"\x0a", data)


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


def _video_to_bytes(video: model.Video) -> bytes:
    video = fields.instance(video, model.Video, "video")
    data = _file_to_bytes(video.file)
    step = fields.uint64(video.step, "video step", 1)
    if step != 1:
        data += b"\x10" + varint(step)
    start_frame = fields.uint64(video.start_frame, "video start_frame")
    if start_frame:
        data += b"\x18" + varint(start_frame)
    if video.end_frame is not None:
        data += b"\x20" + varint(fields.uint64(video.end_frame, "video end_frame"))
    return data


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


def _point_cloud_to_bytes(media: model.PointCloud) -> bytes:
    return _file_to_bytes(media.file) + b"".join(sized(b"\x12", image_to_bytes(image)) for image in media.extra_images)


def _video_frame_to_bytes(media: model.VideoFrame) -> bytes:
    video = sized(b"\x0a", _video_to_bytes(media.video))
    return video + _index_to_bytes(fields.uint64(media.index, "video frame index"))


def _multiframe_image_to_bytes(media: model.MultiframeImage) -> bytes:
    return _file_to_bytes(media.file) + b"".join(sized(b"\x12", image_to_bytes(frame)) for frame in media.frames)


def _table_row_to_bytes(media: model.TableRow) -> bytes:
    return _file_to_bytes(media.table) + _index_to_bytes(fields.uint64(media.index, "table row index"))


def _index_to_bytes(index: int) -> bytes:
    return b"\x10" + varint(index) if index else b""


# By class, the tag of its field and what makes its message.
_ENCODERS: dict[type, tuple[bytes, Callable[[Any], bytes]]] = {
    model.Image: (b"\x0a", image_to_bytes),
    model.PointCloud: (b"\x12", _point_cloud_to_bytes),
    model.Video: (b"\x1a", _video_to_bytes),
    model.VideoFrame: (b"\x22", _video_frame_to_bytes),
    model.MultiframeImage: (b"\x2a", _multiframe_image_to_bytes),
    model.GenericMedia: (b"\x32", lambda media: _file_to_bytes(media.file)),
    model.TableRow: (b"\x3a", _table_row_to_bytes),
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
