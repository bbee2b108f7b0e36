"""Paths that a file of a dataset names: taken from the dataset's folder, and never out of it."""

from __future__ import annotations

import re

from datumpb.errors import SourceFormatError

_DRIVE = re.compile(r"[A-Za-z]:")


def inner_path(text: str, folder: str = "") -> str:
    r"""Return a path with '/' between its parts, and without empty ones, "." and "..".

    Args:
        text: The path as the file has it; a backslash is taken for a '/'.
        folder: The folder that it starts from, relative to the dataset's.

    Raises:
        SourceFormatError: It is absolute or leads out of the dataset's folder.
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
    return "/".join(parts)
