"""The ImageNet formats: a folder of pictures for each class, or lists of pictures with the numbers of their classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.formats.imagenet import detection

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.export import Export
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


def write(
    source: DatasetSource,
    path: Path,
    export: Export,
    *,
    layout: str = "folders",
) -> None:
    """Write a dataset as ImageNet.

    Args:
        source: The dataset.
        path: The folder to make.
        export: What every format is asked.
        layout: "folders", one for each class, or "lists".

    Raises:
        OptionError: There is no such layout, or folders are asked for without pictures.
        OutputExistsError: The folder is not empty.
        MediaPathError: A picture's path leads out of the folder, or two need the same.
        InvalidItemError: The name of a label or subset cannot be written.
    """
    from datumpb.formats.imagenet.writer import write_dataset  # noqa: PLC0415 -- reading does not need it

    write_dataset(source, path, export, layout=layout)
