"""Reading media: a number for the kind, a path inside of the folder for that kind, and what else a kind has."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from datumpb.dataset import layout
from datumpb.dataset.datumaro_media import ELEMENT, IMAGE, POINT_CLOUD, VIDEO, VIDEO_FRAME, find_extra_image
from datumpb.model.media import (
    GenericMedia,
    Image,
    Media,
    MediaRef,
    PointCloud,
    Video,
    VideoFrame,
)

if TYPE_CHECKING:
    from datumpb.formats.datumaro_binary.primitives import Cursor
    from datumpb.model.media_folder import MediaFolder

NONE = 0
SIZE = struct.Struct("<ii")  # height, width
NO_SIZE = (-1583, -1597)
RANGE = struct.Struct("<III")  # step, first frame, last frame
NO_END = (1 << 32) - 1
NO_PATH = "/NOT/A/REAL/PATH"

FOLDERS = {
    IMAGE: layout.IMAGES,
    VIDEO_FRAME: layout.VIDEOS,
    VIDEO: layout.VIDEOS,
    POINT_CLOUD: layout.POINT_CLOUDS,
}
"""Where the files of each kind are; in it is a folder for each subset, to which paths are relative."""


class MediaReader:
    """Reads the media of the items of one subset."""

    def __init__(self, subset: str, images: MediaFolder, others: MediaFolder) -> None:
        """Take the name of the subset, the source of images, and that of everything else."""
        self._subset = subset
        self._images = images
        self._others = others

    def read(self, cursor: Cursor, item_id: str) -> Media | None:
        """Read the media of an item.

        Raises:
            SourceFormatError: It does not follow the format.
        """
        start = cursor.offset
        kind = cursor.count()
        if kind == NONE:
            return None
        if kind == IMAGE:
            return self._image(cursor, self._images)
        if kind == POINT_CLOUD:
            file = self._ref(cursor, POINT_CLOUD, self._others)
            return PointCloud(file, [self._extra_image(cursor, item_id) for _ in range(cursor.count())])
        if kind == VIDEO:
            return self._video(cursor)
        if kind == VIDEO_FRAME:
            file = self._ref(cursor, VIDEO_FRAME, self._others)
            return VideoFrame(Video(file), cursor.count())
        if kind == ELEMENT:
            return GenericMedia(self._ref(cursor, ELEMENT, self._others))
        message = f"media of the unknown kind {kind}"
        raise cursor.error(message, start)

    def _image(self, cursor: Cursor, source: MediaFolder) -> Image:
        file = self._ref(cursor, IMAGE, source)
        start = cursor.offset
        height, width = cursor.unpack(SIZE)
        if (height, width) == NO_SIZE:
            return Image(file)
        if height < 0 or width < 0:
            message = f"an image of an impossible size: {height} x {width}"
            raise cursor.error(message, start)
        return Image(file, height, width)

    def _extra_image(self, cursor: Cursor, item_id: str) -> Image:
        start = cursor.offset
        kind = cursor.count()
        if kind != IMAGE:
            message = f"an image of a point cloud expected, not media of the kind {kind}"
            raise cursor.error(message, start)
        image = self._image(cursor, self._others)
        find_extra_image(image.file, item_id, self._subset, self._others.root)
        return image

    def _video(self, cursor: Cursor) -> Video:
        file = self._ref(cursor, VIDEO, self._others)
        start = cursor.offset
        step, first, last = cursor.unpack(RANGE)
        if step == 0:
            message = "a video with the step 0"
            raise cursor.error(message, start)
        return Video(file, step, first, None if last == NO_END else last)

    def _ref(self, cursor: Cursor, kind: int, source: MediaFolder) -> MediaRef | None:
        path = cursor.text()
        if path in {"", NO_PATH}:
            return None
        # An absolute path stays one, and is refused when somebody wants the file.
        inside = kind in FOLDERS and not path.startswith("/")
        return MediaRef(f"{FOLDERS[kind]}/{self._subset}/{path}" if inside else path, source=source)
