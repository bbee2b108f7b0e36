"""Rows of Ray's blocks as items, and what their schema says of subsets."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pyarrow as pa

from datumpb.arrow.batches import BATCH_SIZE, chunks, decode_batch, encode_batch, label_names
from datumpb.arrow.schema import COLUMNS, META_KEY, metas_of
from datumpb.errors import DatasetError, SourceFormatError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from datumpb.model.item import Item
    from datumpb.model.media import MediaSource
    from datumpb.model.meta import Meta


def table_metas(table: pa.Table) -> list[Meta]:
    """Return what the schema of a table says of subsets; nothing, where a change of the rows has lost it.

    Raises:
        SourceFormatError: What stands there is not what `schema_of` makes.
    """
    return metas_of(table.schema) if META_KEY in (table.schema.metadata or {}) else []


def meta_of(subset: str, metas: Sequence[Meta]) -> Meta:
    """Return what holds for the items of a subset: what is said of it, else what is said of all subsets alike.

    Raises:
        DatasetError: Nothing is known.
    """
    alike = [dataclasses.replace(meta, subset=subset) for meta in metas]
    for meta, renamed in zip(metas, alike, strict=True):
        if meta.subset == subset:
            return renamed
    if not alike or any(meta != alike[0] for meta in alike):
        known = ", ".join(repr(meta.subset) for meta in metas) or "none"
        message = f"the categories of subset {subset!r} are not known (but those of: {known}): give a dataset as `like`"
        raise DatasetError(message)
    return alike[0]


def make_tables(items: Iterable[Item], meta: Meta, schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield tables of a bounded number of items of one subset.

    Args:
        items: The items.
        meta: What holds for them.
        schema: That of `schema_of`, for all subsets.

    Raises:
        InvalidItemError: An item is not what Arrow's columns can hold.
    """
    names = label_names(meta.categories)
    for part in chunks(items, BATCH_SIZE):
        yield pa.Table.from_batches([encode_batch(part, names, schema)], schema)


def typed(table: pa.Table) -> pa.Table:
    """Return a table with the columns of items, in their order and of their types, where Ray or pandas guessed others.

    Raises:
        SourceFormatError: A column is missing, too many, or does not hold what it should.
    """
    if set(table.schema.names) != set(COLUMNS.names):
        wrong = min(set(table.schema.names) ^ set(COLUMNS.names))
        message = "drop this column before" if wrong in table.schema.names else "this column is missing"
        raise SourceFormatError(message, None, wrong)
    table = table.select(COLUMNS.names)
    if table.schema.types == COLUMNS.types:
        return table
    try:
        return pa.Table.from_pylist(table.to_pylist(), COLUMNS.with_metadata(table.schema.metadata))
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        message = f"not the columns of items: {str(error).partition(chr(10))[0]}"
        raise SourceFormatError(message) from error


def read_items(table: pa.Table, source: MediaSource | None) -> Iterator[Item]:
    """Yield the items of a table.

    Args:
        table: What `typed` returns.
        source: Fetches the bytes of media.

    Raises:
        SourceFormatError: A column does not hold what it should.
    """
    for batch in table.to_batches(BATCH_SIZE):
        yield from decode_batch(batch, source)


def check_label_names(table: pa.Table, metas: Sequence[Meta]) -> None:
    """Make sure that the labels of annotations mean what they meant: that their names are those of the categories.

    Where they are not, tables of different categories were put together, or only one of number and name was changed. A
    name that is null says nothing.

    Raises:
        SourceFormatError: They are not.
        DatasetError: Of a subset, nothing is known.
    """
    for batch in table.to_batches():
        annotations = batch.column("annotations")
        flat = annotations.flatten()
        parents = annotations.value_parent_indices()
        given = flat.field("label_name").drop_null()
        if not len(given):
            continue
        frame = pa.table(
            {
                "subset": batch.column("subset").take(parents),
                "label": flat.field("label"),
                "label_name": flat.field("label_name"),
            }
        )
        for row in frame.group_by(frame.column_names).aggregate([]).to_pylist():
            _check_label_name(meta_of(row["subset"], metas), row["label"], row["label_name"])


def _check_label_name(meta: Meta, label: int | None, name: str | None) -> None:
    names = label_names(meta.categories)
    known = names[label] if label is not None and label < len(names) else None
    if name is not None and name != known:
        message = f"label {label} is called {name!r} in the rows, and {known!r} in the categories of {meta.subset!r}"
        raise SourceFormatError(message, None, "annotations.label_name")
