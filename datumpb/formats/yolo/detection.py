"""Whether a folder is a YOLO dataset: told by the names of files and the first bytes of a few."""

from __future__ import annotations

import itertools
import os
import re
from typing import TYPE_CHECKING

from datumpb.dataset.picture_folders import glance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES_FILES = ("obj.names", "classes.txt")
YAML_ENDINGS = (".yaml", ".yml")
LABEL_FOLDERS = ("labels", "Labels", "annotations", "Annotations")

_HEAD = 1 << 16
_MOST_ENTRIES = 1000
_FEW = 5
_DEPTH = 3
_DARKNET_NAMES = re.compile(rb"^\s*names\s*=", re.MULTILINE)
_YAML_NAMES = re.compile(rb"^(?:names|nc)\s*:", re.MULTILINE)
_YAML_PLACES = re.compile(rb"^(?:train|val|test|path|kpt_shape|nc)\s*:", re.MULTILINE)
_LABEL_LINE = re.compile(rb"\d+(?:\.0*)?(?:[ \t]+[-+]?[\d.]+(?:[eE][-+]?\d+)?){4,}[ \t]*\r?")


def looks_like(path: Path) -> str | None:
    """Return why a path looks like a YOLO dataset, or None."""
    if path.is_file():
        return _file_looks_like(path)
    if not path.is_dir():
        return None
    config = darknet_file(path) or yaml_file(path)
    if config is not None:
        return _file_looks_like(config)
    names = names_file(path)
    label = None if names is None else _first_label(path)
    if names is not None and label is not None:
        return f"{names.name} has names of labels, and {label.relative_to(path).as_posix()} is a YOLO label file"
    return None


def darknet_file(folder: Path) -> Path | None:
    """Return the file with Darknet's settings, or None."""
    return next((file for file in _files(folder, (".data",)) if _DARKNET_NAMES.search(_head(file))), None)


def yaml_file(folder: Path) -> Path | None:
    """Return the YAML file with Ultralytics' settings, or None; `data.yaml` goes before others."""
    files = sorted(_files(folder, YAML_ENDINGS), key=lambda file: (file.stem != "data", file.name))
    return next((file for file in files if _is_yaml(file)), None)


def names_file(folder: Path) -> Path | None:
    """Return the file with one label's name on each line, or None."""
    return next((folder / name for name in NAMES_FILES if (folder / name).is_file()), None)


def _file_looks_like(file: Path) -> str | None:
    if file.suffix == ".data" and _DARKNET_NAMES.search(_head(file)):
        return f"{file.name} has Darknet's settings"
    if file.suffix in YAML_ENDINGS and _is_yaml(file):
        return f"{file.name} has the names and places of an Ultralytics dataset"
    return None


def _is_yaml(file: Path) -> bool:
    head = _head(file)
    return _YAML_NAMES.search(head) is not None and _YAML_PLACES.search(head) is not None


def _files(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    # A dataset's settings are among few files; a folder of very many is something else.
    with os.scandir(folder) as entries:
        some = itertools.islice(entries, _MOST_ENTRIES)
        return sorted(folder / entry.name for entry in some if entry.name.endswith(endings) and entry.is_file())


def _first_label(folder: Path) -> Path | None:
    places = [folder / name for name in LABEL_FOLDERS if (folder / name).is_dir()]
    found = (file for place in places or [folder] for file in _texts(place))
    for file in itertools.islice(found, _FEW):
        first = _head(file).lstrip().split(b"\n", 1)[0]
        if _LABEL_LINE.fullmatch(first) or (places and not first):
            return file
    return None


def _texts(folder: Path, depth: int = 0) -> Iterator[Path]:
    seen = glance(folder)
    for name in seen.others:
        if name.endswith(".txt") and name not in NAMES_FILES:
            yield folder / name
    for name in seen.folders if depth < _DEPTH else []:
        yield from _texts(folder / name, depth + 1)


def _head(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(_HEAD)
    except OSError:
        return b""
