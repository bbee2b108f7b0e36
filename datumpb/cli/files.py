"""The `.datum` files that a path stands for, and what their headers tell without a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.cli.progress import byte_progress
from datumpb.container.header import read_head
from datumpb.container.sources import open_source
from datumpb.dataset.dataset import Dataset
from datumpb.dataset.registry import detect_format, detect_formats, find_format, on_hand
from datumpb.dataset.subset_files import SubsetFiles, subset_files
from datumpb.errors import UnexpectedKeyError

if TYPE_CHECKING:
    from datumpb.cli.keys import Key
    from datumpb.messages import Header
    from datumpb.storage.location import Location

OWN_FORMAT = "datumpb"


def files_by_subset(path: Location) -> list[SubsetFiles[Location]]:
    """Return the file itself, or the annotation files of a dataset's folder subset by subset, shards in their order."""
    return [SubsetFiles(path.stem, [path])] if path.is_file() else list(subset_files(path).values())


def read_header(path: Location) -> Header:
    """Return the HEADER of a file; no key is needed.

    Raises:
        FileError: It is no such file, damaged, or needs a newer reader.
    """
    with open_source(path) as source:
        return read_head(source).header


def fetched(path: Location, format_name: str | None = None) -> Location:
    """Return where a dataset can be read, as `on_hand` does, and show how far copying is.

    Raises:
        UnknownFormatError: There is nothing at its URL.
        RemoteError: It cannot be read.
    """
    with byte_progress(None, f"copying {path}") as passed:
        return on_hand(path, format_name, passed)


def format_of(path: Location) -> str:
    """Return the name of the format of a dataset, or of a single file, which is where `fetched` says.

    Raises:
        UnknownFormatError: There is nothing, or no format fits, or more than one.
    """
    # A file is taken for one of ours, so that the reader can say what is wrong with it.
    single = path.is_file() and path.suffix != ".json" and not detect_formats(path)
    return OWN_FORMAT if single else detect_format(path).name


def open_dataset(path: Location, name: str, key: Key | None) -> Dataset:
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
