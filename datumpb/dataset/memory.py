"""A dataset in memory: items that a program made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.errors import DuplicateItemError, ItemNotFoundError
from datumpb.model.item import DEFAULT_SUBSET
from datumpb.model.meta import Meta

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from datumpb.model.categories import Categories
    from datumpb.model.item import Item
    from datumpb.model.media import MediaType
    from datumpb.model.values import Value


class MemorySource:
    """Items in memory (a `DatasetSource`), sorted into their subsets in order of appearance."""

    def __init__(
        self, items: Iterable[Item], infos: dict[str, Value], categories: Categories, media_type: MediaType
    ) -> None:
        """Take the items.

        Raises:
            DuplicateItemError: Two items of a subset have the same id.
        """
        self._infos = infos
        self._categories = categories
        self._media_type = media_type
        self._subsets: dict[str, dict[str, Item]] = {}
        for item in items:
            subset = self._subsets.setdefault(item.subset, {})
            if item.id in subset:
                message = f"item {item.id!r} is there twice in subset {item.subset!r}"
                raise DuplicateItemError(message)
            subset[item.id] = item
        if not self._subsets:
            self._subsets[DEFAULT_SUBSET] = {}

    def subsets(self) -> list[str]:
        """Return the names of the subsets, in order of appearance."""
        return list(self._subsets)

    def meta(self, subset: str) -> Meta:
        """Return what holds for all items."""
        return Meta(subset, self._infos, self._categories, self._media_type)

    def items(self, subset: str) -> Iterator[Item]:
        """Yield the items of a subset in their order."""
        return iter(self._subsets[subset].values())

    def item(self, item_id: str, subset: str) -> Item:
        """Return one item.

        Raises:
            ItemNotFoundError: There is none with this id in this subset.
        """
        try:
            return self._subsets[subset][item_id]
        except KeyError:
            message = f"subset {subset!r} has no item {item_id!r}"
            raise ItemNotFoundError(message) from None

    def count(self, subset: str) -> int:
        """Return how many items a subset has."""
        return len(self._subsets[subset])
