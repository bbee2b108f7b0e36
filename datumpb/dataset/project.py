"""Projects: a folder with a text file that lists datasets, which are merged when the project is exported."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from datumpb.container.atomic import AtomicFile
from datumpb.container.sink import write_all
from datumpb.dataset.dataset import Dataset
from datumpb.dataset.registry import find_format
from datumpb.dataset.yaml_map import read_yaml_map
from datumpb.errors import DatasetError, OptionError, OutputExistsError, SourceFormatError

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT_FILE = "datumpb-project.yaml"

_VERSION = 1
_HEADING = "# A project of datumpb: paths are relative to this file. Keys are never kept here.\n"
_KEYS = {"name", "path", "format", "options"}


@dataclass(frozen=True, slots=True)
class ProjectSource:
    """A dataset of a project.

    Attributes:
        name: Its name in the project.
        path: Its folder or file; relative to the project's folder, or absolute.
        format: The name of its format.
        options: Options for reading it; never a key.
    """

    name: str
    path: str
    format: str
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a key.

        Raises:
            OptionError: There is one among the options.
        """
        if "encryption_key" in self.options:
            message = f"source {self.name!r}: a project never keeps a key; give it when it is needed"
            raise OptionError(message)


class Project:
    """A project.

    project = Project.create("my-project")
    project.add("street", "../street", "coco")
    project.dataset().export("all", "datumpb", save_media=True)

    Attributes:
        folder: Its folder.
        sources: The datasets, by their names, in the order in which they were added.
    """

    def __init__(self, folder: str | os.PathLike[str], sources: Mapping[str, ProjectSource]) -> None:
        """Take what is known of a project; `create` and `open` are the usual ways to get one."""
        self.folder = Path(folder)
        self.sources = dict(sources)

    @classmethod
    def create(cls, folder: str | os.PathLike[str]) -> Project:
        """Make a project without datasets; the folder is made where there is none.

        Raises:
            OutputExistsError: The folder has a project already.
            OSError: The file cannot be written.
        """
        file = Path(folder) / PROJECT_FILE
        if file.exists():
            message = f"{file}: there is a project already"
            raise OutputExistsError(message)
        file.parent.mkdir(parents=True, exist_ok=True)
        project = cls(folder, {})
        project.save()
        return project

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> Project:
        """Open a project.

        Raises:
            DatasetError: The folder has none.
            SourceFormatError: Its file is not what it should be.
            OptionError: It has a key in it.
        """
        file = Path(folder) / PROJECT_FILE
        if not file.is_file():
            message = f"{file}: no such file; `datumpb create` makes a project"
            raise DatasetError(message)
        sources = {}
        for number, entry in enumerate(_entries(file)):
            source = _source_of(entry, file, f"sources[{number}]")
            if source.name in sources:
                message = f"two sources have the name {source.name!r}"
                raise SourceFormatError(message, file, f"sources[{number}]")
            sources[source.name] = source
        return cls(folder, sources)

    def add(
        self, path: str | os.PathLike[str], format_name: str, *, name: str | None = None, **options: object
    ) -> ProjectSource:
        """Add a dataset, and save the project. The dataset stays where it is.

        Args:
            path: The dataset's folder or file.
            format_name: Its format.
            name: Its name in the project; None: that of its folder or file.
            **options: Options for reading it. A key is needed to open an encrypted dataset, but is not kept.

        Raises:
            DatasetError: The name is taken, or there is no dataset of this format at the path.
            KeyProblemError: The key is missing or wrong.
            OSError: The project cannot be saved.
        """
        full = Path(path).resolve()
        name = (full.stem if full.is_file() else full.name) if name is None else name
        if name in self.sources or not name:
            message = f"the project has a source {name!r} already; choose another name"
            raise DatasetError(message)
        Dataset.import_from(path, format_name, **options).categories()  # opens all of its files
        kept = {key: value for key, value in options.items() if key != "encryption_key"}
        source = ProjectSource(name, _relative(full, self.folder.resolve()), format_name, kept)
        self.sources[name] = source
        self.save()
        return source

    def save(self) -> None:
        """Write the project's file.

        Raises:
            OSError: It cannot be written.
        """
        sources = []
        for one in self.sources.values():
            entry: dict[str, Any] = {"name": one.name, "path": one.path, "format": one.format}
            sources.append(entry | ({"options": one.options} if one.options else {}))
        document = {"version": _VERSION, "sources": sources}
        with AtomicFile(self.folder / PROJECT_FILE) as atomic:
            write_all(atomic.file, (_HEADING + yaml.safe_dump(document, sort_keys=False, allow_unicode=True)).encode())

    def open_source(self, name: str, key: str | None = None) -> Dataset:
        """Open one of the datasets.

        Args:
            name: Its name in the project.
            key: The text of a key, which is used only if the dataset is encrypted.

        Raises:
            DatasetError: There is none of this name, or it cannot be opened.
            KeyProblemError: The key is wrong.
        """
        if name not in self.sources:
            message = f"the project has no source {name!r}; it has: {', '.join(self.sources) or 'none'}"
            raise DatasetError(message)
        source = self.sources[name]
        path, options = self.folder / source.path, dict(source.options)
        if key is not None and path.exists() and find_format(source.format).is_encrypted(path):
            options["encryption_key"] = key
        return Dataset.import_from(path, source.format, **options)


def _entries(file: Path) -> list[Any]:
    document = read_yaml_map(file)
    if document.get("version") != _VERSION:
        message = f"a project of version {_VERSION} expected"
        raise SourceFormatError(message, file, "version")
    entries = document.get("sources")
    if not isinstance(entries, list):
        message = "a list expected"
        raise SourceFormatError(message, file, "sources")
    return entries


def _source_of(entry: object, file: Path, place: str) -> ProjectSource:
    if not isinstance(entry, dict):
        message = "name, path and format expected"
        raise SourceFormatError(message, file, place)
    unknown = sorted(map(str, entry.keys() - _KEYS))
    if unknown:
        message = f"unknown key {unknown[0]!r}; there are: {', '.join(sorted(_KEYS))}"
        raise SourceFormatError(message, file, place)
    for key in ("name", "path", "format"):
        if not isinstance(entry.get(key), str) or not entry[key]:
            message = "a text expected"
            raise SourceFormatError(message, file, f"{place}.{key}")
    options = entry.get("options", {})
    if not isinstance(options, dict) or not all(isinstance(key, str) for key in options):
        message = "options by their names expected"
        raise SourceFormatError(message, file, f"{place}.options")
    return ProjectSource(entry["name"], entry["path"], entry["format"], options)


def _relative(path: Path, folder: Path) -> str:
    # So that a project and its datasets can be moved together.
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on another drive
        return str(path)
