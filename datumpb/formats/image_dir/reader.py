"""Reading a folder of pictures: an item for each, by its path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset.file_source import FileSource, free_id
from datumpb.dataset.image_files import find_files, stem
from datumpb.dataset.subset_names import is_usual_subset
from datumpb.errors import SourceFormatError
from datumpb.model.item import DEFAULT_SUBSET, Item
from datumpb.model.media import Image, MediaRef
from datumpb.model.media_folder import MediaFolder
from datumpb.model.meta import Meta

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Self


class ImageFolder(FileSource[str]):
    """A folder of pictures (a `DividedSource`): each subset has its pictures' paths by their ids."""

    def __init__(self, root: Path) -> None:
        """List the pictures.

        Raises:
            SourceFormatError: It is no folder, or has none.
        """
        if not root.is_dir():
            message = "a folder of pictures expected"
            raise SourceFormatError(message, root)
        self._media = MediaFolder(root)
        self._paths: dict[str, dict[str, str]] = {}
        for path in find_files(root):
            first, slash, rest = path.partition("/")
            subset, inside = (first, rest) if slash and is_usual_subset(first) else (DEFAULT_SUBSET, path)
            rows = self._paths.setdefault(subset, {})
            rows[free_id(rows, stem(inside), inside, path)] = path
        if not self._paths:
            message = "no picture in this folder"
            raise SourceFormatError(message, root)
        super().__init__(sorted(self._paths))

    def meta(self, subset: str) -> Meta:
        """Return what holds for all items of a subset."""
        return Meta(subset)

    def _list(self, subset: str) -> dict[str, str]:
        return self._paths[subset]

    def _reader(self) -> Self:
        reader = super()._reader()
        reader._paths = {}  # noqa: SLF001 -- its own class
        return reader

    def read(self, item_id: str, subset: str, row: str) -> Item:
        """Read an item; see `FileSource.read`."""
        return Item(item_id, subset, Image(MediaRef(row, source=self._media)))
