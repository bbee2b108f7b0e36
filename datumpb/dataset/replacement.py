"""Putting new files among those of a folder by renames that are written down first, so that they can be taken back."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from datumpb.container.atomic import sync_folder
from datumpb.errors import DatasetError, OutputExistsError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

JOURNAL = "journal.json"


class Replacement:
    """The renames that turn a folder's old contents into its new ones.

    They are written into a journal in the attic, which is the folder that what is replaced moves to. As long as the
    journal is there, they can be taken back, by this process or, where it was killed, by another; its removal makes
    them final.
    """

    def __init__(self, root: Path, attic: Path) -> None:
        """Name the folder and, inside of it, its attic."""
        self._root = root
        self._attic = attic
        self._aside: set[Path] = set()
        self._moves: list[tuple[Path, Path]] = []
        self._begun = False
        self._taken_back = False

    @property
    def final(self) -> bool:
        """Whether the new contents are there to stay, however `carry_out` ended: a signal may come behind its end."""
        return self._begun and not self._taken_back and not is_unfinished(self._attic)

    def set_aside(self, paths: Iterable[Path]) -> None:
        """Plan to move files out of the way. What is reached through a link is elsewhere, and stays."""
        for path in paths:
            if path.parent.resolve() == path.parent and self._aside.isdisjoint((path, *path.parents)):
                self._set_aside(path)

    def merge(self, source: Path, target: Path) -> None:
        """Plan to move a file or folder to its place; in a folder that is there, replace only what `source` has.

        Raises:
            OutputExistsError: A folder stands where a file shall be.
        """
        stands = os.path.lexists(target) and target not in self._aside
        if stands and target.is_dir() and not target.is_symlink():  # a link is replaced itself
            if not source.is_dir():
                message = f"{target}: a folder stands where a file shall be"
                raise OutputExistsError(message)
            for entry in sorted(source.iterdir()):
                self.merge(entry, target / entry.name)
            return
        if stands:
            self._set_aside(target)
        self._moves.append((source, target))

    def carry_out(self) -> None:
        """Do what was planned; where that fails, everything is as it was.

        Raises:
            OSError: It cannot be done.
        """
        self._attic.mkdir()
        journal = self._attic / JOURNAL
        try:
            self._write(journal)
            self._begun = True
            for source, target in self._moves:
                source.rename(target)
            for folder in {target.parent for _, target in self._moves}:
                sync_folder(folder)
            journal.unlink()
        except BaseException:
            self._taken_back = is_unfinished(self._attic)
            take_back(self._root, self._attic)
            raise

    def _set_aside(self, path: Path) -> None:
        self._moves.append((path, self._attic / str(len(self._moves))))
        self._aside.add(path)

    def _write(self, journal: Path) -> None:
        steps = [[path.relative_to(self._root).as_posix() for path in move] for move in self._moves]
        partial = journal.with_suffix(".partial")
        with partial.open("x", encoding="ascii") as file:
            json.dump(steps, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(journal)
        sync_folder(self._attic)


def is_unfinished(attic: Path) -> bool:
    """Tell whether a replacement was begun and neither finished nor taken back."""
    return (attic / JOURNAL).is_file() and not attic.is_symlink()


def take_back(root: Path, attic: Path) -> None:
    """Undo what was done of a replacement, if there is one; may be interrupted and repeated.

    Raises:
        DatasetError: The journal is not one that this library wrote.
        OSError: It cannot be undone now.
    """
    if not is_unfinished(attic):
        return
    journal = attic / JOURNAL
    for source, target in reversed(_read(journal, root)):
        if os.path.lexists(target) and not os.path.lexists(source):
            target.rename(source)
    journal.unlink()


def _read(journal: Path, root: Path) -> list[tuple[Path, Path]]:
    # A dataset may come from anybody, and a journal with it: it must not move anything outside of the folder.
    try:
        return [(_inside(root, source), _inside(root, target)) for source, target in json.loads(journal.read_bytes())]
    except (ValueError, TypeError, RecursionError) as error:
        message = f"{journal}: not a journal of datumpb; remove the folder that it is in"
        raise DatasetError(message) from error


def _inside(root: Path, name: str) -> Path:
    path = root / name
    if "\0" in name or ".." in path.parts or not path.parent.resolve().is_relative_to(root) or path == root:
        raise ValueError(name)
    return path
