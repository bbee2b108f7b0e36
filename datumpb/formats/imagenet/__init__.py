"""The ImageNet formats: a folder of pictures for each class, or lists of pictures with the numbers of their classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset.progress import Progress, no_progress
from datumpb.formats.imagenet import detection

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.losses import LossReport
    from datumpb.dataset.source import DatasetSource


def detect(path: Path) -> str | None:
    """Return why a path looks like an ImageNet dataset, or None where it does not."""
    return detection.looks_like(path)


def read(path: Path, *, subset_folders: bool | None = None) -> DatasetSource:
    """Open an ImageNet dataset: a folder of class folders, or one with lists and `synsets.txt`.

    Args:
        path: The folder.
        subset_folders: Whether the first folders are subsets. None: they are where all have the name of one, such as
            train, val or test. Not for lists.

    Raises:
        SourceFormatError: There is no such folder, or a list is not what it should be.
        OptionError: `subset_folders` is given for lists.
    """
    from datumpb.formats.imagenet.reader import open_dataset  # noqa: PLC0415 -- detection needs neither numpy nor items

    return open_dataset(path, subset_folders=subset_folders)


def write(  # noqa: PLR0913 -- one for each option
    source: DatasetSource,
    path: Path,
    *,
    save_media: bool = False,
    overwrite: bool = False,
    progress: Progress = no_progress,
    layout: str = "folders",
) -> LossReport:
    """Write a dataset as ImageNet and return what ImageNet could not hold.

    Args:
        source: The dataset.
        path: The folder to make.
        save_media: Whether to copy the pictures; without, only lists can be written.
        overwrite: Whether to replace files in the folder where it is not empty.
        progress: Is told of the work.
        layout: "folders", one for each class, or "lists".

    Raises:
        OptionError: There is no such layout, or folders are asked for without pictures.
        OutputExistsError: The folder is not empty.
        MediaPathError: A picture's path leads out of the folder, or two need the same.
        InvalidItemError: The name of a label or subset cannot be written.
    """
    from datumpb.formats.imagenet.writer import write_dataset  # noqa: PLC0415 -- reading does not need it

    return write_dataset(source, path, save_media=save_media, overwrite=overwrite, progress=progress, layout=layout)
