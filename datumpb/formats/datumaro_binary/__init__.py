"""The format `datumaro_binary` of Datumaro, version 1.0: plain, or encrypted as up to Datumaro 1.11."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset import layout
from datumpb.formats.datumaro_binary.signature import has_signature

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource


def detect(path: Path) -> str | None:
    """Return why a path is of this format: annotation files that all begin with its signature."""
    files = _files(path)
    if files and all(has_signature(file) for file in files):
        return f"{files[0].name} begins with the signature of datumaro_binary"
    return None


def is_encrypted(path: Path) -> bool:
    """Tell whether any annotation file is encrypted.

    Raises:
        SourceFormatError: A file does not follow the format.
    """
    from datumpb.formats.datumaro_binary import container  # noqa: PLC0415 -- detection does not need numpy

    return any(container.is_encrypted(file) for file in _files(path))


def read(path: Path, *, encryption_key: str | bytes | None = None) -> DatasetSource:
    """Open a dataset.

    Args:
        path: Its folder, or one annotation file.
        encryption_key: The text of its key; None: it is not encrypted.

    Raises:
        DatasetError: There is no annotation file.
        InvalidKeyError: The key is not one.
    """
    from datumpb.formats.datumaro_binary.reader import BinarySource  # noqa: PLC0415 -- detection does not need it

    return BinarySource(path, encryption_key)


def write(  # noqa: PLR0913 -- the options of the format, all but the first two by name
    source: DatasetSource,
    path: Path,
    export: Export,
    *,
    encryption: bool = False,
    no_media_encryption: bool = False,
    encryption_key: str | bytes | None = None,
    key_file: str | os.PathLike[str] | None = None,
) -> None:
    """Write a dataset.

    Plain files are what Datumaro 1.13 reads; encrypted ones need Datumaro 1.11, the last version with encryption.

    Args:
        source: The dataset.
        path: The folder to make.
        export: What every format is asked.
        encryption: Whether annotations, and images where saved, are encrypted. The format has no encrypted point
            clouds and videos: they are saved in the clear, and counted.
        no_media_encryption: Whether images stay plain all the same.
        encryption_key: The text of the key; None: a new one is drawn and written to `key_file`.
        key_file: Where a new key is written; None: `secret_key.txt` in the folder.

    Raises:
        OptionError: The options contradict each other.
        OutputExistsError: The folder is not empty, and overwriting was not asked for; or a new key would replace one.
        InvalidKeyError: The key is not one.
        InvalidItemError: The name of a subset cannot be part of a file name, a text is not Unicode, or a mask is
            damaged.
        MediaError: Two media files need the same place, or one is not what its item says.
    """
    from datumpb.dataset.encryption import check_options  # noqa: PLC0415 -- reading does not need it
    from datumpb.formats.datumaro_binary.writer import write_dataset  # noqa: PLC0415 -- reading does not need it

    check_options(encryption, no_media_encryption, encryption_key, key_file, export.save_media)
    write_dataset(
        source,
        path,
        export,
        key=encryption_key,
        encryption=encryption,
        no_media_encryption=no_media_encryption,
        key_file=key_file,
    )


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else list(layout.annotation_files(path).values())
