"""Uniting categories: labels of one name become one label, and all that refers to labels follows."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING, Protocol, TypeVar

from datumpb.model.categories import (
    Categories,
    LabelCategories,
    LabelCategory,
    LabelGroup,
    MaskCategories,
    PointsCategories,
    PointsCategory,
    TabularCategories,
    TabularCategory,
)
from datumpb.model.values import identical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from datumpb.dataset.losses import LossReport

Entry = TypeVar("Entry")


class _HasAttributes(Protocol):
    attributes: list[str]


def unchanged(name: str) -> str | None:
    """Return the name of a label as it is."""
    return name


class UnitedCategories:
    """Gathers the categories of one dataset or several.

    Labels are one where their (new) names are the same; where a dataset has several labels of one name, the first of
    them is one with the first of another dataset, the second with the second. They stand in order of appearance. Where
    labels that become one disagree, the first counts, and what is lost is reported; an empty parent, and what only one
    of them has, is no disagreement, nor are infos of labels that had different names (such as their numbers).
    """

    def __init__(self, losses: LossReport) -> None:
        """Begin with none.

        Args:
            losses: Counts where labels, groups or columns disagree.
        """
        self._losses = losses
        self._kinds = Categories()
        self._labels = LabelCategories()
        self._masks = MaskCategories()
        self._points = PointsCategories()
        self._tabular = TabularCategories()
        self._places: dict[tuple[str, int], int] = {}
        self._old_names: list[str] = []
        self._groups: dict[tuple[str, int], LabelGroup] = {}
        self._loose_colours: dict[int, tuple[int, int, int]] = {}
        self._loose_points: dict[int, PointsCategory] = {}

    def add(
        self, categories: Categories, origin: str = "", new_name: Callable[[str], str | None] = unchanged
    ) -> list[int | None]:
        """Add the categories of a dataset.

        Args:
            categories: The categories.
            origin: The dataset's name, for the report.
            new_name: Returns the name that a label shall have; None: it is dropped.

        Returns:
            The index that each of its labels has now, by its old index; None: it is dropped.
        """
        targets: list[int | None] = []
        where = f" of {origin}" if origin else ""
        if categories.labels is not None:
            self._kinds.labels = self._labels
            targets = self._add_labels(categories.labels, where, new_name)
        if categories.masks is not None:
            self._kinds.masks = self._masks
            _add_names(self._masks, categories.masks)
            colours = categories.masks.colormap
            self._add_by_label("colour", self._masks.colormap, self._loose_colours, colours, targets, where)
        if categories.points is not None:
            self._kinds.points = self._points
            _add_names(self._points, categories.points)
            points = categories.points.items
            self._add_by_label("keypoints", self._points.items, self._loose_points, points, targets, where)
        if categories.tabular is not None:
            self._kinds.tabular = self._tabular
            self._add_columns(categories.tabular, where)
        return targets

    def categories(self) -> Categories:
        """Return all of them together."""
        self._keep_loose("colour", self._masks.colormap, self._loose_colours)
        self._keep_loose("keypoints", self._points.items, self._loose_points)
        return self._kinds

    def _add_labels(
        self, labels: LabelCategories, where: str, new_name: Callable[[str], str | None]
    ) -> list[int | None]:
        _add_names(self._labels, labels)
        new_names = {label.name: new_name(label.name) for label in labels}
        seen: Counter[str] = Counter()
        targets: list[int | None] = []
        for label in labels:
            name = new_names[label.name]
            key = name or "", seen[label.name]
            seen[label.name] += 1
            if name is None:
                targets.append(None)
                continue
            parent = new_names.get(label.parent, label.parent) or ""
            if parent == name and label.parent != label.name:
                parent = ""  # it became one with its parent
            renamed = LabelCategory(name, parent, [*label.attributes], dict(label.infos))
            if key in self._places:
                self._add_to_label(self._places[key], renamed, label.name, where)
            else:
                self._places[key] = len(self._labels)
                self._labels.labels.append(renamed)
                self._old_names.append(label.name)
            targets.append(self._places[key])
        self._add_groups(labels.groups, new_names, where)
        return targets

    def _add_to_label(self, index: int, other: LabelCategory, old_name: str, where: str) -> None:
        label, same_name = self._labels[index], old_name == self._old_names[index]
        _add_names(label, other)
        if other.parent and other.parent != label.name:
            label.parent = label.parent or other.parent
            if label.parent != other.parent:
                self._count("parent of a label", f"{label.name}: {other.parent}{where}")
        for key, value in other.infos.items():
            if not identical(label.infos.setdefault(key, value), value) and same_name:
                self._count("info of a label", f"{label.name}: {key}{where}")

    def _add_groups(self, groups: Iterable[LabelGroup], new_names: Mapping[str, str | None], where: str) -> None:
        seen: Counter[str] = Counter()
        for group in groups:
            first_old: dict[str, str] = {}
            members = []
            for old in group.labels:
                new = new_names.get(old, old)
                if new is not None and first_old.setdefault(new, old) == old:
                    members.append(new)
            if group.labels and not members:
                continue
            key = group.name, seen[group.name]
            seen[group.name] += 1
            known = self._groups.get(key)
            if known is None:
                known = self._groups[key] = LabelGroup(group.name, members, group.group_type)
                self._labels.groups.append(known)
                continue
            known.labels += [name for name in members if name not in known.labels]
            if known.group_type is not group.group_type:
                self._count("type of a group of labels", f"{group.name}: {group.group_type.name}{where}")

    def _add_by_label(  # noqa: PLR0913, PLR0917 -- two tables, and how one goes into the other
        self,
        what: str,
        table: dict[int, Entry],
        loose: dict[int, Entry],
        entries: Mapping[int, Entry],
        targets: Sequence[int | None],
        where: str,
    ) -> None:
        for index, entry in entries.items():
            if index >= len(targets):
                loose.setdefault(index, entry)
                continue
            target = targets[index]
            if target is not None and not identical(table.setdefault(target, entry), entry):
                self._count(f"{what} of a label", f"{self._labels[target].name}{where}")

    def _keep_loose(self, what: str, table: dict[int, Entry], loose: Mapping[int, Entry]) -> None:
        """Keep entries of no label where their index is still that of none."""
        for index, entry in loose.items():
            if index < len(self._labels):
                self._losses.add(f"{what} of no label", f"{index}")
            else:
                table[index] = entry

    def _add_columns(self, tabular: TabularCategories, where: str) -> None:
        seen: Counter[str] = Counter()
        for column in tabular.items:
            place = seen[column.name]
            seen[column.name] += 1
            same_name = [known for known in self._tabular.items if known.name == column.name]
            if place >= len(same_name):
                self._tabular.items.append(dataclasses.replace(column, labels=[*column.labels]))
            else:
                self._add_to_column(same_name[place], column, where)

    def _add_to_column(self, column: TabularCategory, other: TabularCategory, where: str) -> None:
        if column.dtype != other.dtype:
            self._count("type of a column", f"{column.name}: {other.dtype}{where}")
            return
        column.labels += [
            value for value in other.labels if not any(identical(value, known) for known in column.labels)
        ]

    def _count(self, what: str, where: str) -> None:
        self._losses.add(f"{what}, as another was there first", where)


def _add_names(known: _HasAttributes, other: _HasAttributes) -> None:
    """Add names of attributes that are not there yet; the first list is taken as it is."""
    if not known.attributes:
        known.attributes = [*other.attributes]
    elif known.attributes != other.attributes:
        known.attributes = list(dict.fromkeys([*known.attributes, *other.attributes]))
