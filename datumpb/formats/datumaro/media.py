"""Reading media: a key for each kind, with a path inside of the folder for that kind, and what else a kind has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datumpb.dataset import layout
from datumpb.dataset.datumaro_media import find_extra_image
from datumpb.dataset.inner_path import is_file
from datumpb.dataset.json_values import JsonMap, check, elements, get
from datumpb.errors import MediaPathError, SourceFormatError
from datumpb.formats.datumaro.numbers import UINT32, UINT64, integer, optional_integer
from datumpb.model.media import GenericMedia, Image, Media, MediaRef, PointCloud, Video, VideoFrame
from datumpb.model.media_folder import MediaFolder
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    from pathlib import Path

_KINDS = ("image", "point_cloud", "video_frame", "video")


class MediaReader:
    """Reads the media of the items of one subset."""

    def __init__(self, root: Path, subset: str) -> None:
        """Name the dataset's folder and the subset."""
        self._root = root
        self._subset = subset
        self._source = MediaFolder(root)

    def read(self, entry: JsonMap, item_id: str, place: str) -> Media | None:
        """Read the media of an item.

        Raises:
            SourceFormatError: It does not follow the format.
        """
        kinds = [key for key in _KINDS if entry.get(key)]
        if len(kinds) > 1:
            message = f"an item has one medium, not {' and '.join(kinds)}"
            raise SourceFormatError(message, None, place)
        if not kinds:
            return self._generic(entry, place)
        info = check(entry[kinds[0]], dict, f"{place}.{kinds[0]}")
        inner = f"{place}.{kinds[0]}"
        if kinds == ["image"]:
            return self._main_image(info, item_id, inner)
        if kinds == ["point_cloud"]:
            return self._point_cloud(info, entry, item_id, place)
        if kinds == ["video_frame"]:
            file = self._ref(info, "video_path", layout.VIDEOS, inner)
            return VideoFrame(
                Video(file), integer(get(info, "frame_index", int, inner), UINT64, f"{inner}.frame_index")
            )
        return self._video(info, inner)

    def _generic(self, entry: JsonMap, place: str) -> GenericMedia | None:
        if not entry.get("media"):
            return None
        path = _path(check(entry["media"], dict, f"{place}.media"), "path", f"{place}.media")
        return GenericMedia(MediaRef(path, source=self._source)) if path else None

    def _main_image(self, info: JsonMap, item_id: str, place: str) -> Image:
        image = self._image(info, place)
        if image.file is not None:
            image.file.path = self._where(image.file.path or "", _path(info, "path", place))
            return image
        # Datumaro looks for a file of the item's name, then.
        name = f"{item_id}.jpg"
        path = self._where(f"{layout.IMAGES}/{self._subset}/{name}", name)
        if self._is_there(path):
            image.file = MediaRef(path, source=self._source)
        return image

    def _where(self, path: str, name: str) -> str:
        """Return where an image is: old versions have it in no folder for the subset, or the folder in the path."""
        old = f"{layout.IMAGES}/{name}"
        return old if not self._is_there(path) and self._is_there(old) else path

    def _is_there(self, path: str) -> bool:
        try:
            check_media_path(path)
        except MediaPathError:  # refused when somebody wants the file
            return False
        return is_file(self._root / path)

    def _image(self, info: JsonMap, place: str) -> Image:
        file = self._ref(info, "path", layout.IMAGES, place)
        size = info.get("size")
        if size is None:
            return Image(file)
        sides = check(size, list, f"{place}.size")
        if len(sides) != 2:  # noqa: PLR2004 -- height and width
            message = "height and width expected"
            raise SourceFormatError(message, None, f"{place}.size")
        height, width = (integer(side, UINT32, f"{place}.size") for side in sides)
        return Image(file, height, width)

    def _point_cloud(self, info: JsonMap, entry: JsonMap, item_id: str, place: str) -> PointCloud:
        file = self._ref(info, "path", layout.POINT_CLOUDS, f"{place}.point_cloud")
        images = []
        if entry.get("related_images") is not None:
            for index, related in enumerate(elements(entry, "related_images", dict, place)):
                image = self._image(related, f"{place}.related_images[{index}]")
                find_extra_image(image.file, item_id, self._subset, self._root)
                images.append(image)
        return PointCloud(file, images)

    def _video(self, info: JsonMap, place: str) -> Video:
        file = self._ref(info, "path", layout.VIDEOS, place)
        step = optional_integer(info, "step", place, UINT64[1:])
        start = optional_integer(info, "start_frame", place, UINT64)
        end = optional_integer(info, "end_frame", place, UINT64)
        return Video(file, 1 if step is None else step, start or 0, end)

    def _ref(self, info: JsonMap, key: str, folder: str, place: str) -> MediaRef | None:
        path = _path(info, key, place)
        if not path:
            return None
        # An absolute path stays one, and is refused when somebody wants the file.
        return MediaRef(path if path.startswith("/") else f"{folder}/{self._subset}/{path}", source=self._source)


def _path(info: JsonMap, key: str, place: str) -> str:
    path: Any = info.get(key)
    return "" if path is None else check(path, str, f"{place}.{key}")
