"""Sources that are made of others: what can be told of them without reading items, and their parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from datumpb.dataset.source import is_divided

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datumpb.dataset.source import DatasetSource, DividedSource, SourcePart
    from datumpb.model.item import Item


class DerivedSource:
    """What sources that are made of others share; with `parts`, they are a `DividedSource` where those are."""

    def __init__(self, *sources: DatasetSource) -> None:
        """Name the sources that it is made of."""
        self._made_of = sources

    @property
    def divided(self) -> bool:
        """Tell whether all that it is made of can be read in parts."""
        return all(map(is_divided, self._made_of))

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


@dataclass(frozen=True, slots=True)
class ChangedPart:
    """The items of a part, changed (a `SourcePart`).

    Attributes:
        part: The part.
        change: What becomes of an item; None: it is left out. It is pickled with the part.
    """

    part: SourcePart
    change: Callable[[Item], Item | None]

    def items(self) -> Iterator[Item]:
        """Yield the items that there still are, in their order."""
        return changed(self.part.items(), self.change)


def changed(items: Iterator[Item], change: Callable[[Item], Item | None]) -> Iterator[Item]:
    """Yield what becomes of items, but for those that are left out."""
    return (item for item in map(change, items) if item is not None)


def changed_parts(source: DatasetSource, subset: str, change: Callable[[Item], Item | None]) -> Iterator[ChangedPart]:
    """Yield the parts of a source that is divided, their items changed."""
    for part in cast("DividedSource", source).parts(subset):
        yield ChangedPart(part, change)
