"""Copying an item's picture into an output folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.errors import MediaNotFoundError, MediaPathError
from datumpb.model.media import Image
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from datumpb.dataset.losses import LossReport
    from datumpb.model.item import Item


def copy_image(item: Item, folder: Path, path: str, losses: LossReport) -> bool:
    """Copy the picture of an item to a path in a folder; tell whether there is one.

    A medium that is no picture, and a file that is missing, are counted as lost.

    Raises:
        MediaPathError: The path leads out of the folder, or another picture is there.
        MediaError: The file is not the one that the item means.
    """
    if item.media is None:
        return False
    if not isinstance(item.media, Image):
        losses.add(f"media that is not an image ({type(item.media).__name__})", item.id)
        return False
    try:
        chunks = iter(()) if item.media.file is None else item.media.file.chunks()
        start = next(chunks, b"")
    except MediaNotFoundError:
        start, chunks = b"", iter(())
    if not start:
        losses.add("media file that is missing", item.id)
        return False
    write_new(folder, path, [start], chunks)
    return True


def write_new(folder: Path, path: str, *parts: Iterable[bytes]) -> None:
    """Write a file that is not there yet.

    Raises:
        MediaPathError: The path leads out of the folder, or another file is there.
    """
    check_media_path(path)
    place = folder / path
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as file:
            for part in parts:
                file.writelines(part)
    except (FileExistsError, NotADirectoryError) as error:
        message = "two items need this place"
        raise MediaPathError(message, path) from error
