"""Datasets of many files: the items of a subset are listed first, and each is read when it is asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

from datumpb.errors import ItemNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.model.item import Item

Row = TypeVar("Row")


class FileSource(ABC, Generic[Row]):
    """What such datasets share: everything of a `DatasetSource` but `meta`.

    A row is what is known of an item without reading its files, such as their paths. The rows of a subset are listed
    once, when they are first asked for.
    """

    def __init__(self, subsets: list[str]) -> None:
        """Name the subsets."""
        self._names = subsets
        self._listed: dict[str, dict[str, Row]] = {}

    @abstractmethod
    def _list(self, subset: str) -> dict[str, Row]:
        """Return the rows of a subset by the ids of their items, in order."""

    @abstractmethod
    def _read(self, item_id: str, subset: str, row: Row) -> Item:
        """Read an item."""

    def subsets(self) -> list[str]:
        """Return the names of the subsets."""
        return list(self._names)

    def items(self, subset: str) -> Iterator[Item]:
        """Yield the items of a subset.

        Raises:
            SourceFormatError: A file does not follow the format.
            MediaError: A picture that is needed cannot be had.
        """
        for item_id, row in self._rows(subset).items():
            yield self._read(item_id, subset, row)

    def item(self, item_id: str, subset: str) -> Item:
        """Return one item.

        Raises:
            ItemNotFoundError: There is none with this id in this subset.
            SourceFormatError: A file does not follow the format.
            MediaError: A picture that is needed cannot be had.
        """
        rows = self._rows(subset)
        if item_id not in rows:
            message = f"no item {item_id!r} in subset {subset!r}"
            raise ItemNotFoundError(message)
        return self._read(item_id, subset, rows[item_id])

    def count(self, subset: str) -> int:
        """Return how many items a subset has.

        Raises:
            SourceFormatError: A file does not follow the format.
        """
        return len(self._rows(subset))

    def _rows(self, subset: str) -> dict[str, Row]:
        if subset not in self._names:
            message = f"no subset {subset!r}; there are: {', '.join(self._names)}"
            raise ItemNotFoundError(message)
        if subset not in self._listed:
            self._listed[subset] = self._list(subset)
        return self._listed[subset]


def free_id(taken: dict[str, Row], *candidates: str) -> str:
    """Return the first of the ids that no item has yet; the last one has to be unique by itself."""
    return next((candidate for candidate in candidates if candidate not in taken), candidates[-1])
