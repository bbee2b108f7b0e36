"""Reading a dataset of the format, a batch of rows at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset import layout
from datumpb.errors import DatasetError, ItemNotFoundError, SourceFormatError
from datumpb.formats.parquet.detection import SUFFIX
from datumpb.formats.parquet.file import ParquetFile
from datumpb.model.media_folder import MediaFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datumpb.model.item import Item
    from datumpb.model.meta import Meta


class ParquetSource:
    """A dataset of the format (a `DatasetSource`): its folder, or one Parquet file of it."""

    def __init__(self, path: Path) -> None:
        """Name a dataset; its files are opened when something is asked of them.

        Raises:
            DatasetError: There is no Parquet file.
        """
        single = path.is_file()
        files = {path.stem: path} if single else layout.annotation_files(path, SUFFIX)
        if not files:
            message = f"{path}: no Parquet files ({layout.ANNOTATIONS}/*{SUFFIX})"
            raise DatasetError(message)
        root = path
        if single:
            root = path.parent.parent if path.parent.name == layout.ANNOTATIONS else path.parent
        self._folder = MediaFolder(root)
        self._files = {subset: ParquetFile(file) for subset, file in files.items()}
        # A file that stands alone may have any name; in a dataset its name says which subset it is.
        self._renamed = single
        self._rows: dict[str, dict[str, int]] = {}

    def subsets(self) -> list[str]:
        """Return the names of the subsets, in the order of names."""
        if self._renamed:
            return [file.meta().subset for file in self._files.values()]
        return list(self._files)

    def meta(self, subset: str) -> Meta:
        """Return what holds for all items of a subset.

        Raises:
            SourceFormatError: The file does not follow the format, or is that of another subset.
        """
        file = self._file(subset)
        meta = file.meta()
        if meta.subset != subset:
            message = f"the file holds the subset {meta.subset!r}: it was renamed, or swapped for another"
            raise SourceFormatError(message, file.path)
        return meta

    def items(self, subset: str) -> Iterator[Item]:
        """Yield the items of a subset in their order.

        Raises:
            SourceFormatError: The file does not follow the format.
        """
        self.meta(subset)
        yield from self._file(subset).items(self._folder)

    def item(self, item_id: str, subset: str) -> Item:
        """Return one item, reading its row group. The first time takes a pass over the ids of the subset.

        Raises:
            ItemNotFoundError: There is none with this id in this subset.
            SourceFormatError: The file does not follow the format.
        """
        known = subset in self.subsets()
        if known and subset not in self._rows:
            self.meta(subset)
            self._rows[subset] = self._file(subset).rows()
        row = self._rows[subset].get(item_id) if known else None
        if row is None:
            message = f"subset {subset!r} has no item {item_id!r}"
            raise ItemNotFoundError(message)
        return self._file(subset).item(row, self._folder)

    def count(self, subset: str) -> int:
        """Return how many items a subset has.

        Raises:
            SourceFormatError: The file does not follow the format.
        """
        return self._file(subset).count()

    def _file(self, subset: str) -> ParquetFile:
        return next(iter(self._files.values())) if self._renamed else self._files[subset]
