"""A dataset split anew: every item goes to one of the new subsets, by ratio."""

from __future__ import annotations

import dataclasses
import functools
from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from datumpb.dataset.derived import ChangedPart, DerivedSource, Fates, ids_of, parts_of
from datumpb.dataset.losses import LossReport
from datumpb.dataset.transforms.duplicates import (
    OnDuplicate,
    Settled,
    hash_id,
    parse_on_duplicate,
    settle_duplicates,
)
from datumpb.dataset.transforms.metas import unite_metas
from datumpb.dataset.transforms.ratios import shares_of, sizes_of
from datumpb.dataset.transforms.stratify import ItemLabels, stratify
from datumpb.errors import DatasetError, DuplicateItemError, ItemNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from datumpb.dataset.source import DatasetSource, SourcePart
    from datumpb.model.item import Item
    from datumpb.model.meta import Meta

_ATTEMPTS = 3


@dataclasses.dataclass(slots=True)
class _Plan:
    """Where items go.

    Attributes:
        ranks: The rank of each item, rising.
        parts: The place of the new subset of each item, in the order of ranks.
        attempt: The attempt that gave each item a rank of its own.
        sizes: How many items each new subset has.
        may_clash: Whether items of several old subsets may have one id.
    """

    ranks: array[int]
    parts: array[int]
    attempt: int
    sizes: list[int]
    may_clash: bool


class SplitSource(DerivedSource):
    """A dataset whose items are dealt out to new subsets, in their order within each.

    It is a `DividedSource` where that is one.

    Which subset an item goes to depends on the seed, its old subset and its id (by BLAKE2b of these), not on the order
    of items, the machine or the version of Python or numpy. The sizes are exact: ratio by number of items, what is
    left over goes to the largest remainders, of equals to the first.

    Before the first item is yielded, the ids of all are read, or all items where their labels count. For each new
    subset, the ids are read again, and its items; of a source that cannot be divided, all items.

    Memory: 12 bytes for each item; while subsets are chosen about 50 more, and with `stratify` about 100 more for each
    different label of each item.
    """

    def __init__(  # noqa: PLR0913 -- what is split, how, and the report
        self,
        source: DatasetSource,
        ratios: Mapping[str, float],
        seed: int = 0,
        *,
        stratify: bool = False,
        on_duplicate: str = "error",
        report: LossReport | None = None,
    ) -> None:
        """Say what the new subsets are. Nothing is read yet.

        Args:
            source: The dataset; all of its subsets are split together.
            ratios: The share of each new subset, by its name: positive, and together 1 (within 1e-9).
            seed: Another one gives another split.
            stratify: Whether each label gets its share of items in every subset, as near as can be.
            on_duplicate: What becomes of items of one id from several old subsets that go to the same new one.
                "error": that is one, when the subset is first used; "rename": the later ones get a new id, the old
                one with "-2" or the next number that is free.
            report: Counts infos that old subsets disagree about, and the items that are renamed.

        Raises:
            OptionError: The ratios are not such, or there is no such choice.
        """
        super().__init__(source)
        self._shares = shares_of(ratios)
        self._source = source
        self._seed = seed
        self._stratify = stratify
        self._on_duplicate = parse_on_duplicate(on_duplicate, OnDuplicate.ERROR, OnDuplicate.RENAME)
        self.report = LossReport() if report is None else report
        self._made: _Plan | None = None
        self._meta: Meta | None = None
        self._settled: dict[str, Settled] = {}

    def subsets(self) -> list[str]:
        """Return the names of the new subsets, in the order of the ratios."""
        return list(self._shares)

    def meta(self, subset: str) -> Meta:
        """Return what holds for all items of a subset: the same for all.

        Raises:
            DatasetError: The old subsets have different categories.
        """
        self._place(subset)
        if self._meta is None:
            metas = [(old, self._source.meta(old)) for old in self._source.subsets()]
            categories = metas[0][1].categories
            for old, meta in metas:
                if meta.categories != categories:
                    message = f"subsets {metas[0][0]!r} and {old!r} have different categories: split them one by one"
                    raise DatasetError(message)
            self._meta = unite_metas(subset, metas, categories, self.report)
        return dataclasses.replace(self._meta, subset=subset)

    def reads_to_count(self) -> bool:
        """Return False: all ids are read in any case, before the first item is yielded."""
        return False

    def parts(self, subset: str) -> Iterator[SourcePart]:
        """Yield the items of a subset in parts, in their order in the old ones.

        Raises:
            DuplicateItemError: Two of them have the same id, and that was to be an error.
            DatasetError: The old subsets have different categories, or have changed since they were first read.
        """
        change = functools.partial(dataclasses.replace, subset=subset)
        for old, renamed in zip(self._source.subsets(), self._settle(subset).fates, strict=True):
            is_own = self._belongs(old, subset)
            for part in parts_of(self._source, old):
                yield ChangedPart(part, change, Fates(renamed, is_own).within(part))

    def item(self, item_id: str, subset: str) -> Item:
        """Return one item.

        Raises:
            ItemNotFoundError: There is none with this id in this subset.
            DuplicateItemError: Two items of the subset have the same id, and that was to be an error.
            DatasetError: The old subsets have different categories, or have changed since they were first read.
        """
        olds = self._source.subsets()
        for place, old_id in self._settle(subset).candidates(item_id):
            try:
                found = self._source.item(old_id, olds[place])
            except ItemNotFoundError:
                continue
            if self._belongs(olds[place], subset)(old_id):
                return dataclasses.replace(found, id=item_id, subset=subset)
        message = f"no item {item_id!r} in subset {subset!r}"
        raise ItemNotFoundError(message)

    def count(self, subset: str) -> int:
        """Return how many items a subset has.

        Raises:
            DuplicateItemError: Two of them have the same id, and that was to be an error.
            DatasetError: The old subsets have different categories.
        """
        self._settle(subset)
        return self._plan().sizes[self._place(subset)]

    def _place(self, subset: str) -> int:
        if subset not in self._shares:
            message = f"no subset {subset!r}; there are: {', '.join(self._shares)}"
            raise ItemNotFoundError(message)
        return list(self._shares).index(subset)

    def _belongs(self, old: str, subset: str) -> Callable[[str], bool]:
        """Return what tells by its id whether an item of an old subset goes to a new one."""
        place = self._place(subset)
        return lambda item_id: self._part(old, item_id) == place

    def _part(self, old: str, item_id: str) -> int:
        """Return the place of the new subset that an item goes to."""
        plan = self._plan()
        rank = hash_id(item_id, self._salt(old, plan.attempt))
        found = bisect_left(plan.ranks, rank)
        if found == len(plan.ranks) or plan.ranks[found] != rank:
            message = f"item {item_id!r} of subset {old!r} was not there when the dataset was split"
            raise DatasetError(message)
        return plan.parts[found]

    def _salt(self, old: str, attempt: int) -> str:
        return f"{self._seed} {attempt} {len(old)} {old} "

    def _settle(self, subset: str) -> Settled:
        if subset not in self._settled:
            olds = self._source.subsets()
            self._place(subset)
            settled = Settled([{} for _ in olds])
            if self._plan().may_clash:
                ids = [(old, self._ids(old, subset)) for old in olds]
                settled = settle_duplicates(ids, subset, self._on_duplicate)
            for old, item_id in ((olds[place], item_id) for place, item_id in settled.origins.values()):
                self.report.add("id of an item, as one from an earlier subset has it", f"{item_id} of {old}")
            self._settled[subset] = settled
        return self._settled[subset]

    def _ids(self, old: str, subset: str) -> Callable[[], Iterator[str]]:
        return lambda: filter(self._belongs(old, subset), ids_of(self._source, old))

    def _plan(self) -> _Plan:
        if self._made is None:
            self.meta(self.subsets()[0])
            self._made = next(plan for attempt in range(_ATTEMPTS) if (plan := self._attempt(attempt)) is not None)
        return self._made

    def _attempt(self, attempt: int) -> _Plan | None:
        """Make a plan; None where two items have one rank: of a million items, once in thirty million attempts.

        Raises:
            DuplicateItemError: It is the last attempt, so that these items do have one id.
        """
        unordered, ids, labels = array("Q"), array("Q"), ItemLabels()
        for old in self._source.subsets():
            salt = self._salt(old, attempt)
            for item_id in labels.noted(self._source.items(old)) if self._stratify else ids_of(self._source, old):
                unordered.append(hash_id(item_id, salt))
                ids.append(hash_id(item_id))
        hashes = np.asarray(unordered)
        order = np.argsort(hashes, kind="stable")
        ranks = hashes[order]
        equal = np.flatnonzero(ranks[1:] == ranks[:-1])
        if equal.size:
            if attempt == _ATTEMPTS - 1:
                self._refuse_twice(int(ranks[equal[0]]), attempt)
            return None
        sizes = sizes_of(len(ranks), self._shares)
        parts = np.repeat(np.arange(len(sizes)), sizes)
        if self._stratify:
            parts = stratify(*labels.pairs(order), sizes, list(self._shares.values()))
        may_clash = len(np.unique(np.asarray(ids))) < len(ids)
        return _Plan(
            array("Q", ranks.tobytes()), array("I", parts.astype(np.uint32).tobytes()), attempt, sizes, may_clash
        )

    def _refuse_twice(self, rank: int, attempt: int) -> NoReturn:
        for old in self._source.subsets():
            for item_id in ids_of(self._source, old):
                if hash_id(item_id, self._salt(old, attempt)) == rank:
                    message = f"item {item_id!r} is there twice in subset {old!r}"
                    raise DuplicateItemError(message)
        message = "the dataset changed while it was split"
        raise DatasetError(message)
