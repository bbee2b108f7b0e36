"""The lists of a VOC dataset: which items a subset has, and what is said of them there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from datumpb.dataset.inner_path import inner_path, is_file
from datumpb.dataset.text_lines import line_place, numbered_lines
from datumpb.errors import SourceFormatError
from datumpb.formats.voc.layout import ACTION, ANNOTATIONS, LAYOUT, LISTS, MAIN

if TYPE_CHECKING:
    from pathlib import Path

_CLASS_LINE = re.compile(r"(.*\S)\s+(-1|0|1)")
_ACTION_LINE = re.compile(r"(.*\S)\s+([1-9]\d{0,8})\s+(-1|0|1)", re.ASCII)
_NUMBERED = re.compile(r"(.*\S)\s+[1-9]\d{0,8}", re.ASCII)
_QUOTED = re.compile(r'"([^"]*)"(?:\s+\d{1,9})?', re.ASCII)


class Saying(NamedTuple):
    """What a list for one label or action says: 1 yes, 0 difficult (labels), -1 no.

    Attributes:
        item_id: Of which item.
        number: Of which of its objects, from 1; 0: of the whole.
        flag: What.
        line: Where in the list, from 1.
    """

    item_id: str
    number: int
    flag: int
    line: int


class Lists:
    """The lists in the folders of some tasks."""

    def __init__(self, root: Path, folders: tuple[str, ...]) -> None:
        """Find the lists.

        Args:
            root: The dataset's folder.
            folders: The folders in `ImageSets` that count.
        """
        self._root = root
        self._files = {folder: _files(root / LISTS / folder) for folder in folders}

    def subsets(self, labels: set[str], actions: set[str]) -> list[str]:
        """Return the names of the subsets.

        A list `x_y` is what is said about label or action x in subset y, where there is a list y, and x is known.

        Raises:
            SourceFormatError: A list says something about a label or action that there is not.
        """
        names: set[str] = set()
        for folder, files in self._files.items():
            known = {MAIN: labels, ACTION: actions}.get(folder, set())
            for stem, path in files.items():
                if not any(name in known for name in _splits(stem, files)):
                    names.add(stem)
                    if _splits(stem, files) and _says(folder, path):
                        message = f"a list about a label or action that there is not: {_splits(stem, files)[0]!r}"
                        raise SourceFormatError(message, path)
        return sorted(names)

    def said(self, folder: str) -> set[str]:
        """Return all names that lists of a folder say something about: of labels, or of actions."""
        files = self._files.get(folder, {})
        named = ((stem, path) for stem, path in files.items() if _splits(stem, files) and _says(folder, path))
        return {_splits(stem, files)[0] for stem, _ in named}

    def ids(self, folder: str, subset: str) -> list[str]:
        """Return the items that a folder lists, in order.

        Raises:
            SourceFormatError: A line names no item, or one again where an item stands once.
        """
        path = self._files.get(folder, {}).get(subset)
        found: dict[str, None] = {}
        for number, line in _lines(path):
            with_number = folder in {LAYOUT, ACTION}
            item_id = self._without_number(line) if with_number else line
            _check(item_id, path, number)
            if item_id in found and not with_number:
                message = f"names an item that an earlier line names: {line!r}"
                raise SourceFormatError(message, path, line_place(number))
            found[item_id] = None
        return list(found)

    def _without_number(self, line: str) -> str:
        if quoted := _QUOTED.fullmatch(line):
            return quoted[1]
        numbered = _NUMBERED.fullmatch(line)
        if numbered is None or (".." not in line and is_file(self._root / ANNOTATIONS / f"{line}.xml")):
            return line
        return numbered[1]

    def labels(self, label: str, subset: str) -> list[Saying]:
        """Return what is said about a label.

        Raises:
            SourceFormatError: A line is not an item and 1, 0 or -1.
        """
        path = self._files.get(MAIN, {}).get(f"{label}_{subset}")
        found = []
        for number, line in _lines(path):
            matched = _CLASS_LINE.fullmatch(line)
            if matched is None:
                message = f"an item and 1, 0 or -1 expected, not {line!r}"
                raise SourceFormatError(message, path, line_place(number))
            found.append(Saying(matched[1], 0, int(matched[2]), number))
        return found

    def actions(self, action: str, subset: str) -> list[Saying]:
        """Return what is said about an action.

        Raises:
            SourceFormatError: A line is not an item, the number of an object and 1, 0 or -1.
        """
        path = self._files.get(ACTION, {}).get(f"{action}_{subset}")
        found = []
        for number, line in _lines(path):
            matched = _ACTION_LINE.fullmatch(line)
            if matched is None:
                message = f"an item, the number of an object and 1, 0 or -1 expected, not {line!r}"
                raise SourceFormatError(message, path, line_place(number))
            found.append(Saying(matched[1], int(matched[2]), int(matched[3]), number))
        return found


def _files(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob("*.txt")) if path.is_file()} if folder.is_dir() else {}


def _splits(stem: str, files: dict[str, Path]) -> list[str]:
    """Return what may be the name of a label or action, in the name of a list that ends with that of another."""
    return [stem[:place] for place, char in enumerate(stem) if char == "_" and stem[place + 1 :] in files]


def _says(folder: str, path: Path) -> bool:
    """Tell whether every line of a list says something about an item."""
    pattern = {MAIN: _CLASS_LINE, ACTION: _ACTION_LINE}.get(folder)
    lines = _lines(path)
    return pattern is not None and bool(lines) and all(pattern.fullmatch(line) for _, line in lines)


def _lines(path: Path | None) -> list[tuple[int, str]]:
    if path is None:
        return []
    return [(number, line) for number, line in numbered_lines(path, path.parents[2]) if not line.startswith("#")]


def _check(item_id: str, path: Path | None, number: int) -> None:
    try:
        inside = inner_path(item_id)
    except SourceFormatError as error:
        raise SourceFormatError(error.message, path, line_place(number)) from None
    if inside != item_id:
        message = f"not the name of an item: {item_id!r}"
        raise SourceFormatError(message, path, line_place(number))
