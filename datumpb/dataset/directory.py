"""The folder of a datumpb dataset, read and written."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.container.reader import DatumReader
from datumpb.container.writer import DatumWriter
from datumpb.crypto.keys import generate_key, parse_key, write_key_file
from datumpb.dataset import layout
from datumpb.dataset.dataset_meta import read_dataset_meta, write_dataset_meta
from datumpb.dataset.losses import LossReport
from datumpb.dataset.media_store import MediaStore
from datumpb.dataset.output import OutputFolder
from datumpb.dataset.progress import Progress, no_progress
from datumpb.errors import DamagedFileError, DatasetError, OptionError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

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


def write_folder(  # noqa: PLR0913 -- the options of the format, all but the first two by name
    source: DatasetSource,
    path: str | os.PathLike[str],
    *,
    save_media: bool = False,
    overwrite: bool = False,
    progress: Progress = no_progress,
    encryption: bool = False,
    no_media_encryption: bool = False,
    encryption_key: str | bytes | None = None,
    key_file: str | os.PathLike[str] | None = None,
    save_dataset_meta: bool = False,
) -> LossReport:
    """Write a dataset as a folder of the datumpb format.

    Args:
        source: The dataset.
        path: The folder; it must not exist or be empty.
        save_media: Whether media files are copied into the folder.
        overwrite: Whether an existing dataset in the folder is replaced.
        progress: Is told how far the work is.
        encryption: Whether annotations, and media files where saved, are encrypted.
        no_media_encryption: Whether media files stay plain all the same.
        encryption_key: The text of the key; None: a new one is drawn and written to `key_file`.
        key_file: Where a new key is written; None: `secret_key.txt` in the folder.
        save_dataset_meta: Whether `dataset_meta.json`, a plain list of labels, is written.

    Returns:
        What the folder could not hold.

    Raises:
        OptionError: The options contradict each other.
        OutputExistsError: The folder is not empty, and overwriting was not asked for.
        InvalidKeyError: The key is not one.
        DatumpbError: The source cannot be read or holds what the format cannot.
        OSError: A file cannot be written.
    """
    _check_options(encryption, no_media_encryption, encryption_key, key_file)
    losses = LossReport()
    key = _text(encryption_key) if encryption else None
    with OutputFolder(path, overwrite=overwrite) as output:
        if encryption and key is None:
            key = generate_key()
            write_key_file(output.folder / layout.SECRET_KEY if key_file is None else key_file, key)
        media_key = None if no_media_encryption else key
        store = MediaStore(output.folder, media_key, losses, save=save_media)
        (output.folder / layout.ANNOTATIONS).mkdir()
        for subset in source.subsets():
            meta = source.meta(subset)
            target = layout.annotation_file(output.folder, subset)
            items = progress(source.items(subset), source.count(subset), subset)
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
    return losses


def _check_options(
    encryption: bool,
    no_media_encryption: bool,
    encryption_key: str | bytes | None,
    key_file: str | os.PathLike[str] | None,
) -> None:
    if encryption_key is not None:
        parse_key(encryption_key)
    message = None
    if not encryption and no_media_encryption:
        message = "no_media_encryption says which part stays plain; it needs encryption"
    elif not encryption and (encryption_key is not None or key_file is not None):
        message = "a key was given, but encryption was not asked for"
    elif encryption_key is not None and key_file is not None:
        message = "key_file is where a new key is written; with encryption_key there is none"
    if message is not None:
        raise OptionError(message)


def _text(key: str | bytes | None) -> str | None:
    return key.decode("ascii") if isinstance(key, bytes) else key
