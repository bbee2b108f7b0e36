"""Where things are in a VOC folder, and which lists each task has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset.picture_folders import glance
from datumpb.errors import OptionError, SourceFormatError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from datumpb.model.annotations import Annotation

IMAGES = "JPEGImages"
ANNOTATIONS = "Annotations"
CLASSES = "SegmentationClass"
OBJECTS = "SegmentationObject"
LISTS = "ImageSets"
LABELMAP = "labelmap.txt"
META_FILE = "dataset_meta.json"

MAIN, SEGMENTATION, LAYOUT, ACTION = "Main", "Segmentation", "Layout", "Action"
LIST_FOLDERS = (MAIN, SEGMENTATION, LAYOUT, ACTION)

TASKS = {
    "classification": MAIN,
    "detection": MAIN,
    "segmentation": SEGMENTATION,
    "layout": LAYOUT,
    "action": ACTION,
}
"""The tasks, each with the folder of its lists."""

KEY = "voc"
"""The attribute (of items and annotations) and the info (of labels) that keep what only VOC knows."""


def check_task(task: str | None) -> None:
    """Refuse a task that VOC does not have.

    Raises:
        OptionError: It does not.
    """
    if task is not None and task not in TASKS:
        message = f"there is no task {task!r}; there are: {', '.join(TASKS)}"
        raise OptionError(message)


def list_folders(task: str | None) -> tuple[str, ...]:
    """Return the folders of the lists that a task is about; for None, all."""
    return LIST_FOLDERS if task is None else (TASKS[task],)


def has_boxes(task: str | None) -> bool:
    """Tell whether a task is about the objects in XML files."""
    return task not in {"classification", "segmentation"}


def is_root(path: Path) -> bool:
    """Tell whether a folder is that of a VOC dataset: it has lists, and a folder of what they name."""
    lists = path / LISTS
    named = (ANNOTATIONS, IMAGES, CLASSES, OBJECTS)
    return any(
        next((lists / folder).glob("*.txt"), None) is not None for folder in LIST_FOLDERS if (lists / folder).is_dir()
    ) and any((path / folder).is_dir() for folder in named)


def find_roots(path: Path) -> list[Path]:
    """Return the folder itself where it is that of a VOC dataset, else those folders in it that are: the years."""
    if not path.is_dir():
        return []
    if is_root(path):
        return [path]
    return [path / name for name in glance(path).folders if is_root(path / name)]


def find_root(path: Path) -> Path:
    """Return the one folder of a VOC dataset that a path is or has.

    Raises:
        SourceFormatError: There is none, or more than one.
    """
    roots = find_roots(path)
    if not roots:
        message = f"a folder with {LISTS} (lists in {', '.join(LIST_FOLDERS)}) and {ANNOTATIONS} or {IMAGES} expected"
        raise SourceFormatError(message, path)
    if len(roots) > 1:
        message = f"several VOC datasets are here, choose one: {', '.join(root.name for root in roots)}"
        raise SourceFormatError(message, path)
    return roots[0]


def usual_lists(*, masks: bool, parts: bool, actions: bool) -> list[str]:
    """Return the folders whose lists an item is in, where nothing else is said, by what it has."""
    found = {MAIN: True, SEGMENTATION: masks, LAYOUT: parts, ACTION: actions}
    return [folder for folder, has in found.items() if has]


def usual_pictures(masks: Sequence[Annotation]) -> list[str]:
    """Return which pictures of masks an item has, where nothing else is said: of classes only where one is known."""
    if not masks:
        return []
    known = any(mask.label is not None or KEY in mask.attributes for mask in masks)
    return [CLASSES, OBJECTS] if known else [OBJECTS]
