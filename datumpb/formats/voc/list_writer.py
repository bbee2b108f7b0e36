"""The lists of a subset, written: the items of each task, and what is said about labels and actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.formats.voc.layout import ACTION, LAYOUT, MAIN, list_folders

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from datumpb.formats.voc.item_writer import Written


class ListWriter:
    """Collects what lists say, which takes memory for each item, and writes them at the end."""

    def __init__(self, folder: Path, subset: str, task: str | None) -> None:
        """Name the folder `ImageSets` and the subset."""
        self._folder = folder
        self._subset = subset
        self._task = task
        self._lines: dict[str, list[str]] = {name: [] for name in list_folders(task)}
        self._labels: list[tuple[str, dict[int, int]]] = []
        self._actions: list[tuple[str, int, dict[str, bool]]] = []

    def add(self, item_id: str, written: Written) -> None:
        """Add an item."""
        folders = written.lists if self._task is None else self._lines
        for name in folders:
            numbers = written.parts if name == LAYOUT else ()
            quoted = f'"{item_id}"' if name == LAYOUT and len(item_id.split()) > 1 else item_id
            self._lines[name] += [f"{quoted} {number}" for number in numbers] or [quoted]
        if written.labels or self._task == "classification":
            self._labels.append((item_id, written.labels))
        self._actions += [(item_id, number, actions) for number, actions in written.actions.items()]

    def finish(self, labels: dict[int, str], actions: Iterable[str]) -> None:
        """Write the lists.

        Args:
            labels: The names of labels by their indices.
            actions: The names of actions.
        """
        for name, lines in self._lines.items():
            if lines or self._task is not None or name == MAIN:
                self._write(name, self._subset, lines)
        if self._labels:
            for index, label in labels.items():
                self._write(MAIN, f"{label}_{self._subset}", [
                    f"{item_id} {found.get(index, -1):2}" for item_id, found in self._labels
                ])  # fmt: skip
        for action in actions if self._actions else ():
            said = [(item_id, number, found[action]) for item_id, number, found in self._actions if action in found]
            self._write(
                ACTION,
                f"{action}_{self._subset}",
                [f"{item_id} {number} {1 if yes else -1:2}" for item_id, number, yes in said],
            )

    def _write(self, folder: str, name: str, lines: list[str]) -> None:
        (self._folder / folder).mkdir(parents=True, exist_ok=True)
        text = "".join(f"{line}\n" for line in lines)
        (self._folder / folder / f"{name}.txt").write_text(text, "utf-8", newline="\n")
