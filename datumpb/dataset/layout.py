"""The folder of a datumpb dataset: which file is where (docs/FORMAT.md, "Dataset folder")."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from datumpb.container.ends import MAGIC, PREAMBLE_SIZE
from datumpb.errors import InvalidItemError, MediaPathError
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    from pathlib import Path

ANNOTATIONS = "annotations"
IMAGES = "images"
POINT_CLOUDS = "point_clouds"
VIDEOS = "videos"
MASKS = "masks"
TABLES = "tables"
OTHER_MEDIA = "media"
DATASET_META = "dataset_meta.json"
SECRET_KEY = "secret_key.txt"  # noqa: S105 -- a file's name
SUFFIX = ".datum"


def annotation_files(root: Path) -> dict[str, Path]:
    """Return the annotation file of each subset, by the subset's name, in the order of names."""
    files = (root / ANNOTATIONS).glob(f"*{SUFFIX}")
    return {file.stem: file for file in sorted(files) if file.is_file() and not file.name.startswith(".")}


def annotation_file(root: Path, subset: str) -> Path:
    """Return where the annotation file of a subset belongs.

    Raises:
        InvalidItemError: The subset's name cannot be the name of a file.
    """
    try:
        check_media_path(subset)
    except MediaPathError:
        plain = False
    else:
        plain = "/" not in subset and not subset.startswith(".")
    if not plain:
        message = f"subset {subset!r}: the name cannot be the name of a file"
        raise InvalidItemError(message)
    return root / ANNOTATIONS / f"{subset}{SUFFIX}"


def media_path(folder: str, subset: str, name: str) -> str:
    """Return the path of a media file inside of a dataset.

    Args:
        folder: The folder for its kind, such as `images`.
        subset: The subset's name.
        name: The file's name, usually item id and extension. One that could lead elsewhere is percent-encoded.
    """
    path = f"{folder}/{subset}/{name}"
    try:
        check_media_path(path)
    except MediaPathError:
        path = f"{folder}/{subset}/{quote(name, safe='').replace('..', '%2E%2E')}"
    return path


def is_datum_file(path: Path) -> bool:
    """Tell whether a file begins as a `.datum` file of datumpb does."""
    with path.open("rb") as file:
        return MAGIC in file.read(PREAMBLE_SIZE)
