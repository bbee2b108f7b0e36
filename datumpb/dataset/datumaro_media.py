"""Media as both of Datumaro's formats have them: their kinds, and what becomes of their files."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from datumpb.dataset.inner_path import is_file
from datumpb.dataset.layout import IMAGES
from datumpb.model.media import Image, Media, MediaRef, MediaType, PointCloud, Video, VideoFrame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Replace = Callable[[MediaRef | None], MediaRef | None]

ELEMENT, IMAGE, VIDEO_FRAME, VIDEO, POINT_CLOUD = 1, 2, 4, 5, 6

MEDIA_TYPES = {
    ELEMENT: MediaType.MIXED,
    IMAGE: MediaType.IMAGE,
    VIDEO_FRAME: MediaType.VIDEO_FRAME,
    VIDEO: MediaType.VIDEO,
    POINT_CLOUD: MediaType.POINT_CLOUD,
}
"""The kinds of media that the items of a file can have; `ELEMENT` allows any."""

_NUMBERS = {media_type: number for number, media_type in MEDIA_TYPES.items()}
_EXTENSIONS = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"BM": ".bmp", b"RIFF": ".avi", b"# .PCD": ".pcd"}


def common_number(kinds: set[MediaType]) -> int:
    """Return the number that allows for all kinds of media of a dataset: its files have to agree."""
    return _NUMBERS.get(next(iter(kinds)), ELEMENT) if len(kinds) == 1 else ELEMENT


def with_files(media: Media, picture: Replace, other: Replace) -> Media | None:
    """Return media with their files replaced; None where Datumaro's formats do not have this kind.

    Args:
        media: The media of an item.
        picture: Replaces the file of an item that is an image.
        other: Replaces every other file.
    """
    if isinstance(media, Image):
        return dataclasses.replace(media, file=picture(media.file))
    if isinstance(media, PointCloud):
        extra = [dataclasses.replace(image, file=other(image.file)) for image in media.extra_images]
        return PointCloud(other(media.file), extra)
    if isinstance(media, Video):
        return dataclasses.replace(media, file=other(media.file))
    if isinstance(media, VideoFrame):
        return VideoFrame(dataclasses.replace(media.video, file=other(media.video.file)), media.index)
    return None


def outside(file: MediaRef | None, lost: Callable[[str], None], *, save: bool) -> MediaRef | None:
    """Return a file that is kept inline as one that can be saved; None, and counted, where media are not saved."""
    if file is None or file.data is None:
        return file
    if not save:
        lost("bytes of media that are kept inline, as media are not saved")
        return None
    data = file.data
    extension = next((name for start, name in _EXTENSIONS.items() if data.startswith(start)), ".bin")
    return MediaRef(file.path or f"inline{extension}", source=_Inline(data))


class _Inline:
    """Bytes in memory (a `MediaSource`)."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def chunks(self, ref: MediaRef) -> Iterator[bytes]:  # noqa: ARG002 -- a MediaSource
        yield self._data

    def plain_file(self, ref: MediaRef) -> None:
        pass


def find_extra_image(file: MediaRef | None, item_id: str, subset: str, root: Path) -> None:
    """Correct the path of an image of a point cloud, where Datumaro saved it elsewhere than it notes.

    The folder for an item whose id has slashes is named in two ways: in the file, and on the disk.
    """
    flat = item_id.replace("/", "_")
    if flat == item_id or file is None or file.path is None:
        return
    prefix = f"{IMAGES}/{subset}/"
    on_disk = file.path.replace(f"{prefix}{flat}/", f"{prefix}{item_id}/", 1)
    if not is_file(root / file.path) and is_file(root / on_disk):
        file.path = on_disk
