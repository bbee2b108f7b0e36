"""Picture files in folders: found by their extension, in a fixed order, and named."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.errors import SourceFormatError
from datumpb.model.media import Image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.model.media import Media

IMAGE_EXTENSIONS = frozenset(
    [
        ".avif",
        ".bmp",
        ".gif",
        ".heic",
        ".jp2",
        ".jpe",
        ".jpeg",
        ".jpg",
        ".pgm",
        ".png",
        ".ppm",
        ".tif",
        ".tiff",
        ".webp",
    ]
)
"""The extensions, in lower case, by which a picture is known."""

_EXTENSION = re.compile(r"\.[A-Za-z0-9]+$")
_PNG_START = b"\x89PNG"


def is_image(name: str) -> bool:
    """Tell whether a file's name is that of a picture; hidden files are not."""
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in IMAGE_EXTENSIONS  # noqa: PTH122 -- of text


def stem(path: str) -> str:
    """Return a '/'-separated path without the extension of its last part."""
    return os.path.splitext(path)[0]  # noqa: PTH122 -- of text


def find_files(root: Path, folder: str = "", *, extension: str | None = None) -> Iterator[str]:
    """Yield the pictures in a folder and below, in the order of their names, those of a folder before its folders'.

    Args:
        root: The dataset's folder; the paths are relative to it, with '/' between their parts.
        folder: The folder to look into, relative to the root.
        extension: Files with this extension instead of pictures.

    Raises:
        SourceFormatError: A folder cannot be read; or a name is not Unicode, or has a backslash.
    """
    for place, folders, names in os.walk(root / folder, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = Path(place).relative_to(root).as_posix()
        for name in sorted(names):
            if is_image(name) if extension is None else name.endswith(extension):
                path = name if inside == "." else f"{inside}/{name}"
                _check(path, root)
                yield path


def find_folders(root: Path, folder: str = "") -> list[str]:
    """Return all folders in a folder and below, relative to it, with '/' between their parts; hidden ones left out.

    Raises:
        SourceFormatError: A folder cannot be read; or a name is not Unicode, or has a backslash.
    """
    found = []
    for place, folders, _ in os.walk(root / folder, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = Path(place).relative_to(root / folder).as_posix()
        for name in folders:
            path = name if inside == "." else f"{inside}/{name}"
            _check(path, root)
            found.append(path)
    return found


def _check(path: str, root: Path) -> None:
    if "\\" in path or any("\ud800" <= char <= "\udfff" for char in path):
        message = "a file's name that is not Unicode, or has a backslash: rename it"
        raise SourceFormatError(message, f"{root}/{path}".encode(errors="backslashreplace").decode())


def _refuse(error: OSError) -> None:
    message = f"cannot read this folder: {error.strerror}"
    raise SourceFormatError(message, error.filename) from error


def extension_of(media: Media | None) -> str:
    """Return the extension that the file of an item's picture is written with; ".jpg" where nothing tells it."""
    ref = media.file if isinstance(media, Image) else None
    if ref is not None and ref.path is not None and (extension := _EXTENSION.search(ref.path)):
        return extension.group()
    if ref is not None and ref.data is not None and ref.data.startswith(_PNG_START):
        return ".png"
    return ".jpg"
