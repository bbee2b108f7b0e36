"""The `.datum` files that a path stands for, and what their headers tell without a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.container.bytes_source import BytesSource
from datumpb.container.header import read_head
from datumpb.dataset.dataset import Dataset
from datumpb.dataset.registry import detect_format, detect_formats, find_format
from datumpb.dataset.subset_files import SubsetFiles, subset_files
from datumpb.errors import UnexpectedKeyError

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.cli.keys import Key
    from datumpb.messages import Header

OWN_FORMAT = "datumpb"


def files_by_subset(path: Path) -> list[SubsetFiles]:
    """Return the file itself, or the annotation files of a dataset's folder subset by subset, shards in their order."""
    return [SubsetFiles(path.stem, [path])] if path.is_file() else list(subset_files(path).values())


def read_header(path: Path) -> Header:
    """Return the HEADER of a file; no key is needed.

    Raises:
        FileError: It is no such file, damaged, or needs a newer reader.
    """
    with BytesSource(path) as source:
        return read_head(source).header


def format_of(path: Path) -> str:
    """Return the name of the format of a dataset, or of a single file.

    Raises:
        UnknownFormatError: There is nothing, or no format fits, or more than one.
    """
    # A file is taken for one of ours, so that the reader can say what is wrong with it.
    single = path.is_file() and path.suffix != ".json" and not detect_formats(path)
    return OWN_FORMAT if single else detect_format(path).name


def open_dataset(path: Path, name: str, key: Key | None) -> Dataset:
    """Open a dataset whose format is known, with a key where one was given.

    Raises:
        UnexpectedKeyError: The format knows no encryption, or the dataset is plain.
    """
    if key is None:
        return Dataset.import_from(path, name)
    if "encryption_key" not in find_format(name).read_options():
        message = f"{path}: format {name} is never encrypted, but a key was given ({key.origin})"
        raise UnexpectedKeyError(message)
    return Dataset.import_from(path, name, encryption_key=key.text)
