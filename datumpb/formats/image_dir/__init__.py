"""The `image_dir` format: a folder of pictures, and nothing else is known about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset.picture_folders import glance
from datumpb.dataset.subset_names import is_usual_subset

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource


def detect(path: Path) -> str | None:
    """Return why a path looks like a folder of pictures, or None where it does not.

    It has pictures and nothing else, or a folder of such pictures for each subset. Pictures in other folders are
    taken for classes by `imagenet`.
    """
    if not path.is_dir():
        return None
    seen = glance(path)
    if seen.others:
        return None
    if seen.pictures and not seen.folders:
        return f"nothing but pictures ({seen.pictures[0]}, ...)"
    if not seen.folders or seen.pictures or not all(map(is_usual_subset, seen.folders)):
        return None
    inside = [glance(path / name) for name in seen.folders]
    if all(one.pictures and not one.folders and not one.others for one in inside):
        return f"nothing but folders of subsets ({seen.folders[0]}, ...) with pictures"
    return None


def read(path: Path) -> DatasetSource:
    """Open a folder of pictures, with all folders in it.

    Raises:
        SourceFormatError: It is no folder, or has no pictures.
    """
    from datumpb.formats.image_dir.reader import ImageFolder  # noqa: PLC0415 -- detection needs neither numpy nor items

    return ImageFolder(path)


def write(
    source: DatasetSource,
    path: Path,
    export: Export,
) -> None:
    """Copy the pictures of a dataset.

    Args:
        source: The dataset.
        path: The folder to make.
        export: What every format is asked.

    Raises:
        OptionError: Media shall not be saved.
        OutputExistsError: The folder is not empty.
        MediaPathError: A picture's path leads out of the folder, or two need the same.
        InvalidItemError: The name of a subset cannot be that of a folder.
    """
    from datumpb.formats.image_dir.writer import write_dataset  # noqa: PLC0415 -- reading does not need it

    write_dataset(source, path, export)
