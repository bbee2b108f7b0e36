"""The folder of a datumpb dataset, read."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, TypeAlias

from datumpb.container.header import read_head
from datumpb.container.reader import DatumReader
from datumpb.container.sharded_reader import ShardedReader
from datumpb.container.sources import open_source
from datumpb.crypto.keys import parse_key
from datumpb.dataset import layout
from datumpb.dataset.dataset_meta import read_dataset_meta
from datumpb.dataset.subset_files import SubsetFiles, subset_files
from datumpb.errors import DamagedFileError, DatasetError, ShardError
from datumpb.storage.location import location

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from datumpb.model.categories import Categories
    from datumpb.model.item import Item
    from datumpb.model.meta import Meta
    from datumpb.storage.location import Location, RemotePath

SubsetReader: TypeAlias = DatumReader | ShardedReader
"""Reads the items of a subset, in one file or in several."""


class DatasetFolder:
    """A datumpb dataset on disk (a `DatasetSource`): its folder, or one annotation file of it."""

    def __init__(self, path: str | os.PathLike[str] | RemotePath, key: str | bytes | None = None) -> None:
        """Name a dataset; its files are opened when something is asked of them.

        Args:
            path: The dataset's folder, or an annotation file; or its URL.
            key: The text of its key; None: it is not encrypted.

        Raises:
            DatasetError: There is no annotation file.
            ShardError: A shard of a subset is missing.
            InvalidKeyError: The key is not one.
        """
        if key is not None:
            parse_key(key)
        self.path = location(path)
        self.key = key
        single = self.path.is_file()
        files = {self.path.stem: SubsetFiles(self.path.stem, [self.path])} if single else subset_files(self.path)
        if not files:
            message = f"{self.path}: no annotation files ({layout.ANNOTATIONS}/*{layout.SUFFIX})"
            raise DatasetError(message)
        self._readers = {subset: _open(of_subset, key) for subset, of_subset in files.items()}
        # A file that stands alone may have any name; in a dataset its name says which subset it is.
        self._renamed = single
        self._labels: Categories | None = None

    def subsets(self) -> list[str]:
        """Return the names of the subsets, in the order of names."""
        if self._renamed:
            return [reader.subset for reader in self._readers.values()]
        return list(self._readers)

    def reader(self, subset: str) -> SubsetReader:
        """Return the reader of a subset's file, or of its shards.

        Raises:
            DamagedFileError: The file is that of another subset, or a shard is not the right one.
        """
        if self._renamed:
            return next(iter(self._readers.values()))
        reader = self._readers[subset]
        if reader.subset != subset:
            message = f"the file holds the subset {reader.subset!r}: it was renamed, or swapped for another"
            raise DamagedFileError(message, reader.paths[0])
        if isinstance(reader, DatumReader) and reader.meta_message.HasField("shard"):
            message = "the file is a shard, but is called as if it held the whole subset"
            raise ShardError(message, reader.path)
        return reader

    def meta(self, subset: str) -> Meta:
        """Return what holds for all items of a subset; labels may come from `dataset_meta.json`."""
        meta = self.reader(subset).meta
        if meta.categories.labels is not None or self._renamed:
            return meta
        custom = read_dataset_meta(self.path)
        if custom is None:
            return meta
        categories = dataclasses.replace(meta.categories, labels=custom.labels)
        if categories.masks is None:
            categories.masks = custom.masks
        return dataclasses.replace(meta, categories=categories)

    def items(self, subset: str) -> Iterator[Item]:
        """Yield the items of a subset in their order."""
        return iter(self.reader(subset))

    def item(self, item_id: str, subset: str) -> Item:
        """Return one item.

        Raises:
            ItemNotFoundError: There is none with this id in this subset.
        """
        return self.reader(subset)[item_id]

    def count(self, subset: str) -> int:
        """Return how many items a subset has."""
        return len(self.reader(subset))


def _open(files: SubsetFiles[Location], key: str | bytes | None) -> SubsetReader:
    files.refuse_faults()
    return ShardedReader(files.files, key) if files.sharded else DatumReader(files.files[0], key)


def is_encrypted(path: Location) -> bool:
    """Tell whether any annotation file of a dataset, or the file itself, is encrypted. No key is needed.

    Raises:
        FileError: A file is no `.datum` file, damaged, or needs a newer reader.
    """
    files = [path] if path.is_file() else list(layout.annotation_files(path).values())
    return any(_is_encrypted(file) for file in files)


def _is_encrypted(file: Location) -> bool:
    with open_source(file) as source:
        return read_head(source).header.HasField("encryption")
