"""Datasets of many files: the items of a subset are listed first, and each is read when it is asked for."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

from datumpb.errors import ItemNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typing_extensions import Self

    from datumpb.model.item import Item

Row = TypeVar("Row")

_ITEMS = 64  # of a part


class FileSource(ABC, Generic[Row]):
    """What such datasets share: everything of a `DividedSource` but `meta`.

    A row is what is known of an item without reading its files, such as their paths. The rows of a subset are listed
    once, when they are first asked for.
    """

    divided = True

    def __init__(self, subsets: list[str]) -> None:
        """Name the subsets."""
        self._names = subsets
        self._listed: dict[str, dict[str, Row]] = {}

    @abstractmethod
    def _list(self, subset: str) -> dict[str, Row]:
        """Return the rows of a subset by the ids of their items, in order."""

    @abstractmethod
    def read(self, item_id: str, subset: str, row: Row) -> Item:
        """Read an item.

        Raises:
            SourceFormatError: A file does not follow the format.
            MediaError: A picture that is needed cannot be had.
        """

    def _reader(self) -> Self:
        """Return a source that can read rows, but has none: it is sent to other processes with each part."""
        reader = copy.copy(self)
        reader._listed = {}  # noqa: SLF001 -- its own class
        return reader

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
            yield self.read(item_id, subset, row)

    def is_large(self) -> bool:
        """Return False: to list the items takes no longer than to start other processes."""
        return False

    def parts(self, subset: str) -> Iterator[FilePart[Row]]:
        """Yield the items of a subset in parts.

        Raises:
            SourceFormatError: A list does not follow the format.
        """
        rows, reader = iter(self._rows(subset).items()), self._reader()
        while part := [*islice(rows, _ITEMS)]:
            yield FilePart(reader, subset, part)

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
        return self.read(item_id, subset, rows[item_id])

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


@dataclass(frozen=True, slots=True)
class FilePart(Generic[Row]):
    """Some rows of a subset, to be read here or in another process (a `SourcePart`).

    Attributes:
        source: Reads them.
        subset: The subset.
        rows: The rows, with the ids of their items.
    """

    source: FileSource[Row]
    subset: str
    rows: list[tuple[str, Row]]

    def items(self, wanted: Callable[[str], bool] | None = None) -> Iterator[Item]:
        """Read the items, or those whose ids are wanted.

        Raises:
            SourceFormatError: A file does not follow the format.
            MediaError: A picture that is needed cannot be had.
        """
        for item_id, row in self.rows:
            if wanted is None or wanted(item_id):
                yield self.source.read(item_id, self.subset, row)

    def ids(self) -> Iterator[str]:
        """Yield the ids of the items; no file is read."""
        return (item_id for item_id, _ in self.rows)


def free_id(taken: dict[str, Row], *candidates: str) -> str:
    """Return the first of the ids that no item has yet; the last one has to be unique by itself."""
    return next((candidate for candidate in candidates if candidate not in taken), candidates[-1])
