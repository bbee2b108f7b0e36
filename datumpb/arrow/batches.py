"""Items in record batches: a bounded number of items, and of bytes, at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from datumpb.arrow import columns
from datumpb.arrow.annotations import decode_annotations, encode_annotations
from datumpb.arrow.media import decode_media, encode_media, set_source
from datumpb.arrow.schema import schema_of
from datumpb.dataset.item_media import item_media
from datumpb.errors import InvalidItemError, OptionError, SourceFormatError
from datumpb.model.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from datumpb.dataset.source import DatasetSource
    from datumpb.model.categories import Categories
    from datumpb.model.media import MediaSource

BATCH_SIZE = 1024
_BATCH_BYTES = 32 << 20  # of media that are kept inline, and of coordinates, roughly


def read_batches(source: DatasetSource, subsets: Sequence[str], batch_size: int) -> pa.RecordBatchReader:
    """Return a reader of the items of subsets; nothing is read before it is asked for a batch.

    Args:
        source: The dataset.
        subsets: The names of the subsets.
        batch_size: How many items a batch has at most.

    Raises:
        OptionError: The size is not from 1.
        InvalidItemError: Infos or categories cannot be kept.
    """
    if batch_size < 1:
        message = f"batch_size has to be from 1, not {batch_size}"
        raise OptionError(message)
    metas = [source.meta(subset) for subset in subsets]
    schema = schema_of(metas)

    def batches() -> Iterator[pa.RecordBatch]:
        for meta in metas:
            names = label_names(meta.categories)
            for items in chunks(source.items(meta.subset), batch_size):
                yield encode_batch(items, names, schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def label_names(categories: Categories) -> list[str]:
    """Return the names of labels by their index."""
    return [label.name for label in categories.labels or ()]


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Cut items into lists of at most a size, fewer where they are large."""
    held: list[Item] = []
    weight = 0
    for item in items:
        held.append(item)
        weight += _weight(item)
        if len(held) >= size or weight >= _BATCH_BYTES:
            yield held
            held, weight = [], 0
    if held:
        yield held


def encode_batch(items: list[Item], names: Sequence[str], schema: pa.Schema) -> pa.RecordBatch:
    """Make a batch of items.

    Args:
        items: The items.
        names: The names of labels, by index.
        schema: What `schema_of` made.

    Raises:
        InvalidItemError: One is not what Arrow's columns can hold; the text names it.
    """
    try:
        return _encode(items, names, schema)
    except (InvalidItemError, pa.ArrowException, OverflowError) as error:
        for item in items if len(items) > 1 else ():
            encode_batch([item], names, schema)  # finds the one to blame
        message = f"item {items[0].id!r}: {error}" if len(items) == 1 else str(error)
        raise InvalidItemError(message) from error


def decode_batch(batch: pa.RecordBatch, source: MediaSource | None) -> list[Item]:
    """Return the items of a batch.

    Args:
        batch: A batch whose columns are `COLUMNS`.
        source: Fetches the bytes of media.

    Raises:
        SourceFormatError: It does not hold items; the place names the item.
    """
    try:
        batch.validate(full=True)
        items = _decode(batch)
    except (SourceFormatError, InvalidItemError, pa.ArrowException, ValueError) as error:
        for row in range(batch.num_rows if batch.num_rows > 1 else 0):
            decode_batch(batch.slice(row, 1), source)  # finds the one to blame
        raise _placed(error, batch) from error
    for item in items:
        set_source(item_media(item), source)
    return items


def _encode(items: list[Item], names: Sequence[str], schema: pa.Schema) -> pa.RecordBatch:
    arrays = [
        columns.TEXT.encode([item.id for item in items], "id"),
        columns.TEXT.encode([item.subset for item in items], "subset"),
        encode_media([item.media for item in items]),
        columns.JSON.encode([item.attributes for item in items], "attributes"),
        encode_annotations([item.annotations for item in items], names),
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _decode(batch: pa.RecordBatch) -> list[Item]:
    ids, subsets, media, attributes, annotations = batch.columns
    return [
        Item(*values)
        for values in zip(
            columns.TEXT.decode(ids, "id"),
            columns.TEXT.decode(subsets, "subset"),
            decode_media(media),
            columns.JSON.decode(attributes, "attributes"),
            decode_annotations(annotations),
            strict=True,
        )
    ]


def _placed(error: Exception, batch: pa.RecordBatch) -> SourceFormatError:
    place = error.place if isinstance(error, SourceFormatError) else None
    message = error.message if isinstance(error, SourceFormatError) else str(error).partition("\n")[0]
    if batch.num_rows == 1:
        name = repr(batch.column(0)[0].as_buffer().to_pybytes()[:60].decode(errors="replace")) if _named(batch) else "?"
        place = f"item {name}" if place is None else f"item {name}.{place}"
    return SourceFormatError(message, None, place)


def _named(batch: pa.RecordBatch) -> bool:
    return bool(batch.column(0)[0].is_valid)


def _weight(item: Item) -> int:
    points = sum(getattr(getattr(one, "points", None), "nbytes", 0) for one in item.annotations)
    return points + sum(len(ref.data) for ref in item_media(item) if ref.data is not None)
