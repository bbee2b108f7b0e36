"""Several datasets as one."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING

from datumpb.dataset.derived import ChangedPart, DerivedSource, Fates, ids_of, parts_of
from datumpb.dataset.losses import LossReport
from datumpb.dataset.transforms.categories import UnitedCategories
from datumpb.dataset.transforms.duplicates import OnDuplicate, Settled, parse_on_duplicate, settle_duplicates
from datumpb.dataset.transforms.label_mapping import LabelMapping
from datumpb.dataset.transforms.metas import unite_metas
from datumpb.errors import ItemNotFoundError, OptionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datumpb.dataset.source import DatasetSource, SourcePart
    from datumpb.model.categories import Categories
    from datumpb.model.item import Item
    from datumpb.model.meta import Meta


class MergedSource(DerivedSource):
    """Several datasets as one: their subsets, and in each the items of one after the other.

    It is a `DividedSource` where all of them are.

    Labels of one name become one label, at the place of the first; so do columns of tables. The first dataset counts
    where they disagree about a label or an info.

    No two items are taken for the same because they look alike: their media may differ even where the paths are equal,
    as these are relative to each dataset. What becomes of items that share id and subset is the caller's choice.

    Memory: up to 30 bytes for each item of a subset that several datasets have, while ids are compared; and the ids of
    those items that are left out or get a new one, for as long as the source lives.
    """

    def __init__(
        self,
        sources: Sequence[tuple[str, DatasetSource]],
        on_duplicate: str = "error",
        report: LossReport | None = None,
    ) -> None:
        """Name the datasets. Nothing is read yet.

        Args:
            sources: The datasets, each with a name for messages.
            on_duplicate: What becomes of an item whose id an earlier dataset has in the same subset. "error": that is
                one, when the subset is first used; "rename": it gets a new id, the old one with "-2" or the next
                number that is free; "first": it is left out.
            report: Counts disagreements about labels and infos, and the items that are renamed or left out.

        Raises:
            OptionError: There is no dataset, or no such choice.
        """
        if not sources:
            message = "there is no dataset to merge"
            raise OptionError(message)
        super().__init__(*(source for _, source in sources))
        self._sources = list(sources)
        self._on_duplicate = parse_on_duplicate(on_duplicate, *OnDuplicate)
        self.report = LossReport() if report is None else report
        self._categories: Categories | None = None
        self._mappings: dict[tuple[int, str], LabelMapping] = {}
        self._metas: dict[str, Meta] = {}
        self._settled: dict[str, Settled] = {}

    def subsets(self) -> list[str]:
        """Return the names of all subsets, in order of appearance."""
        return list(dict.fromkeys(name for _, source in self._sources for name in source.subsets()))

    def meta(self, subset: str) -> Meta:
        """Return what holds for all items of a subset."""
        if subset not in self._metas:
            self._metas[subset] = unite_metas(
                subset,
                [(name, source.meta(subset)) for _, name, source in self._parts(subset)],
                self._united(),
                self.report,
            )
        return self._metas[subset]

    def parts(self, subset: str) -> Iterator[SourcePart]:
        """Yield the items of a subset in parts.

        Raises:
            DuplicateItemError: Two datasets have an item of the same id here, and that was to be an error.
            InvalidItemError: When an item is read: an annotation has a label that is not among the categories.
        """
        for (place, _, source), changed in zip(self._parts(subset), self._settle(subset).fates, strict=True):
            change, fates = self._mapping(place, subset).item, Fates(changed)
            for part in parts_of(source, subset):
                yield ChangedPart(part, change, fates.within(part) if changed else None)

    def item(self, item_id: str, subset: str) -> Item:
        """Return one item.

        Raises:
            ItemNotFoundError: There is none with this id in this subset.
            DuplicateItemError: Two datasets have an item of the same id here, and that was to be an error.
            InvalidItemError: An annotation has a label that is not among the categories.
        """
        parts = self._parts(subset)
        for part, old_id in self._settle(subset).candidates(item_id):
            place, _, source = parts[part]
            try:
                found = source.item(old_id, subset)
            except ItemNotFoundError:
                continue
            return dataclasses.replace(self._mapping(place, subset).item(found), id=item_id)
        message = f"no item {item_id!r} in subset {subset!r}"
        raise ItemNotFoundError(message)

    def count(self, subset: str) -> int:
        """Return how many items a subset has.

        Raises:
            DuplicateItemError: Two datasets have an item of the same id here, and that was to be an error.
        """
        left_out = sum(fate is None for fates in self._settle(subset).fates for fate in fates.values())
        return sum(source.count(subset) for _, _, source in self._parts(subset)) - left_out

    def _parts(self, subset: str) -> list[tuple[int, str, DatasetSource]]:
        """Return the datasets that have a subset, each with its place and its name."""
        parts = [
            (place, name, source) for place, (name, source) in enumerate(self._sources) if subset in source.subsets()
        ]
        if not parts:
            message = f"no subset {subset!r}; there are: {', '.join(self.subsets())}"
            raise ItemNotFoundError(message)
        return parts

    def _united(self) -> Categories:
        if self._categories is None:
            united = UnitedCategories(self.report)
            targets: dict[tuple[int, str], list[int | None]] = {}
            for place, (name, source) in enumerate(self._sources):
                before: tuple[Categories, list[int | None]] | None = None
                for subset in source.subsets():
                    categories = source.meta(subset).categories
                    if before is None or before[0] != categories:
                        before = categories, united.add(categories, name)
                    targets[place, subset] = before[1]
            self._categories = united.categories()
            count = len(self._categories.labels or ())
            self._mappings = {key: LabelMapping(target, count) for key, target in targets.items()}
        return self._categories

    def _mapping(self, place: int, subset: str) -> LabelMapping:
        self._united()
        return self._mappings[place, subset]

    def _settle(self, subset: str) -> Settled:
        if subset not in self._settled:
            parts = self._parts(subset)
            settled = Settled([{}])
            if len(parts) > 1:
                ids = [(name, functools.partial(ids_of, source, subset)) for _, name, source in parts]
                settled = settle_duplicates(ids, subset, self._on_duplicate)
            for (_, name, _), fates in zip(parts, settled.fates, strict=True):
                for old_id, new_id in fates.items():
                    what = "item left out" if new_id is None else "id of an item"
                    self.report.add(f"{what}, as an earlier dataset has one of this id", f"{old_id} of {name}")
            self._settled[subset] = settled
        return self._settled[subset]
