"""Media: what an item shows, and where its bytes are."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from datumpb.errors import MediaNotFoundError
from datumpb.model.values import Exact

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

_CHUNK_SIZE = 1 << 20


class MediaType(enum.Enum):
    """The kinds of media that a dataset's items have (schema: `MediaType`)."""

    UNSPECIFIED = 0
    NONE = 1
    IMAGE = 2
    POINT_CLOUD = 3
    VIDEO = 4
    VIDEO_FRAME = 5
    MULTIFRAME_IMAGE = 6
    GENERIC = 7
    TABLE_ROW = 8
    MIXED = 9


class MediaSource(Protocol):
    """Whoever can fetch the bytes behind a path: a dataset's folder, with its key."""

    def chunks(self, ref: MediaRef) -> Iterator[bytes]:
        """Yield the bytes of the file that `ref` means, decrypted, piece by piece.

        Raises:
            MediaError: The file is missing, outside of the dataset, or not the one that `ref` means.
        """
        ...

    def plain_file(self, ref: MediaRef) -> Path | None:
        """Return the file on disk that has just the bytes that `ref` means, or None; it need not exist.

        Raises:
            MediaPathError: Its path leads out of the dataset.
        """
        ...


@dataclass(slots=True, eq=False)
class MediaRef(Exact):
    """Where the bytes of a media file are (schema: `MediaRef`).

    Attributes:
        path: Relative to the dataset's folder, with '/' between its parts. Without a source, a path of the file system.
        data: The bytes themselves, kept inline.
        size: Size in bytes before encryption; None where not recorded.
        crc32: CRC-32 (zlib) of the bytes before encryption; None where not recorded.
        encrypted: Whether the file at `path` is an encrypted media container.
        source: Fetches the bytes; set by whoever read the item, not stored and not compared.
    """

    path: str | None = None
    data: bytes | None = None
    size: int | None = None
    crc32: int | None = None
    encrypted: bool = False
    source: MediaSource | None = field(default=None, compare=False, repr=False)

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes of the file, decrypted, piece by piece.

        Raises:
            MediaError: The file is missing, outside of the dataset, or not the one that is meant.
        """
        if self.data is not None:
            yield self.data
        elif self.source is not None:
            yield from self.source.chunks(self)
        elif self.path is None:
            message = "the bytes of this media are not part of the dataset"
            raise MediaNotFoundError(message)
        else:
            yield from _file_chunks(self.path)

    def read(self) -> bytes:
        """Return the bytes of the file, decrypted.

        Raises:
            MediaError: The file is missing, outside of the dataset, or not the one that is meant.
        """
        return b"".join(self.chunks())

    def plain_file(self) -> Path | None:
        """Return the file on disk that has just these bytes; None where there is none, as if they are encrypted.

        Raises:
            MediaPathError: Its path leads out of the dataset.
        """
        if self.data is not None or self.path is None:
            return None
        return Path(self.path) if self.source is None else self.source.plain_file(self)


def _file_chunks(path: str) -> Iterator[bytes]:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 -- the path as the user gave it
            while chunk := file.read(_CHUNK_SIZE):
                yield chunk
    except OSError as error:
        message = f"cannot read this media file: {error.strerror}"
        raise MediaNotFoundError(message, path) from error


@dataclass(slots=True, eq=False)
class Image(Exact):
    """A still picture (schema: `Image`).

    Attributes:
        file: The encoded picture (JPEG, PNG, ...); None where not known.
        height: In pixels; None where not known.
        width: In pixels; None where not known.
    """

    file: MediaRef | None = None
    height: int | None = None
    width: int | None = None

    @classmethod
    def from_file(cls, path: str, height: int | None = None, width: int | None = None) -> Image:
        """Make an image of a file on disk, which is read only when needed."""
        return cls(MediaRef(path=path), height, width)

    @classmethod
    def from_bytes(cls, data: bytes, height: int | None = None, width: int | None = None) -> Image:
        """Make an image of an encoded picture in memory."""
        return cls(MediaRef(data=data), height, width)

    def pixels(self) -> np.ndarray:
        """Decode the picture: (H, W, 3) uint8 RGB, or (H, W) of the file's own type where it has one channel.

        Raises:
            MediaError: The file cannot be had, or is not a picture.
        """
        from datumpb.model.pictures import decode  # noqa: PLC0415 -- pillow is loaded when needed

        if self.file is None:
            message = "the bytes of this image are not part of the dataset"
            raise MediaNotFoundError(message)
        return decode(self.file.read(), self.file.path)


@dataclass(slots=True, eq=False)
class PointCloud(Exact):
    """A cloud of points in space (schema: `PointCloud`), with the pictures that belong to it."""

    file: MediaRef | None = None
    extra_images: list[Image] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Video(Exact):
    """A video, or a part of one (schema: `Video`).

    Attributes:
        file: The encoded video; None where not known.
        step: Every how many frames one is used, from 1.
        start_frame: The first frame used, from 0.
        end_frame: The last frame used, itself included; None: the video's last.
    """

    file: MediaRef | None = None
    step: int = 1
    start_frame: int = 0
    end_frame: int | None = None


@dataclass(slots=True, eq=False)
class VideoFrame(Exact):
    """One frame of a video (schema: `VideoFrame`); `index` counts from 0."""

    video: Video
    index: int


@dataclass(slots=True, eq=False)
class MultiframeImage(Exact):
    """A picture of several frames or slices (schema: `MultiframeImage`): one file, or one for each frame."""

    file: MediaRef | None = None
    frames: list[Image] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class GenericMedia(Exact):
    """Any other file (schema: `GenericMedia`)."""

    file: MediaRef | None = None


@dataclass(slots=True, eq=False)
class TableRow(Exact):
    """One row of a table (schema: `TableRow`); `index` counts from 0, the heading not counted."""

    table: MediaRef | None
    index: int


Media: TypeAlias = Image | PointCloud | Video | VideoFrame | MultiframeImage | GenericMedia | TableRow
"""What an item may show."""

MEDIA_TYPES: dict[type, MediaType] = {
    Image: MediaType.IMAGE,
    PointCloud: MediaType.POINT_CLOUD,
    Video: MediaType.VIDEO,
    VideoFrame: MediaType.VIDEO_FRAME,
    MultiframeImage: MediaType.MULTIFRAME_IMAGE,
    GenericMedia: MediaType.GENERIC,
    TableRow: MediaType.TABLE_ROW,
}
"""The kind of each class of media."""


def media_refs(media: Media | None) -> list[MediaRef]:
    """List every file that `media` refers to, the main one first."""
    if isinstance(media, PointCloud):
        refs = [media.file, *(image.file for image in media.extra_images)]
    elif isinstance(media, MultiframeImage):
        refs = [media.file, *(image.file for image in media.frames)]
    elif isinstance(media, VideoFrame):
        refs = [media.video.file]
    elif isinstance(media, TableRow):
        refs = [media.table]
    else:
        refs = [media.file] if media is not None else []
    return [ref for ref in refs if ref is not None]
