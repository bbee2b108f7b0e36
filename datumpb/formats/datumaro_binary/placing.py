"""Media of items that are written: brought to their places in the folder, images encrypted where asked."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from datumpb.dataset.media_store import MediaStore
from datumpb.formats.datumaro_binary.fernet import SealedSource
from datumpb.formats.datumaro_binary.packing import is_held
from datumpb.model.media import Image, Media, MediaRef, PointCloud, Video, VideoFrame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from datumpb.dataset.losses import LossReport
    from datumpb.formats.datumaro_binary.fernet import Cipher
    from datumpb.model.item import Item

_EXTENSIONS = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"BM": ".bmp", b"RIFF": ".avi", b"# .PCD": ".pcd"}


class Placing:
    """Saves the media of items."""

    def __init__(self, folder: Path, cipher: Cipher, losses: LossReport, *, save: bool) -> None:
        """Prepare.

        Args:
            folder: The dataset's folder.
            cipher: Encrypts images, where they shall be.
            losses: Counts what the format cannot hold.
            save: Whether files are saved at all.
        """
        self._store = MediaStore(folder, None, losses, save=save)
        self._cipher = cipher
        self._save = save

    def place(self, item: Item, subset: str, lost: Callable[[str], None]) -> Item:
        """Return what can be held of an item, its media in their place."""
        annotations = [annotation for annotation in item.annotations if is_held(annotation, lost)]
        media = None if item.media is None else self._media(item.media, lost)
        return self._store.place(dataclasses.replace(item, media=media, annotations=annotations), subset)

    def _media(self, media: Media, lost: Callable[[str], None]) -> Media | None:
        if isinstance(media, Image):
            return dataclasses.replace(media, file=self._sealed(self._outside(media.file, lost)))
        if isinstance(media, PointCloud):
            extra = [dataclasses.replace(image, file=self._plain(image.file, lost)) for image in media.extra_images]
            return PointCloud(self._plain(media.file, lost), extra)
        if isinstance(media, Video):
            return dataclasses.replace(media, file=self._plain(media.file, lost))
        if isinstance(media, VideoFrame):
            return VideoFrame(dataclasses.replace(media.video, file=self._plain(media.video.file, lost)), media.index)
        lost(f"media of the kind {type(media).__name__}")
        return None

    def _sealed(self, file: MediaRef | None) -> MediaRef | None:
        if file is None or not self._cipher or not self._save:
            return file
        return MediaRef(file.path, source=SealedSource(self._cipher, file))

    def _plain(self, file: MediaRef | None, lost: Callable[[str], None]) -> MediaRef | None:
        if file is not None and self._cipher and self._save:
            lost("encryption of media that are not images: they are saved in the clear")
        return self._outside(file, lost)

    def _outside(self, file: MediaRef | None, lost: Callable[[str], None]) -> MediaRef | None:
        """Return a file that is kept inline as one that can be saved."""
        if file is None or file.data is None:
            return file
        if not self._save:
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
