"""The format `parquet`: an Apache Parquet file for each subset, with the columns of `Dataset.to_arrow`, and media.

Needs the extra `datumpb[arrow]`, but to tell the format.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.arrow import check_installed
from datumpb.formats.parquet import detection

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource


def detect(path: Path) -> str | None:
    """Return why a path is of this format: Parquet files whose metadata are ours."""
    return detection.looks_like(path)


def read(path: Path) -> DatasetSource:
    """Open a dataset: its folder, or one Parquet file.

    Raises:
        DatasetError: There is no Parquet file.
        MissingExtraError: pyarrow is not installed.
    """
    check_installed("reading Parquet")
    from datumpb.formats.parquet.reader import ParquetSource  # noqa: PLC0415 -- needs what was just checked

    return ParquetSource(path)


def write(source: DatasetSource, path: Path, export: Export, *, compression_level: int = 3) -> None:
    """Write a dataset. Nothing is lost.

    Args:
        source: The dataset.
        path: The folder to make.
        export: Whether media are saved, and what may be overwritten.
        compression_level: Of zstd, from 1 (fast) to 22 (small).

    Raises:
        OptionError: There is no such compression level.
        OutputExistsError: The folder is not empty, and overwriting was not asked for.
        InvalidItemError: The name of a subset cannot be that of a file, or an item is not what the columns can hold.
        MediaError: Two media files need the same place, or one is not what its item says.
        MissingExtraError: pyarrow is not installed.
    """
    check_installed("writing Parquet")
    from datumpb.formats.parquet.writer import write_dataset  # noqa: PLC0415 -- needs what was just checked

    write_dataset(source, path, export, compression_level)
