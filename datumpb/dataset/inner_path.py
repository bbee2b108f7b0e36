"""Paths that a file of a dataset names: taken from the dataset's folder, and never out of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from datumpb.errors import SourceFormatError
from datumpb.model.links import leads_out

if TYPE_CHECKING:
    from pathlib import Path

_DRIVE = re.compile(r"[A-Za-z]:")
# Bytes. No file system has longer names.
_LONGEST_PART = 255


def inner_path(text: str, folder: str = "") -> str:
    r"""Return a path with '/' between its parts, and without empty ones, "." and "..".

    Args:
        text: The path as the file has it; a backslash is taken for a '/'.
        folder: The folder that it starts from, relative to the dataset's.

    Raises:
        SourceFormatError: It is absolute, leads out of the dataset's folder, or no file can have such a name.
    """
    given = text.replace("\\", "/")
    parts: list[str] = []
    outside = given.startswith("/") or _DRIVE.match(given) or "\0" in given
    for part in f"{folder}/{given}".split("/"):
        if part == "..":
            outside = outside or not parts
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    if outside:
        message = f"leads out of the dataset's folder: {text!r}"
        raise SourceFormatError(message)
    if any(len(part.encode("utf-8", "surrogatepass")) > _LONGEST_PART for part in parts):
        message = f"a path that no file can have: {text[:50]!r}..."
        raise SourceFormatError(message)
    return "/".join(parts)


def refuse_links_out(root: Path, path: Path) -> None:
    """Refuse a file that a link leads to from inside of a dataset's folder, and that is not in it.

    Args:
        root: The folder.
        path: The file: `root` and an `inner_path`.

    Raises:
        SourceFormatError: It is such a one.
    """
    if leads_out(root, path.relative_to(root).as_posix()):
        message = "leads out of the dataset's folder through a link"
        raise SourceFormatError(message, path)


def is_file(path: Path) -> bool:
    """Tell whether there is a file; there is none of a name that no file can have."""
    try:
        return path.is_file()
    except OSError:
        return False
