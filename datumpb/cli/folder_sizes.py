"""How much room a dataset takes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from datumpb.dataset.layout import DATASET_META, SECRET_KEY
from datumpb.storage.location import RemotePath
from datumpb.storage.staging import ANNOTATION_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.storage.location import Location

_NEITHER = {SECRET_KEY, DATASET_META}


@dataclass(frozen=True, slots=True)
class FolderSizes:
    """Sizes in bytes, by the files' names.

    Attributes:
        annotations: Of all annotation files.
        media: Of all other files.
        media_count: How many other files there are.
    """

    annotations: int = 0
    media: int = 0
    media_count: int = 0


def folder_sizes(path: Location) -> FolderSizes:
    """Measure a dataset's folder, or a single file."""
    if path.is_file():
        return FolderSizes(annotations=file_size(path))
    annotations = media = media_count = 0
    for file, size in path.files().items() if isinstance(path, RemotePath) else _local_files(path):
        suffix = PurePosixPath(file).suffix
        if PurePosixPath(file).name in _NEITHER:
            continue
        if suffix in ANNOTATION_SUFFIXES:
            annotations += size
        else:
            media += size
            media_count += 1
    return FolderSizes(annotations, media, media_count)


def file_size(path: Location) -> int:
    """Return the size of a file in bytes."""
    return int(path.info()["size"]) if isinstance(path, RemotePath) else path.stat().st_size


def _local_files(path: Path) -> Iterator[tuple[str, int]]:
    for folder, _, names in os.walk(path):
        for name in names:
            file = Path(folder, name)
            if file.is_file():
                yield file.as_posix(), file.stat().st_size
