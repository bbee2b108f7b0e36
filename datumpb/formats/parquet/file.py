"""One Parquet file of items: what may be wrong with it is told in one line, and what it asks for is limited."""

from __future__ import annotations

import contextlib
import functools
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from datumpb.arrow.batches import BATCH_SIZE, decode_batch
from datumpb.arrow.schema import COLUMNS, metas_of
from datumpb.dataset.places import Located
from datumpb.errors import LimitError, SourceFormatError, UnknownDataWarning

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datumpb.model.item import Item
    from datumpb.model.media import MediaSource
    from datumpb.model.meta import Meta

_LARGEST_FOOTER_PART = 64 << 20
_LARGEST_GROUP = 1 << 30  # bytes before compression
_MOST_ROWS = 1 << 24


class ParquetFile:
    """A Parquet file of the items of one subset."""

    def __init__(self, path: Path) -> None:
        """Name a file; it is opened for each use and closed behind it."""
        self.path = path

    @functools.cached_property
    def _meta(self) -> Meta:
        with self._open() as file:
            schema = file.schema_arrow
        with Located(self.path):
            metas = metas_of(schema)
            if len(metas) != 1:
                message = f"{len(metas)} subsets in one file: one expected"
                raise SourceFormatError(message)
        self._check_columns(schema)
        return metas[0]

    def meta(self) -> Meta:
        """Return what holds for all items.

        Raises:
            SourceFormatError: The file does not follow the format.
            LimitError: It asks for more memory than is granted.
        """
        return self._meta

    def count(self) -> int:
        """Return how many items there are.

        Raises:
            SourceFormatError: The file does not follow the format.
            LimitError: It asks for more memory than is granted.
        """
        with self._open() as file:
            return int(file.metadata.num_rows)

    def items(self, source: MediaSource) -> Iterator[Item]:
        """Yield the items.

        Raises:
            SourceFormatError: The file does not follow the format.
            LimitError: It asks for more memory than is granted.
        """
        with self._open() as file:
            batches = file.iter_batches(BATCH_SIZE, columns=COLUMNS.names)
            while True:
                with self._readable():
                    batch = next(batches, None)
                if batch is None:
                    return
                yield from self._decode(batch, source)

    def rows(self) -> dict[str, int]:
        """Return the row of each item, by its id.

        Raises:
            SourceFormatError: The file does not follow the format, or an id is there twice.
            LimitError: It asks for more memory than is granted.
        """
        found: dict[str, int] = {}
        with self._open() as file, self._readable():
            for batch in file.iter_batches(columns=["id"]):
                batch.validate(full=True)
                for item_id in batch.column(0).to_pylist():
                    if item_id in found:
                        message = f"the id {item_id!r} is there twice"
                        raise SourceFormatError(message, self.path)
                    found[item_id] = len(found)
        return found

    def item(self, row: int, source: MediaSource) -> Item:
        """Return the item of a row.

        Raises:
            SourceFormatError: The file does not follow the format.
            LimitError: It asks for more memory than is granted.
        """
        with self._open() as file, self._readable():
            metadata = file.metadata
            starts = np.cumsum([0, *(metadata.row_group(group).num_rows for group in range(metadata.num_row_groups))])
            group = int(np.searchsorted(starts, row, side="right")) - 1
            table = file.read_row_group(group, columns=COLUMNS.names).slice(row - int(starts[group]), 1)
            (batch,) = table.combine_chunks().to_batches()
        (item,) = self._decode(batch, source)
        return item

    @contextlib.contextmanager
    def _open(self) -> Iterator[pq.ParquetFile]:
        with self._readable():
            file = pq.ParquetFile(
                self.path,
                thrift_string_size_limit=_LARGEST_FOOTER_PART,
                thrift_container_size_limit=_LARGEST_FOOTER_PART,
                page_checksum_verification=True,
            )
        with file:
            self._check_limits(file.metadata)
            yield file

    @contextlib.contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except (pa.ArrowException, OSError, ValueError) as error:
            reason = str(error).partition("\n")[0]
            message = f"not a readable Parquet file: {reason if reason.isprintable() else repr(reason)}"
            raise SourceFormatError(message, self.path) from error

    def _check_limits(self, metadata: pq.FileMetaData) -> None:
        for group in range(metadata.num_row_groups):
            found = metadata.row_group(group)  # not its columns: pyarrow ends the process where those are damaged
            if found.total_byte_size > _LARGEST_GROUP or found.num_rows > _MOST_ROWS:
                message = f"row group {group} has {found.num_rows} rows of {found.total_byte_size} bytes: too many"
                raise LimitError(message, self.path)

    def _check_columns(self, schema: pa.Schema) -> None:
        for column in COLUMNS:
            if column.name not in schema.names:
                message = "this column is missing"
                raise SourceFormatError(message, self.path, column.name)
        unknown = sorted(set(schema.names) - set(COLUMNS.names))
        if unknown:
            text = f"{self.path}: the column {unknown[0]!r} is none that items have, and is left out"
            warnings.warn(text, UnknownDataWarning, stacklevel=2)

    def _decode(self, batch: pa.RecordBatch, source: MediaSource) -> list[Item]:
        with self._readable():
            if batch.schema.types != COLUMNS.types:  # another program wrote it anew
                table = pa.Table.from_batches([batch]).cast(COLUMNS.with_metadata(batch.schema.metadata))
                (batch,) = table.combine_chunks().to_batches()
        with Located(self.path):
            return decode_batch(batch, source)
