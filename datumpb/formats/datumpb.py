"""The `datumpb` format: the folder that the rest of the library reads and writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.dataset import layout
from datumpb.dataset.directory import DatasetFolder, is_encrypted
from datumpb.dataset.directory_writer import write_folder as write
from datumpb.dataset.divided_folder import DividedFolder

if TYPE_CHECKING:
    from datumpb.storage.location import Location

__all__ = ["WORKER_MODULE", "detect", "is_encrypted", "read", "write"]

WORKER_MODULE = "datumpb.dataset.pipeline"


def detect(path: Location) -> str | None:
    """Return why a path is of this format: an annotation file that begins as ours do."""
    files = [path] if path.is_file() else list(layout.annotation_files(path).values())
    if files and all(layout.is_datum_file(file) for file in files):
        return f"{files[0].name} is a .datum file of datumpb"
    return None


def read(path: Location, *, encryption_key: str | bytes | None = None) -> DatasetFolder:
    """Open a dataset.

    Args:
        path: Its folder, or one annotation file.
        encryption_key: The text of its key; None: it is not encrypted.

    Raises:
        DatasetError: There is no annotation file.
        ShardError: A shard of a subset is missing.
        InvalidKeyError: The key is not one.
    """
    # What is behind a URL, not every process can reach.
    return (DividedFolder if isinstance(path, Path) else DatasetFolder)(path, encryption_key)
