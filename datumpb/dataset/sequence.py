"""ItemSequence: the items of several subsets by one running index, with next to nothing kept for each item."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np

from datumpb.dataset.directory import DatasetFolder, SubsetReader
from datumpb.errors import ItemNotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.dataset.source import DatasetSource
    from datumpb.model.item import Item

LISTED_RUN = 64
"""How many items count as read together where a dataset has no blocks."""


class ItemSequence:
    """The items of subsets, one subset after the other, numbered from 0.

    A datumpb folder is asked by index, and its readers keep four bytes an item. Of any other dataset the ids are listed
    once, in one array of bytes, which processes that are forked share.
    """

    def __init__(self, source: DatasetSource, subsets: Sequence[str]) -> None:
        """Take subsets of a source. A datumpb folder is opened, anything else is read once for its ids.

        Raises:
            DatumpbError: The source cannot be read.
        """
        self._parts: list[SubsetReader | _ListedItems] = [
            source.reader(subset) if isinstance(source, DatasetFolder) else _ListedItems(source, subset)
            for subset in subsets
        ]
        self._starts = [0]
        for part in self._parts:
            self._starts.append(self._starts[-1] + len(part))

    def __len__(self) -> int:
        """Return how many items there are."""
        return self._starts[-1]

    def __getitem__(self, index: int) -> Item:
        """Return the item at an index.

        Raises:
            ItemNotFoundError: There is none: indices are from 0 to the number of items, without it.
            FileError: The file is damaged.
        """
        if not 0 <= index < len(self):
            message = f"there is no item {index}, there are {len(self)}"
            raise ItemNotFoundError(message)
        part = bisect_right(self._starts, index) - 1
        return self._parts[part][index - self._starts[part]]

    def run_starts(self) -> np.ndarray:
        """Return where runs of items begin that are best read together, (R + 1,) int64; the last is the length."""
        starts = [
            start + np.array(part.block_starts[:-1], np.int64)
            for start, part in zip(self._starts[:-1], self._parts, strict=True)
        ]
        return np.concatenate([*starts, np.array([len(self)], np.int64)])


class _ListedItems:
    """The items of one subset by index, where a source knows them by id only."""

    def __init__(self, source: DatasetSource, subset: str) -> None:
        self._source = source
        self._subset = subset
        # Python's strings would be copied into every process that touches them.
        ids = [item.id.encode("utf-8", "surrogatepass") for item in source.items(subset)]
        self._ends = np.cumsum([0, *map(len, ids)], dtype=np.int64)
        self._text = np.frombuffer(b"".join(ids), np.uint8)

    @property
    def block_starts(self) -> list[int]:
        return [*range(0, len(self), LISTED_RUN), len(self)]

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, index: int) -> Item:
        text = self._text[self._ends[index] : self._ends[index + 1]].tobytes()
        return self._source.item(text.decode("utf-8", "surrogatepass"), self._subset)
