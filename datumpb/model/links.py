"""Links in a dataset's folder, which may lead to files that are not in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def leads_out(root: Path, path: str) -> bool:
    """Tell whether a path leads out of a folder through a link, or in a circle.

    Args:
        root: The folder.
        path: Relative to it, with '/' between its parts, and without "..".
    """
    if os.name == "posix" and not _has_link(str(root), path):
        return False
    try:
        return not (root / path).resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # links that lead in a circle
        return True


def _has_link(place: str, path: str) -> bool:
    """Tell whether any part of a path is a link; to resolve all of it takes several times as long."""
    for part in path.split("/"):
        place = f"{place}/{part}"
        if os.path.islink(place):  # noqa: PTH114 -- of text: pathlib takes three times as long
            return True
    return False
