"""The format `datumaro` of Datumaro, version 1.0 and older: a JSON file for each subset, and media beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.formats.datumaro import detection

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource


def detect(path: Path) -> str | None:
    """Return why a path is of this format, or None where it is not: by what its annotation files begin with."""
    return detection.looks_like(path)


def read(path: Path) -> DatasetSource:
    """Open a dataset: its folder, or one annotation file.

    Raises:
        DatasetError: There is no annotation file.
    """
    from datumpb.formats.datumaro.reader import DatumaroSource  # noqa: PLC0415 -- detection does not need numpy

    return DatumaroSource(path)


def write(source: DatasetSource, path: Path, export: Export) -> None:
    """Write a dataset as Datumaro 1.13 reads it.

    Args:
        source: The dataset.
        path: The folder to make.
        export: Whether media are saved, what may be overwritten, and where losses are counted.

    Raises:
        OutputExistsError: The folder is not empty, and overwriting was not asked for.
        InvalidItemError: The name of a subset cannot be part of a file name, a text is not Unicode, or a mask is
            damaged.
        MediaError: Two media files need the same place, or one is not what its item says.
        LossyConversionError: Something was lost in a strict export.
    """
    from datumpb.formats.datumaro.writer import write_dataset  # noqa: PLC0415 -- reading does not need it

    write_dataset(source, path, export)
