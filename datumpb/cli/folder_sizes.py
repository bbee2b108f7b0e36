"""How much room a dataset takes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from datumpb.dataset.layout import DATASET_META, SECRET_KEY

_ANNOTATION_SUFFIXES = {".data", ".datum", ".json", ".meta", ".names", ".parquet", ".txt", ".xml", ".yaml", ".yml"}
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


def folder_sizes(path: Path) -> FolderSizes:
    """Measure a dataset's folder, or a single file."""
    if path.is_file():
        return FolderSizes(annotations=path.stat().st_size)
    annotations = media = media_count = 0
    for folder, _, names in os.walk(path):
        for name in names:
            file = Path(folder, name)
            if name in _NEITHER or not file.is_file():
                continue
            if file.suffix in _ANNOTATION_SUFFIXES:
                annotations += file.stat().st_size
            else:
                media += file.stat().st_size
                media_count += 1
    return FolderSizes(annotations, media, media_count)
