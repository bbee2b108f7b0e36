"""Media of Datumaro's to ours: files by their path; what it holds in memory is fetched when it is asked for."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import PIL.Image
from datumaro.components import media as dm

from datumpb.dataset.losses import LossReport
from datumpb.errors import MediaError, MediaNotFoundError
from datumpb.integrations.datumaro.boundary import asking_datumaro
from datumpb.integrations.datumaro.media_out import TYPES
from datumpb.model import media as model
from datumpb.model.media import MediaRef, MediaType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datumpb.integrations.datumaro.foreign import Foreign

_TYPES_BACK = {theirs: ours for ours, theirs in TYPES.items()}


class _Fetched:
    """Fetches what Datumaro has in memory, or makes on demand (a `MediaSource`)."""

    def __init__(self, fetch: Callable[[], bytes | None]) -> None:
        self._fetch = fetch

    def chunks(self, ref: MediaRef) -> Iterator[bytes]:
        try:
            with asking_datumaro(f"{ref.path}: Datumaro cannot make the bytes of this media", LossReport()):
                data = self._fetch()
        except FileNotFoundError:
            data = None
        if data is None:
            message = "the bytes of this media are not part of the dataset"
            raise MediaNotFoundError(message, ref.path)
        yield data

    def plain_file(self, _ref: MediaRef) -> None:
        return None


def media_type_from_datumaro(kind: Foreign) -> MediaType:
    """Return the kind of media that a class of Datumaro's stands for: several where items may have any."""
    if kind in _TYPES_BACK:
        return _TYPES_BACK[kind]
    return MediaType.IMAGE if issubclass(kind, dm.Image) else MediaType.MIXED


class MediaIn:
    """Converts the media of a dataset; a table without a file, which many items refer to, is one file."""

    def __init__(self) -> None:
        """Begin with none."""
        self._tables: dict[int, tuple[Foreign, MediaRef]] = {}

    def convert(self, media: Foreign, item_id: str, losses: LossReport) -> model.Media | None:
        """Return media; what has no path of its own is named after its item.

        Args:
            media: The media of an item, or None.
            item_id: The item's id.
            losses: Counts what datumpb cannot hold.
        """
        if media is None:
            return None
        if isinstance(media, dm.VideoFrame):
            return model.VideoFrame(_video(media.video), media.index)
        if isinstance(media, dm.Image):
            return self.image(media, item_id)
        if isinstance(media, dm.PointCloud):
            extra = [self.image(one, f"{item_id}/extra_image_{index}") for index, one in enumerate(media.extra_images)]
            return model.PointCloud(_file(media, f"{item_id}.pcd"), extra)
        if isinstance(media, dm.Video):
            return _video(media)
        if isinstance(media, dm.MultiframeImage):
            frames = [self.image(one, f"{item_id}/frame_{index}") for index, one in enumerate(media.data)]
            return model.MultiframeImage(MediaRef(media.path) if media.path else None, frames)
        if isinstance(media, dm.TableRow):
            return model.TableRow(self._table(media.table), media.index)
        if type(media) is not dm.MediaElement and not isinstance(media, (dm.FromFileMixin, dm.FromDataMixin)):
            losses.add(f"media of a type that datumpb does not have ({type(media).__name__})", item_id)
        return model.GenericMedia(_file(media, item_id))

    def image(self, image: Foreign, name: str) -> model.Image:
        """Return an image; one that is no file is named so, with the extension of its encoding."""
        height, width = image.size if image.has_size else (None, None)
        if isinstance(image, dm.ImageFromFile):
            return model.Image(MediaRef(image.path), height, width)
        if isinstance(image, dm.ImageFromBytes):
            if not image.has_data:
                return model.Image(None, height, width)
            return model.Image(_fetched(image, name + (image.ext or _extension(image))), height, width)
        return model.Image(MediaRef(f"{name}.png", source=_Fetched(lambda: _encoded(image))), height, width)

    def _table(self, table: Foreign) -> MediaRef:
        if isinstance(table, dm.TableFromCSV):
            return MediaRef(table.path)
        if id(table) not in self._tables:
            source = _Fetched(lambda: table.data.to_csv(index=False).encode())
            ref = MediaRef(f"table-{len(self._tables)}.csv", source=source)
            self._tables[id(table)] = table, ref  # the table is kept, so that its number stays its own
        return self._tables[id(table)][1]


def _video(video: Foreign) -> model.Video:
    known = video.as_dict()
    ref = MediaRef(video.path) if video.path else None
    return model.Video(ref, known["step"], known["start_frame"], known["end_frame"])


def _file(media: Foreign, name: str) -> MediaRef | None:
    if isinstance(media, dm.FromFileMixin):
        return MediaRef(media.path)
    return _fetched(media, name) if isinstance(media, dm.FromDataMixin) and media.has_data else None


def _fetched(media: Foreign, name: str) -> MediaRef:
    return MediaRef(name, source=_Fetched(lambda: media.bytes))


def _encoded(image: Foreign) -> bytes | None:
    if image.data is None:
        return None
    buffer = io.BytesIO()
    image.save(buffer, ext=".png")
    return buffer.getvalue()


def _extension(image: Foreign) -> str:
    """Return the extension for bytes of which Datumaro knows none: that of their encoding, or nothing."""
    try:
        with PIL.Image.open(io.BytesIO(image.bytes)) as picture:
            return f".{str(picture.format).lower()}"
    except (MediaError, OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError):
        return ""  # whoever wants the picture is told
