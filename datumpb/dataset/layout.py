"""The folder of a datumpb dataset: which file is where (docs/FORMAT.md, "Dataset folder")."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from datumpb.container.ends import MAGIC, PREAMBLE_SIZE
from datumpb.errors import InvalidItemError, MediaPathError
from datumpb.model.media_path import check_media_path
from datumpb.storage.location import RemotePath

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.storage.location import Location, Place

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

# Bytes. File systems allow 255 for a name and 4096 for a path, and some copy tools less.
_LONGEST_PART = 200
_LONGEST_NAME = 1000
_LONGEST_EXTENSION = 20


def annotation_files(root: Place, suffix: str = SUFFIX) -> dict[str, Place]:
    """Return the annotation file of each subset, by the subset's name, in the order of names."""
    folder = root / ANNOTATIONS
    files: list[Location]
    if isinstance(folder, RemotePath):
        files = sorted(folder.glob(f"*{suffix}"))
    else:
        files = [file for file in sorted(folder.glob(f"*{suffix}")) if file.is_file()]
    return {file.stem: cast("Place", file) for file in files if not file.name.startswith(".")}


def annotation_file(root: Path, subset: str, suffix: str = SUFFIX) -> Path:
    """Return where the annotation file of a subset belongs.

    Raises:
        InvalidItemError: The subset's name cannot be the name of a file.
    """
    try:
        check_media_path(subset)
        plain = "/" not in subset and not subset.startswith(".") and len(subset.encode()) <= _LONGEST_PART
    except (MediaPathError, UnicodeEncodeError):
        plain = False
    if not plain:
        message = f"subset {subset!r}: the name cannot be the name of a file"
        raise InvalidItemError(message)
    return root / ANNOTATIONS / f"{subset}{suffix}"


def media_path(folder: str, subset: str, name: str) -> str:
    """Return the path of a media file inside of a dataset.

    Args:
        folder: The folder for its kind, such as `images`.
        subset: The subset's name.
        name: The file's name, usually item id and extension. One that could lead elsewhere is percent-encoded, and
            what is too long for a file's name is cut and told apart by a hash.
    """
    try:
        check_media_path(f"{folder}/{subset}/{name}")
        long = len(name.encode()) > _LONGEST_NAME
    except (MediaPathError, UnicodeEncodeError):
        name = quote(name, safe="", errors="surrogatepass").replace("..", "%2E%2E")
        name = "%2E" if name == "." else name
        long = False
    parts = [name.replace("/", "%2F")] if long else name.split("/")
    return "/".join((folder, subset, *map(_shortened, parts)))


def _shortened(part: str) -> str:
    encoded = part.encode()
    if len(encoded) <= _LONGEST_PART:
        return part
    extension = PurePosixPath(part).suffix
    if len(extension.encode()) > _LONGEST_EXTENSION:
        extension = ""
    tail = f"~{hashlib.sha256(encoded).hexdigest()[:32]}{extension}"
    return encoded[: _LONGEST_PART - len(tail.encode())].decode("utf-8", "ignore") + tail


def is_datum_file(path: Location) -> bool:
    """Tell whether a file begins as a `.datum` file of datumpb does."""
    if isinstance(path, RemotePath):
        return MAGIC in path.read_range(0, PREAMBLE_SIZE)
    with path.open("rb") as file:
        return MAGIC in file.read(PREAMBLE_SIZE)
