"""The folder of a datumpb dataset, read and written."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.container.bytes_source import BytesSource
from datumpb.container.header import read_head
from datumpb.container.reader import DatumReader
from datumpb.container.writer import DatumWriter
from datumpb.crypto.keys import parse_key
from datumpb.dataset import layout
from datumpb.dataset.dataset_meta import read_dataset_meta, write_dataset_meta
from datumpb.dataset.encryption import check_options, key_text, new_keys
from datumpb.dataset.media_store import MediaStore
from datumpb.dataset.output import OutputFolder
from datumpb.errors import DamagedFileError, DatasetError, OptionError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource
    from datumpb.model.categories import Categories
    from datumpb.model.item import Item
    from datumpb.model.meta import Meta


class DatasetFolder:
    """A datumpb dataset on disk (a `DatasetSource`): its folder, or one annotation file of it."""

    def __init__(self, path: str | os.PathLike[str], key: str | bytes | None = None) -> None:
        """Name a dataset; its files are opened when something is asked of them.

        Args:
            path: The dataset's folder, or an annotation file.
            key: The text of its key; None: it is not encrypted.

        Raises:
            DatasetError: There is no annotation file.
            InvalidKeyError: The key is not one.
        """
        if key is not None:
            parse_key(key)
        self.path = Path(path)
        self.key = key
        single = self.path.is_file()
        files = {self.path.stem: self.path} if single else layout.annotation_files(self.path)
        if not files:
            message = f"{self.path}: no annotation files ({layout.ANNOTATIONS}/*{layout.SUFFIX})"
            raise DatasetError(message)
        self._readers = {subset: DatumReader(file, key) for subset, file in files.items()}
        # A file that stands alone may have any name; in a dataset its name says which subset it is.
        self._renamed = single
        self._labels: Categories | None = None

    def subsets(self) -> list[str]:
        """Return the names of the subsets, in the order of names."""
        if self._renamed:
            return [reader.subset for reader in self._readers.values()]
        return list(self._readers)

    def reader(self, subset: str) -> DatumReader:
        """Return the reader of a subset's file.

        Raises:
            DamagedFileError: The file is that of another subset.
        """
        if self._renamed:
            return next(iter(self._readers.values()))
        reader = self._readers[subset]
        if reader.subset != subset:
            message = f"the file holds the subset {reader.subset!r}: it was renamed, or swapped for another"
            raise DamagedFileError(message, reader.path)
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


def is_encrypted(path: Path) -> bool:
    """Tell whether any annotation file of a dataset, or the file itself, is encrypted. No key is needed.

    Raises:
        FileError: A file is no `.datum` file, damaged, or needs a newer reader.
    """
    files = [path] if path.is_file() else layout.annotation_files(path).values()
    return any(_is_encrypted(file) for file in files)


def _is_encrypted(file: Path) -> bool:
    with BytesSource(file) as source:
        return read_head(source).header.HasField("encryption")


def write_folder(  # noqa: PLR0913 -- the options of the format, all but the first two by name
    source: DatasetSource,
    path: str | os.PathLike[str],
    export: Export,
    *,
    encryption: bool = False,
    no_media_encryption: bool = False,
    encryption_key: str | bytes | None = None,
    key_file: str | os.PathLike[str] | None = None,
    save_dataset_meta: bool = False,
) -> None:
    """Write a dataset as a folder of the datumpb format.

    Args:
        source: The dataset.
        path: The folder. Where it is overwritten, all of its annotation files are replaced, and of other files those
            that are written. A key is never overwritten.
        export: What every format is asked.
        encryption: Whether annotations, and media files where saved, are encrypted.
        no_media_encryption: Whether media files stay plain all the same.
        encryption_key: The text of the key; None: a new one is drawn and written to `key_file`.
        key_file: Where a new key is written; None: `secret_key.txt` in the folder.
        save_dataset_meta: Whether `dataset_meta.json`, a plain list of labels, is written.

    Raises:
        OptionError: The options contradict each other.
        OutputExistsError: The folder is not empty, and overwriting was not asked for; or a new key would replace one.
        InvalidKeyError: The key is not one.
        DatumpbError: The source cannot be read or holds what the format cannot.
        OSError: A file cannot be written.
    """
    check_options(encryption, no_media_encryption, encryption_key, key_file, export.save_media)
    key = key_text(encryption_key) if encryption else None
    if not export.save_media:
        _check_kept_media(source, Path(path), None if no_media_encryption else key)
    with new_keys() as keys, OutputFolder(path, export) as output:
        output.replace_all(f"{layout.ANNOTATIONS}/*{layout.SUFFIX}")
        if encryption and key is None:
            key = keys.draw(output, key_file)
        media_key = None if no_media_encryption else key
        store = MediaStore(output.folder, media_key, export)
        (output.folder / layout.ANNOTATIONS).mkdir()
        for subset in source.subsets():
            meta = source.meta(subset)
            target = layout.annotation_file(output.folder, subset)
            items = export.progress(source.items(subset), source.count(subset), subset)
            with DatumWriter(
                target,
                subset=subset,
                categories=meta.categories,
                infos=meta.infos,
                media_type=meta.media_type,
                key=key,
            ) as writer:
                for item in items:
                    writer.write(store.place(item, subset))
            if save_dataset_meta:
                write_dataset_meta(output.folder, meta.categories)


def _check_kept_media(source: DatasetSource, path: Path, key: str | None) -> None:
    in_place = isinstance(source, DatasetFolder) and path.exists() and path.samefile(source.path)
    if isinstance(source, DatasetFolder) and in_place and source.key is not None and key_text(source.key) != key:
        message = "media in this folder may be encrypted with the old key: save media, too, or choose another folder"
        raise OptionError(message)
