"""One subset of a dataset, as its users see it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, cast

from datumpb.errors import ItemNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from datumpb.dataset.source import DatasetSource
    from datumpb.model.categories import Categories
    from datumpb.model.item import Item
    from datumpb.model.values import Value


class DatasetSubset:
    """One subset of a dataset: its items, in order or by id."""

    def __init__(self, source: DatasetSource, name: str) -> None:
        """Name a subset of a source."""
        self._source = source
        self.name = name

    def __len__(self) -> int:
        """Return how many items it has."""
        return self._source.count(self.name)

    def __iter__(self) -> Iterator[Item]:
        """Iterate over its items in their order."""
        return self._source.items(self.name)

    def get(self, item_id: str) -> Item | None:
        """Return the item of an id, or None."""
        try:
            return self._source.item(item_id, self.name)
        except ItemNotFoundError:
            return None

    def infos(self) -> dict[str, Value]:
        """Return what is known about the subset."""
        return self._source.meta(self.name).infos

    def categories(self) -> Categories:
        """Return what the numbers in annotations mean."""
        return self._source.meta(self.name).categories

    def to_arrow(self, *, batch_size: int = 1024) -> pa.RecordBatchReader:
        """Return its items as Arrow record batches; see `Dataset.to_arrow`."""
        return through_arrow(self._source, [self.name], batch_size)

    def __repr__(self) -> str:
        """Name the subset."""
        return f"DatasetSubset({self.name!r})"


def through_arrow(source: DatasetSource, subsets: Sequence[str], batch_size: int) -> pa.RecordBatchReader:
    """Return the items of subsets as Arrow record batches; see `Dataset.to_arrow`.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """
    # What comes through another library is looked up by name.
    module = importlib.import_module("datumpb.arrow")
    return cast("pa.RecordBatchReader", module.to_arrow(source, subsets, batch_size))
