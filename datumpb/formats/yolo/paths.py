"""Paths that YOLO's files name: made for some other machine, and looked for inside of the dataset's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset.inner_path import inner_path
from datumpb.errors import SourceFormatError

if TYPE_CHECKING:
    from pathlib import Path

_PREFIX = "data/"  # Darknet is run from the folder above


def own_path(root: Path, text: str) -> str:
    """Return a path with '/' between its parts; an absolute one into the dataset's folder from there on."""
    given = text.replace("\\", "/")
    absolute = given.startswith("/") or given[1:2] == ":"
    return given.removeprefix(root.resolve().as_posix() + "/") if absolute else given


def darknet_inner(root: Path, value: str) -> str:
    """Return the path that Darknet's files mean: most often it begins with a folder above the dataset's own.

    Raises:
        SourceFormatError: It leads out of the dataset's folder.
    """
    path = inner_path(own_path(root, value))
    return path.removeprefix(_PREFIX) if path.startswith(_PREFIX) and not (root / "data").is_dir() else path


def find_inner(root: Path, start: str, value: str) -> str | None:
    """Return the path inside of the dataset's folder that a value of the YAML means, or None where nothing is there.

    As Ultralytics does, "../train" is also looked for as "train": so Roboflow writes it. A folder to start from counts
    where it is inside; else it belongs to another machine.
    """
    text = own_path(root, value)
    for folder in dict.fromkeys((start, "")):
        for candidate in (text, text.removeprefix("../")):
            try:
                path = inner_path(candidate, inner_path(folder))
            except SourceFormatError:
                continue
            if (root / path).exists():
                return path
    return None
