"""The COCO format: annotation files in JSON, images beside them, and the PNGs of panoptic segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset.progress import Progress, no_progress
from datumpb.formats.coco import layout

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.losses import LossReport
    from datumpb.dataset.source import DatasetSource


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
    *,
    save_media: bool = False,
    overwrite: bool = False,
    progress: Progress = no_progress,
) -> LossReport:
    """Write a dataset as COCO and return what COCO could not hold.

    Args:
        source: The dataset.
        path: The folder to make.
        save_media: Whether to copy the images, too.
        overwrite: Whether to replace the folder where it is not empty.
        progress: Is told of the work.

    Raises:
        OutputExistsError: The folder is not empty.
        MediaPathError: The file name of an image or PNG leads out of the folder.
        InvalidItemError: The name of a subset cannot be part of a file name, or a mask is damaged.
    """
    from datumpb.formats.coco.writer import write_dataset  # noqa: PLC0415 -- reading does not need it

    return write_dataset(source, path, save_media=save_media, overwrite=overwrite, progress=progress)
