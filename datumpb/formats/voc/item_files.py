"""The files of items in a VOC folder: those of all subsets side by side, once for an item of several subsets."""

from __future__ import annotations

import filecmp
from typing import TYPE_CHECKING

from datumpb.dataset.media_copy import copy_image, write_new
from datumpb.errors import InvalidItemError
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.model.item import Item

_AGAIN = ".again"


class ItemFiles:
    """Writes the files of items; the ids of all, and which files they have, are kept."""

    def __init__(self, folder: Path, export: Export) -> None:
        """Name the folder to write to."""
        self._folder = folder
        self._export = export
        self._written: dict[str, tuple[str, ...]] = {}

    def write(self, item: Item, image: str, files: dict[str, bytes]) -> None:
        """Write an item's files, and its picture where media are saved.

        Args:
            item: The item.
            image: The path of its picture.
            files: The contents of the other files, by their paths.

        Raises:
            InvalidItemError: An item of another subset has the same id, and other files.
            MediaPathError: A path leads out of the folder.
        """
        check_media_path(image)  # also where no media are saved
        for path in files:
            check_media_path(path)
        earlier = self._written.get(item.id)
        if earlier is None:
            for path, content in files.items():
                write_new(self._folder, path, [content])
            saved = copy_image(item, self._folder, image, self._export)
            self._written[item.id] = (*files, image) if saved else (*files,)
            return
        again = self._folder / _AGAIN
        saved = copy_image(item, self._folder, _AGAIN, self._export)
        same = earlier == ((*files, image) if saved else (*files,))
        same = same and all((self._folder / path).read_bytes() == content for path, content in files.items())
        same = same and (not saved or filecmp.cmp(again, self._folder / image, shallow=False))
        again.unlink(missing_ok=True)
        if not same:
            message = f"item {item.id!r}: items of two subsets have this id and differ; VOC has one place for both"
            raise InvalidItemError(message)
