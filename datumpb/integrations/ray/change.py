"""Selecting and relabelling on a cluster: what a `Dataset` does, done to each block of rows."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from datumpb.arrow.schema import schema_of
from datumpb.dataset.dataset import Dataset
from datumpb.errors import DatasetError, ItemNotFoundError, LossWarning
from datumpb.integrations.ray.failures import sent_home
from datumpb.integrations.ray.rows import check_label_names, make_tables, read_items, table_metas, typed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import ray

    from datumpb.model.item import Item
    from datumpb.model.meta import Meta


def transform(ds: ray.data.Dataset, change: Callable[[Dataset], Dataset]) -> ray.data.Dataset:
    """Change a dataset on the cluster, by what looks at one item at a time: `Dataset.select` and `Dataset.relabel`.

        transform(ds, lambda dataset: dataset.select(labels=["cat"]).relabel({"cat": "animal"}))

    Args:
        ds: Rows of the columns of items, with their categories in the metadata of the schema.
        change: Returns the changed dataset for a given one. It is called for each block of rows, on the workers, with
            a `Dataset` of these rows that has all subsets and categories.

    What the change cannot keep is told by a `LossWarning` of the worker, which Ray prints.

    Raises:
        DatumpbError: When it is executed; see `read_datumpb`.
    """
    return ds.map_batches(_Change(change), batch_format="pyarrow", batch_size=None)


class _Change:
    """Changes the tables of blocks."""

    def __init__(self, change: Callable[[Dataset], Dataset]) -> None:
        self._change = change
        self.__name__ = "transform"  # for Ray's displays

    def __call__(self, table: pa.Table) -> Iterator[pa.Table]:
        with sent_home():
            yield from self._changed(table)

    def _changed(self, table: pa.Table) -> Iterator[pa.Table]:
        metas = table_metas(table)
        if not table.num_rows and not table.num_columns:
            return  # all rows were filtered out: Ray may forget the columns then
        if not metas:
            message = "the rows have lost their categories: transform them before they are changed in another way"
            raise DatasetError(message)
        table = typed(table)
        check_label_names(table, metas)
        dataset = self._change(Dataset(_TableSource(table, metas)))
        changed = dataset._source  # noqa: SLF001 -- the same library
        new = [changed.meta(subset) for subset in changed.subsets()]
        schema = schema_of(new)
        yield schema.empty_table()  # says which subsets and categories there are, if nothing else comes
        for meta in new:
            yield from make_tables(changed.items(meta.subset), meta, schema)
        for report in dataset._reports:  # noqa: SLF001 -- as above
            for line in report.lines():
                warnings.warn(line, LossWarning, stacklevel=1)


class _TableSource:
    """The items of a table (a `DatasetSource`), with all subsets that there are, also those without items in it."""

    def __init__(self, table: pa.Table, metas: list[Meta]) -> None:
        self._table = table
        self._metas = {meta.subset: meta for meta in metas}

    def subsets(self) -> list[str]:
        """Return the names of the subsets."""
        return list(self._metas)

    def meta(self, subset: str) -> Meta:
        """Return what holds for all items of a subset."""
        return self._metas[subset]

    def items(self, subset: str) -> Iterator[Item]:
        """Yield the items of a subset in their order."""
        mask = pc.equal(self._table["subset"], subset)
        return read_items(self._table.filter(mask), None)

    def item(self, item_id: str, subset: str) -> Item:
        """Return one item.

        Raises:
            ItemNotFoundError: There is none in this table.
        """
        for item in self.items(subset):
            if item.id == item_id:
                return item
        message = f"subset {subset!r} has no item {item_id!r}"
        raise ItemNotFoundError(message)

    def count(self, subset: str) -> int:
        """Return how many items a subset has."""
        return sum(1 for _ in self.items(subset))
