"""Media to Datumaro's: plain files by their path, everything else by what fetches its bytes when they are asked for."""

from __future__ import annotations

import io
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from datumaro.components import media as dm

from datumpb.errors import MediaError
from datumpb.model import media as model

if TYPE_CHECKING:
    from datumpb.dataset.losses import LossReport
    from datumpb.integrations.datumaro.foreign import Foreign
    from datumpb.model.media import MediaRef

TYPES = {
    model.MediaType.IMAGE: dm.Image,
    model.MediaType.POINT_CLOUD: dm.PointCloud,
    model.MediaType.VIDEO: dm.Video,
    model.MediaType.VIDEO_FRAME: dm.VideoFrame,
    model.MediaType.MULTIFRAME_IMAGE: dm.MultiframeImage,
    model.MediaType.TABLE_ROW: dm.TableRow,
}
"""The class of each kind of media; any other kind is `MediaElement`, which all of them are."""


class StoredImage(dm.ImageFromBytes):  # type: ignore[misc]  # Datumaro has no types
    """An image that is no plain file: encrypted, or kept inline.

    It is saved as it is, where Datumaro would encode it anew.
    """

    def save(self, fp: str | io.IOBase, ext: str | None = None) -> None:
        """Write the bytes themselves where the file name has their extension, else encode the picture."""
        wanted = Path(fp).suffix if isinstance(fp, str) else ext
        if not self.ext or (wanted or self.ext).lower() != self.ext.lower():
            super().save(fp, ext)
        elif isinstance(fp, str):
            Path(fp).parent.mkdir(parents=True, exist_ok=True)
            Path(fp).write_bytes(self.bytes)
        else:
            fp.write(self.bytes)


class StoredFile(dm.FromFileMixin, dm.MediaElement):  # type: ignore[misc]  # Datumaro has no types
    """Any other file, by its path."""


class StoredBytes(dm.FromDataMixin, dm.MediaElement):  # type: ignore[misc]  # Datumaro has no types
    """Any other file, by its bytes."""


class MediaOut:
    """Converts the media of a dataset; videos and tables that many items refer to are opened once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._videos: dict[tuple[str, int, int, int | None], Foreign] = {}
        self._tables: dict[str, Foreign] = {}

    def convert(self, media: model.Media | None, where: str, losses: LossReport) -> Foreign:
        """Return Datumaro's media, or None where it cannot hold it.

        Args:
            media: The media of an item.
            where: The item, for the report.
            losses: Counts what Datumaro cannot hold.

        Raises:
            MediaPathError: A path leads out of the dataset.
        """
        if media is None:
            return None
        if isinstance(media, model.Image):
            if (media.height is None) != (media.width is None):
                losses.add("height of an image without its width, or width without height", where)
            return self.image(media)
        if isinstance(media, model.PointCloud):
            return self._cloud(media)
        if isinstance(media, model.Video):
            return self._video(media, where, losses)
        if isinstance(media, model.VideoFrame):
            video = self._video(media.video, where, losses)
            return None if video is None else dm.VideoFrame(video, media.index)
        if isinstance(media, model.MultiframeImage):
            return self._multiframe(media, where, losses)
        if isinstance(media, model.TableRow):
            return self._row(media, where, losses)
        return _generic(media)

    def image(self, image: model.Image) -> Foreign:
        """Return an image of Datumaro's.

        Raises:
            MediaPathError: A path leads out of the dataset.
        """
        size = (image.height, image.width) if image.height and image.width else None
        ref = image.file
        plain = None if ref is None else ref.plain_file()
        if plain is not None:
            return dm.Image.from_file(str(plain), size=size)
        if ref is None or _is_absent(ref):
            return dm.Image.from_bytes(None, size=size)
        return StoredImage(ref.read if ref.data is None else ref.data, size=size, ext=_extension(ref))

    def _cloud(self, media: model.PointCloud) -> Foreign:
        extra = [self.image(image) for image in media.extra_images]
        ref = media.file
        plain = None if ref is None else ref.plain_file()
        if plain is not None:
            return dm.PointCloud.from_file(str(plain), extra_images=extra)
        return dm.PointCloud.from_bytes(None if ref is None or _is_absent(ref) else ref.read, extra_images=extra)

    def _video(self, media: model.Video, where: str, losses: LossReport) -> Foreign:
        end = media.end_frame
        if media.step < 1 or media.start_frame < 0 or (end is not None and end < media.start_frame):
            losses.add("video with an impossible range of frames", where)
            return None
        key = _path(media.file, "video", where, losses), media.step, media.start_frame, end
        if key not in self._videos:
            self._videos[key] = dm.Video(*key)
        return self._videos[key]

    def _multiframe(self, media: model.MultiframeImage, where: str, losses: LossReport) -> Foreign:
        path = None if media.file is None else _path(media.file, "picture of several frames", where, losses)
        if not path and not media.frames:
            losses.add("picture of several frames without any file", where)
            return None
        return dm.MultiframeImage([self.image(frame) for frame in media.frames], path=path)

    def _row(self, media: model.TableRow, where: str, losses: LossReport) -> Foreign:
        try:
            table = None if media.table is None else self._table(media.table)
            return dm.TableRow(table, media.index)
        except (MediaError, OSError, ValueError, IndexError):  # pandas has a ValueError for whatever is no table
            losses.add("row of a table that cannot be read", where)
            return None

    def _table(self, ref: MediaRef) -> Foreign:
        plain = ref.plain_file()
        key = str(plain) if plain is not None else f"{ref.path} {id(ref.source)}"
        if key not in self._tables:
            self._tables[key] = dm.Table.from_csv(str(plain)) if plain is not None else _table_of_bytes(ref.read())
        return self._tables[key]


def _generic(media: model.GenericMedia) -> Foreign:
    ref = media.file
    plain = None if ref is None else ref.plain_file()
    if plain is not None:
        return StoredFile(str(plain))
    return dm.MediaElement() if ref is None or _is_absent(ref) else StoredBytes(ref.read)


def _path(ref: MediaRef | None, what: str, where: str, losses: LossReport) -> str:
    plain = None if ref is None else ref.plain_file()
    if ref is not None and plain is None:
        losses.add(f"bytes of a {what} that is no plain file of its own, which Datumaro needs", where)
    return str(plain) if plain is not None else "" if ref is None else ref.path or ""


def _table_of_bytes(data: bytes) -> Foreign:
    import pandas as pd  # noqa: PLC0415 -- only where a table is encrypted or inline

    # As Datumaro reads a file.
    return dm.Table.from_dataframe(pd.read_csv(io.BytesIO(data), sep=None, engine="python", index_col=False))


def _is_absent(ref: MediaRef) -> bool:
    return ref.data is None and ref.path is None


def _extension(ref: MediaRef) -> str | None:
    return PurePosixPath((ref.path or "").replace("\\", "/")).suffix or None
