"""The COCO format: annotation files in JSON, images beside them, and the PNGs of panoptic segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.formats.coco import layout

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource

WORKER_MODULE = "datumpb.formats.coco.drafts"


def detect(path: Path) -> str | None:
    """Return why a path looks like a COCO dataset, or None where it does not."""
    return layout.looks_like(path)


def read(path: Path) -> DatasetSource:
    """Open a COCO dataset: a folder, or a single annotation file.

    Raises:
        SourceFormatError: There is no annotation file.
    """
    from datumpb.formats.coco.reader import CocoSource  # noqa: PLC0415 -- detection needs neither numpy nor pillow

    return CocoSource(layout.discover(path))


def write(
    source: DatasetSource,
    path: Path,
    export: Export,
    *,
    num_workers: int = 1,
) -> None:
    """Write a dataset as COCO.

    Args:
        source: The dataset.
        path: The folder to make.
        export: What every format is asked.
        num_workers: How many processes read and encode items, where the source can be divided; 1: this one; 0: as many
            as there are cores, and this one where there are few items. The output is the same.

    Raises:
        OutputExistsError: The folder is not empty.
        MediaPathError: The file name of an image or PNG leads out of the folder.
        InvalidItemError: The name of a subset cannot be part of a file name, or a mask is damaged.
        WorkerError: A worker process ended.
    """
    from datumpb.formats.coco.writer import write_dataset  # noqa: PLC0415 -- reading does not need it

    write_dataset(source, path, export, num_workers)
