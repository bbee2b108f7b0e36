"""Sources that are made of others: their items part by part, and what can be told of them without reading any."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from datumpb.dataset.source import is_divided

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from datumpb.dataset.source import DatasetSource, SourcePart
    from datumpb.model.item import Item


class DerivedSource(ABC):
    """What sources that are made of others share; they are a `DividedSource` where those are."""

    def __init__(self, *sources: DatasetSource) -> None:
        """Name the sources that it is made of."""
        self._made_of = sources

    @property
    def divided(self) -> bool:
        """Tell whether all that it is made of can be read in parts, also by other processes."""
        return all(map(is_divided, self._made_of))

    @abstractmethod
    def parts(self, subset: str) -> Iterator[SourcePart]:
        """Yield the items of a subset in parts; where the source is not `divided`, those cannot be pickled."""

    def items(self, subset: str) -> Iterator[Item]:
        """Yield the items of a subset in their order."""
        return chain.from_iterable(part.items() for part in self.parts(subset))

    def is_large(self) -> bool:
        """Tell, without reading anything, whether one of those that it is made of is large."""
        return any(is_divided(source) and source.is_large() for source in self._made_of)

    def most_items(self) -> int:
        """Return how many items all subsets have at the most, without reading them."""
        return sum(map(most_items, self._made_of))

    def reads_to_count(self) -> bool:
        """Tell whether all items have to be read to tell how many there are."""
        return any(map(reads_to_count, self._made_of))


def most_items(source: DatasetSource) -> int:
    """Return how many items all subsets of a source have at the most, without reading them."""
    return source.most_items() if isinstance(source, DerivedSource) else sum(map(source.count, source.subsets()))


def reads_to_count(source: DatasetSource) -> bool:
    """Tell whether all items of a source have to be read to tell how many there are."""
    return isinstance(source, DerivedSource) and source.reads_to_count()


def known_count(source: DatasetSource, subset: str) -> int | None:
    """Return how many items a subset has, or None where all have to be read to tell."""
    return None if reads_to_count(source) else source.count(subset)


def parts_of(source: DatasetSource, subset: str) -> Iterator[SourcePart]:
    """Yield the parts of any source: where it cannot be divided, a single one."""
    return source.parts(subset) if is_divided(source) else iter([_Whole(source, subset)])


def ids_of(source: DatasetSource, subset: str) -> Iterator[str]:
    """Yield the ids of a subset's items in their order; nothing else of them is decoded where that can be helped."""
    return chain.from_iterable(part.ids() for part in parts_of(source, subset))


@dataclass(frozen=True, slots=True)
class _Whole:
    """A subset of a source that cannot be divided."""

    source: DatasetSource
    subset: str

    def items(self, wanted: Callable[[str], bool] | None = None) -> Iterator[Item]:
        items = self.source.items(self.subset)
        return items if wanted is None else (item for item in items if wanted(item.id))

    def ids(self) -> Iterator[str]:
        return (item.id for item in self.source.items(self.subset))


@dataclass(frozen=True, slots=True)
class Fates:
    """What becomes of items by their ids.

    Attributes:
        changed: The new ids of items that get one, by those they have; None: the item is left out.
        stays: Tells of an id whether the item stays; None: those do that are not in `changed`.
    """

    changed: Mapping[str, str | None]
    stays: Callable[[str], bool] | None = None

    def __call__(self, item_id: str) -> str | None:
        """Return the id that an item gets or keeps; None: it is left out."""
        return self.changed.get(item_id, item_id) if self.stays is None or self.stays(item_id) else None

    def within(self, part: SourcePart) -> Fates:
        """Return what becomes of the items of a part, which can be pickled where those can."""
        return self if isinstance(part, _Whole) else Fates({item_id: self(item_id) for item_id in part.ids()})


@dataclass(frozen=True, slots=True)
class ChangedPart:
    """Those items of a part that are chosen by their ids, changed (a `SourcePart`).

    Attributes:
        part: The part.
        change: What becomes of an item. It is pickled with the part.
        fates: What becomes of items by their ids; None: all stay, and keep them. It is pickled, too.
    """

    part: SourcePart
    change: Callable[[Item], Item]
    fates: Fates | None = None

    def items(self, wanted: Callable[[str], bool] | None = None) -> Iterator[Item]:
        """Yield the items that there still are, or those of them whose new ids are wanted, in their order."""
        fates = self.fates
        if fates is None:
            yield from map(self.change, self.part.items(wanted))
            return

        def is_asked(item_id: str) -> bool:
            new_id = fates(item_id)
            return new_id is not None and (wanted is None or wanted(new_id))

        for item in self.part.items(is_asked):
            new_id, changed = fates(item.id), self.change(item)
            assert new_id is not None  # else it was not asked for
            yield changed if new_id == item.id else dataclasses.replace(changed, id=new_id)

    def ids(self) -> Iterator[str]:
        """Yield the new ids of the items that there still are."""
        if self.fates is None:
            return self.part.ids()
        return (new_id for new_id in map(self.fates, self.part.ids()) if new_id is not None)
