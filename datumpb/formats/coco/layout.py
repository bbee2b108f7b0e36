"""Where the files of a COCO dataset are: the annotation files of each subset, and the folders with its images."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datumpb.errors import SourceFormatError
from datumpb.formats.coco.document import sniff

if TYPE_CHECKING:
    from pathlib import Path

TASKS = ("instances", "person_keypoints", "captions", "panoptic", "stuff", "labels", "image_info", "results")
"""The tasks, in the order in which their files are read and written."""

ROBOFLOW_NAME = "_annotations.coco.json"

_NAME = re.compile(rf"({'|'.join(TASKS)})(?:_(.+))?")


@dataclass(slots=True)
class Layout:
    """The files of a dataset.

    Attributes:
        root: The dataset's folder; media paths are relative to it.
        files: For each subset, the annotation file of each task, in the order of `TASKS`.
        folders: For each subset, the folders (relative to the root, '/'-separated) that may hold its images.
    """

    root: Path
    files: dict[str, dict[str, Path]] = field(default_factory=dict)
    folders: dict[str, list[str]] = field(default_factory=dict)


def looks_like(path: Path) -> str | None:
    """Return why a path looks like a COCO dataset, or None; reads no more than the first bytes of a few files."""
    if path.is_file():
        task = sniff(path) if path.suffix.lower() == ".json" else None
        return f"{path.name} starts like a COCO file ({task})" if task else None
    for candidate in _candidates(path):
        if candidate.name == ROBOFLOW_NAME or sniff(candidate):
            return f"{candidate.relative_to(path).as_posix()} is a COCO file by its name or its first bytes"
    return None


def discover(path: Path) -> Layout:
    """Find the files of a dataset: a folder, or a single annotation file.

    Raises:
        SourceFormatError: There is no COCO file, or two that say they hold the same.
    """
    if path.is_file():
        found = [(path, *_task_and_subset(path, sniff(path) or "instances"))]
    elif path.is_dir():
        found = [(file, *named) for file in _candidates(path) if (named := _identify(file)) is not None]
    else:
        message = "no such file or folder"
        raise SourceFormatError(message, path)
    if not found:
        message = "no COCO annotation file in this folder (annotations/<task>_<subset>.json)"
        raise SourceFormatError(message, path)
    layout = Layout(_root(path))
    known = {subset for _, task, subset in found if task != "results"}
    for file, task, subset in found:
        if task == "results" and subset not in known:  # COCO names them <task>_<subset>_<method>_results.json
            name = next(
                (name for name in sorted(known, key=len, reverse=True) if subset.startswith(f"{name}_")), subset
            )
            subset = subset if "results" in layout.files.get(name, {}) else name  # noqa: PLW2901 -- what it is known as
        files = layout.files.setdefault(subset, {})
        if task in files:
            message = f"holds {task} of subset {subset!r}, as does {files[task]}"
            raise SourceFormatError(message, file)
        files[task] = file
    for subset, files in layout.files.items():
        layout.files[subset] = {task: files[task] for task in TASKS if task in files}
        layout.folders[subset] = _folders(layout.root, subset, next(iter(files.values())))
    return layout


def _candidates(folder: Path) -> list[Path]:
    for place in (folder / "annotations", folder):
        files = sorted(file for file in place.glob("*.json") if file.is_file())
        if any(_NAME.fullmatch(file.stem) or sniff(file) for file in files):
            return files
    return sorted(file for file in folder.glob(f"*/{ROBOFLOW_NAME}") if file.is_file())


def _identify(file: Path) -> tuple[str, str] | None:
    if not _NAME.fullmatch(file.stem) and file.name != ROBOFLOW_NAME:
        task = sniff(file)
        return None if task is None else _task_and_subset(file, task)
    return _task_and_subset(file, "instances")


def _task_and_subset(file: Path, task: str) -> tuple[str, str]:
    """Tell task and subset by the file's name, the task by its content where the name does not say."""
    if file.name == ROBOFLOW_NAME:
        return "instances", file.parent.name or "default"
    name = file.stem
    results = name.endswith("_results") or name == "results"
    if results:
        name = name.removesuffix("results").removesuffix("_")
    matched = _NAME.fullmatch(name)
    if matched:
        task, name = matched.group(1), matched.group(2) or "default"
    return "results" if results else task, name or "default"


def _root(path: Path) -> Path:
    folder = path.parent if path.is_file() else path
    inside = folder.resolve().name == "annotations"
    return folder.resolve().parent if inside else folder


def _folders(root: Path, subset: str, file: Path) -> list[str]:
    if file.name == ROBOFLOW_NAME:
        beside = file.parent.resolve().relative_to(root.resolve()).as_posix()
        return ["" if beside == "." else beside]
    names = [f"images/{subset}", subset, "images"]
    return [*([name for name in names if (root / name).is_dir()] or names[:1]), ""]
