"""Whether a folder is an ImageNet dataset: told by a look at a few of its folders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from datumpb.dataset.picture_folders import glance
from datumpb.dataset.subset_names import is_usual_subset

if TYPE_CHECKING:
    from pathlib import Path

LABELS_FILE = "synsets.txt"

_NOT_CLASSES = re.compile(
    r"images?|labels?|annotations?|instances|masks?|videos?|point_clouds?|pointcloud|jpegimages|imagesets|img"
    r"|segmentation(?:class|object)|obj_.*_data|media|data|ds\d+",
    re.IGNORECASE,
)
_LISTED = re.compile(rb"\S.*[ \t]\d+\s*")
_FEW = 5
_DEPTH = 3
_HEAD = 1 << 12


def looks_like(path: Path) -> str | None:
    """Return why a path looks like an ImageNet dataset, or None."""
    if not path.is_dir():
        return None
    if (path / LABELS_FILE).is_file():
        listed = next((file for file in list_files(path) if _is_list(file)), None)
        return None if listed is None else f"{LABELS_FILE} has names of classes, and {listed.name} lists pictures"
    folders = glance(path).folders
    if not folders or not _has_pictures(path, 0):
        return None
    if all(map(is_usual_subset, folders)):
        deeper = [name for folder in folders[:_FEW] for name in glance(path / folder).folders]
        return f"folders of subsets ({folders[0]}, ...) with a folder of pictures for each class" if deeper else None
    return f"nothing but folders of pictures, one for each class ({folders[0]}, ...)"


def list_files(folder: Path) -> list[Path]:
    """Return the lists in a folder."""
    return sorted(file for file in folder.glob("*.txt") if file.name != LABELS_FILE and file.is_file())


def _is_list(file: Path) -> bool:
    with file.open("rb") as opened:
        lines = opened.read(_HEAD).split(b"\n")  # a picture may be without a class
    return any(map(_LISTED.fullmatch, lines))


def _has_pictures(folder: Path, depth: int) -> bool | None:
    """Tell whether there are pictures in a folder or in the first few below; None where there is anything else."""
    seen = glance(folder)
    if seen.others or depth > _DEPTH or any(map(_NOT_CLASSES.fullmatch, seen.folders)):
        return None
    below = [_has_pictures(folder / name, depth + 1) for name in seen.folders[:_FEW]]
    if None in below:
        return None
    return any(below) or bool(seen.pictures and depth)
