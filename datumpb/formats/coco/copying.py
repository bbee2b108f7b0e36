"""Copying images to where COCO has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.errors import MediaNotFoundError, MediaPathError
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.model.media import MediaRef


def copy_media(ref: MediaRef, folder: Path, name: str) -> bool:
    """Copy a file to its place in a folder, or return False where it is missing.

    Raises:
        MediaPathError: The name leads out of the folder, or is taken.
        MediaError: The file is not the one that is meant.
    """
    check_media_path(name)
    place = folder / name
    try:
        chunks = ref.chunks()
        start = next(chunks, b"")
    except MediaNotFoundError:
        return False
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as file:
            file.write(start)
            file.writelines(chunks)
    except (FileExistsError, NotADirectoryError) as error:
        message = "two images need this place"
        raise MediaPathError(message, name) from error
    return True
