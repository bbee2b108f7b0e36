"""Media of items that are written: brought to their places in the folder, images encrypted where asked."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from datumpb.dataset.datumaro_media import outside, with_files
from datumpb.dataset.media_store import MediaStore
from datumpb.formats.datumaro_binary.fernet import SealedSource
from datumpb.formats.datumaro_binary.packing import is_held
from datumpb.model.media import MediaRef

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.formats.datumaro_binary.fernet import Cipher
    from datumpb.model.item import Item


class Placing:
    """Saves the media of items."""

    def __init__(self, folder: Path, cipher: Cipher, export: Export) -> None:
        """Prepare.

        Args:
            folder: The dataset's folder.
            cipher: Encrypts images, where they shall be.
            export: Whether files are saved.
        """
        self._store = MediaStore(folder, None, export)
        self._cipher = cipher
        self._save = export.save_media

    def place(self, item: Item, subset: str, lost: Callable[[str], None]) -> Item:
        """Return what can be held of an item, its media in their place."""
        annotations = [annotation for annotation in item.annotations if is_held(annotation, lost)]
        media = None
        if item.media is not None:
            media = with_files(
                item.media, lambda file: self._sealed(self._outside(file, lost)), lambda file: self._plain(file, lost)
            )
            if media is None:
                lost(f"media of the kind {type(item.media).__name__}")
        return self._store.place(dataclasses.replace(item, media=media, annotations=annotations), subset)

    def _sealed(self, file: MediaRef | None) -> MediaRef | None:
        if file is None or not self._cipher or not self._save:
            return file
        return MediaRef(file.path, source=SealedSource(self._cipher, file))

    def _plain(self, file: MediaRef | None, lost: Callable[[str], None]) -> MediaRef | None:
        if file is not None and self._cipher and self._save:
            lost("encryption of media that are not images: they are saved in the clear")
        return self._outside(file, lost)

    def _outside(self, file: MediaRef | None, lost: Callable[[str], None]) -> MediaRef | None:
        return outside(file, lost, save=bool(self._save))
