"""Where everything of a YOLO dataset is: by Darknet's settings, by Ultralytics', or by the names of folders."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datumpb.dataset.image_files import find_files
from datumpb.dataset.inner_path import refuse_links_out
from datumpb.dataset.subset_names import is_usual_subset
from datumpb.dataset.text_lines import line_place, numbered_lines
from datumpb.errors import SourceFormatError
from datumpb.formats.yolo.detection import LABEL_FOLDERS, YAML_ENDINGS, darknet_file, names_file, yaml_file
from datumpb.formats.yolo.paths import darknet_inner, find_inner
from datumpb.formats.yolo.settings import Settings, read_settings
from datumpb.model.item import DEFAULT_SUBSET

if TYPE_CHECKING:
    from pathlib import Path

_IMAGE_FOLDERS = ("images", "Images")
_NOT_SUBSETS = {"classes", "names", "backup", "eval", "results", "top", "labels", "difficult", "map", "tree"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where pictures of a subset are.

    Attributes:
        path: A list of pictures, or a folder of them; relative to the dataset's folder.
        is_list: Whether it is a list.
        base: The part of the pictures' paths that does not belong to their ids.
        others: Folders directly in it that belong to other subsets.
    """

    path: str
    is_list: bool
    base: str = ""
    others: frozenset[str] = frozenset()


@dataclass(slots=True)
class Layout:
    """What is known of a dataset before its lists and folders are read.

    Attributes:
        root: The dataset's folder.
        settings: Names of labels, and what the numbers mean.
        subsets: Where the pictures of each subset are.
        darknet: Whether paths and ids are as Darknet has them.
    """

    root: Path
    settings: Settings
    subsets: dict[str, list[Place]] = field(default_factory=dict)
    darknet: bool = False


def discover(path: Path) -> Layout:
    """Find the parts of a dataset.

    Raises:
        SourceFormatError: There are none, or they are not what they should be.
    """
    if path.is_file():
        if path.suffix in YAML_ENDINGS:
            return _ultralytics(path)
        return _darknet(path)
    if (config := darknet_file(path)) is not None:
        return _darknet(config)
    if (config := yaml_file(path)) is not None:
        return _ultralytics(config)
    if (names := names_file(path)) is not None:
        refuse_links_out(path, names)
        return _loose(path, Settings(read_names(names)))
    message = "no obj.data, data.yaml, obj.names or classes.txt in this folder"
    raise SourceFormatError(message, path)


def read_names(path: Path) -> list[str]:
    """Read a file of names, one on each line."""
    return [line for _, line in numbered_lines(path)]


def _darknet(config: Path) -> Layout:
    root = config.parent
    values: dict[str, tuple[int, str]] = {}
    for number, line in numbered_lines(config):
        if line.startswith("#"):
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not key:
            message = f"'key = value' expected, not {line!r}"
            raise SourceFormatError(message, config, line_place(number))
        if key in values:
            message = f"{key!r} is there twice"
            raise SourceFormatError(message, config, line_place(number))
        values[key] = number, value
    if "names" not in values:
        message = "'names' is missing: the file with the names of labels"
        raise SourceFormatError(message, config)
    labels = read_names(root / _darknet_path(root, config, *values["names"]))
    if "classes" in values and values["classes"][1] != str(len(labels)):
        number, classes = values["classes"]
        message = f"there are {len(labels)} names, not {classes}"
        raise SourceFormatError(message, config, line_place(number))
    subsets = {
        key: [Place(_darknet_path(root, config, *value), is_list=True)]
        for key, value in values.items()
        if key not in _NOT_SUBSETS
    }
    if not subsets:
        message = "no list of pictures is named, such as 'train = data/train.txt'"
        raise SourceFormatError(message, config)
    return Layout(root, Settings(labels), subsets, darknet=True)


def _darknet_path(root: Path, config: Path, number: int, value: str) -> str:
    try:
        path = darknet_inner(root, value)
    except SourceFormatError as error:
        raise SourceFormatError(error.message, config, line_place(number)) from None
    if not (root / path).is_file():
        message = f"names a file that is not there: {value!r}"
        raise SourceFormatError(message, config, line_place(number))
    refuse_links_out(root, root / path)
    return path


def _ultralytics(config: Path) -> Layout:
    settings = read_settings(config)
    root = config.parent
    if not settings.places:
        return _loose(root, settings)
    subsets = {}
    for name, values in settings.places.items():
        subsets[name] = [_ultralytics_place(root, config, settings.path, name, value) for value in values]
    return Layout(root, settings, subsets)


def _ultralytics_place(root: Path, config: Path, start: str, name: str, value: str) -> Place:
    path = find_inner(root, start, value)
    if path is None:
        message = f"no such file or folder inside of the dataset's: {value!r}"
        raise SourceFormatError(message, config, name)
    refuse_links_out(root, root / path)
    if (root / path).is_file():
        return Place(path, is_list=True)
    return Place(path, is_list=False, base=path)


def _loose(root: Path, settings: Settings) -> Layout:
    """Find subsets by the folders below "images", or below the root where there is none."""
    base = next((name for name in _IMAGE_FOLDERS if (root / name).is_dir()), "")
    labels = [name for name in LABEL_FOLDERS if (root / name).is_dir()]
    names: dict[str, None] = {}
    for folder in dict.fromkeys([base, *labels]):
        for entry in sorted((root / folder).iterdir()):
            if entry.is_dir() and is_usual_subset(entry.name):
                names[entry.name] = None
    places = {name: [_folder(base, name)] for name in sorted(names)}
    rest = Place(base, is_list=False, base=base, others=frozenset(names))
    texts = (path for label in labels for path in find_files(root, label, extension=".txt"))
    some = itertools.chain(find_files(root, base), texts)
    if not places or any(_first_part(path, base, labels) not in names for path in some):
        places[DEFAULT_SUBSET] = [*places.get(DEFAULT_SUBSET, []), rest]
    return Layout(root, settings, places)


def _folder(base: str, name: str) -> Place:
    path = f"{base}/{name}" if base else name
    return Place(path, is_list=False, base=path)


def _first_part(path: str, base: str, labels: list[str]) -> str:
    first, _, rest = path.partition("/")
    return rest.partition("/")[0] if rest and first in {base, *labels} else first
