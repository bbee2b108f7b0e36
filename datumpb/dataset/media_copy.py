"""Copying media files into an output folder, or linking them there."""

from __future__ import annotations

import errno
import os
from collections import deque
from typing import TYPE_CHECKING

from datumpb.dataset.export import SaveMedia
from datumpb.errors import MediaError, MediaNotFoundError, MediaPathError
from datumpb.model.media import Image, MediaRef
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.model.item import Item

_NO_LINKS = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EACCES}


def copy_image(item: Item, folder: Path, path: str, export: Export) -> bool:
    """Copy or link the picture of an item to a path in a folder, where media are saved; tell whether it is there.

    A medium that is no picture, and a file that is missing, are counted as lost.

    Raises:
        MediaPathError: The path leads out of the folder, or another picture is there.
        MediaError: The file is not the one that the item means, or cannot be linked.
    """
    if item.media is None:
        return False
    if not isinstance(item.media, Image):
        export.losses.add(f"media that is not an image ({type(item.media).__name__})", item.id)
        return False
    ref = item.media.file
    if not export.save_media:
        return False
    try:
        chunks = MediaRef().chunks() if ref is None else ref.chunks()
        start = next(chunks, b"")
    except MediaNotFoundError:
        export.losses.add("media file that is missing", item.id)
        return False
    plain = ref.plain_file() if ref is not None and export.save_media is SaveMedia.LINK else None
    if plain is None:
        write_new(folder, path, [start], chunks)
        return True
    deque(chunks, maxlen=0)  # reading to the end compares size and checksum
    check_media_path(path)
    link_file(plain, folder / path, path)
    return True


def link_file(source: Path, place: Path, path: str) -> None:
    """Make a hard link; folders are made as needed.

    Args:
        source: The file.
        place: Where the link shall be.
        path: What an error shall name.

    Raises:
        MediaPathError: Another file is there.
        MediaError: A link is not possible, as to another disk.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        os.link(source.resolve(), place)
    except (FileExistsError, NotADirectoryError) as error:
        raise _taken(path) from error
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        message = f"cannot be linked to {source}: {error.strerror}; copy media instead"
        raise MediaError(message, path) from error


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
        raise _taken(path) from error


def _taken(path: str) -> MediaPathError:
    message = "two items need this place"
    return MediaPathError(message, path)
