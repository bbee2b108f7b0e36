"""Labels renamed, put together, and dropped. Memory does not grow with the number of items."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from datumpb.dataset.derived import ChangedPart, DerivedSource, parts_of
from datumpb.dataset.losses import LossReport
from datumpb.dataset.transforms.categories import UnitedCategories
from datumpb.dataset.transforms.label_mapping import LabelMapping
from datumpb.dataset.transforms.names import check_known
from datumpb.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from datumpb.dataset.source import DatasetSource, SourcePart
    from datumpb.model.categories import Categories
    from datumpb.model.item import Item
    from datumpb.model.meta import Meta


class RelabelledSource(DerivedSource):
    """A dataset with other labels (a `DividedSource` where that is one).

    All names are those before renaming, which happens at once: ``{"a": "b", "b": "a"}`` swaps two labels. Several
    labels that get one name become one, at the place of the first of them, whose parent, colour, keypoints and infos
    count. Parents, groups, colours and keypoints follow their labels. An annotation of a dropped label is dropped, the
    others of its group stay; one without a label stays in any case. A parent that is dropped is a parent no more.
    """

    def __init__(
        self,
        source: DatasetSource,
        rename: Mapping[str, str] | None = None,
        drop: Collection[str] = (),
        keep: Collection[str] | None = None,
        report: LossReport | None = None,
    ) -> None:
        """Say what shall become of labels. Nothing is read yet.

        Args:
            source: The dataset.
            rename: New names of labels, by the old ones.
            drop: The labels that go, with their annotations.
            keep: The only labels that stay; None: all.
            report: Counts where labels that become one disagree.

        Raises:
            OptionError: A label is both to be dropped and kept or renamed, or would have no name. Later, when the
                labels are known: there is none of a name that was given.
        """
        super().__init__(source)
        self._source = source
        self._rename = dict(rename or {})
        self._drop = frozenset(drop)
        self._keep = None if keep is None else frozenset(keep)
        self.report = LossReport() if report is None else report
        self._views: dict[str, tuple[Categories, Categories, LabelMapping]] = {}
        for name in [*self._rename, *(keep or ())]:
            if name in self._drop or (self._keep is not None and name not in self._keep):
                message = (
                    f"label {name!r} cannot be dropped and be {'renamed' if name in self._rename else 'kept'}, too"
                )
                raise OptionError(message)
        if "" in self._rename.values():
            message = "a label cannot be renamed to nothing; drop it instead"
            raise OptionError(message)

    def subsets(self) -> list[str]:
        """Return the names of the subsets."""
        return self._source.subsets()

    def meta(self, subset: str) -> Meta:
        """Return what holds for all items of a subset.

        Raises:
            OptionError: There is no label of a name that was given.
        """
        return dataclasses.replace(self._source.meta(subset), categories=self._view(subset)[1])

    def parts(self, subset: str) -> Iterator[SourcePart]:
        """Yield the items of a subset in parts.

        Raises:
            OptionError: There is no label of a name that was given.
            InvalidItemError: When an item is read: an annotation has a label that is not among the categories.
        """
        change = self._view(subset)[2].item
        return (ChangedPart(part, change) for part in parts_of(self._source, subset))

    def item(self, item_id: str, subset: str) -> Item:
        """Return one item.

        Raises:
            ItemNotFoundError: There is none with this id in this subset.
            OptionError: There is no label of a name that was given.
            InvalidItemError: An annotation has a label that is not among the categories.
        """
        return self._view(subset)[2].item(self._source.item(item_id, subset))

    def count(self, subset: str) -> int:
        """Return how many items a subset has."""
        return self._source.count(subset)

    def _view(self, subset: str) -> tuple[Categories, Categories, LabelMapping]:
        """Return the categories of a subset, the new ones, and what becomes of labels."""
        if subset not in self._views:
            categories = self._source.meta(subset).categories
            known = (view for view in self._views.values() if view[0] == categories)
            self._views[subset] = next(known, None) or self._new_view(categories)
        return self._views[subset]

    def _new_view(self, categories: Categories) -> tuple[Categories, Categories, LabelMapping]:
        names = [label.name for label in categories.labels or ()]
        check_known("label", [*self._rename, *sorted(self._drop), *sorted(self._keep or ())], names)
        united = UnitedCategories(self.report)
        targets = united.add(categories, new_name=self._new_name)
        changed = united.categories()
        return categories, changed, LabelMapping(targets, len(changed.labels or ()))

    def _new_name(self, name: str) -> str | None:
        if name in self._drop or (self._keep is not None and name not in self._keep):
            return None
        return self._rename.get(name, name)
