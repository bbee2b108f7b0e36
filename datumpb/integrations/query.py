"""SQL over datasets, by DuckDB (the extra `datumpb[query]`): views over record batches, which are made while it reads.

The database is in memory, cannot reach files or the network, and writes nothing to disk, as a dataset may be encrypted.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from datumpb.arrow.batches import BATCH_SIZE, read_batches
from datumpb.arrow.objects import OBJECTS, read_objects
from datumpb.arrow.schema import COLUMNS
from datumpb.errors import DatumpbError, QueryError
from datumpb.model import value_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datumpb.dataset.dataset import Dataset
    from datumpb.dataset.source import DatasetSource

_ROWS = 1000
_LABELS = pa.schema({"subset": pa.string(), "index": pa.uint32(), "name": pa.string(), "parent": pa.string()})
_SUBSETS = pa.schema({"name": pa.string(), "items": pa.uint64(), "media_type": pa.string(), "infos": pa.string()})
_VIEWS = """
    CREATE VIEW items AS SELECT id, subset, media.kind AS media, media.file.path AS path, media.height AS height,
        media.width AS width, len(annotations) AS annotations, attributes FROM stored_items;
    CREATE VIEW annotations AS SELECT item_id, subset, one.type AS type, one.label_name AS label,
        one.label AS label_index, one.id AS id, one."group" AS group_id, one.object_id AS object_id,
        one.z_order AS z_order, one.attributes AS attributes, one.bbox AS bbox, one.polygon AS polygon,
        one.poly_line AS poly_line, one.points AS points, one.mask AS mask, one.caption.caption AS caption,
        one.rotated_bbox AS rotated_bbox, one.ellipse AS ellipse, one.cuboid_2d AS cuboid_2d,
        one.cuboid_3d AS cuboid_3d, one.feature_vector.vector AS feature_vector, one.depth_map.image AS depth_map,
        one.image_annotation AS image_annotation, one.tabular."values" AS tabular, one.hash_key.hash AS hash_key
        FROM (SELECT id AS item_id, subset, unnest(annotations) AS one FROM stored_items);
    SET temp_directory = '';
    SET enable_external_access = false;
    SET lock_configuration = true;
"""


class Query:
    """The answer to a query.

    Attributes:
        columns: The names of its columns.
    """

    def __init__(self, dataset: Dataset, sql: str) -> None:
        """Ask a dataset.

        Args:
            dataset: The dataset.
            sql: One SELECT, over the views `items`, `annotations`, `objects`, `labels` and `subsets`
                (docs/arrow.md).

        Raises:
            QueryError: The SQL is wrong, is no single query, or asks for what is not allowed.
            DatumpbError: The dataset cannot be read.
        """
        source = dataset._source  # noqa: SLF001 -- the views are made of what a dataset wraps
        self._streams = [
            _Stream("stored_items", COLUMNS, lambda: read_batches(source, source.subsets(), BATCH_SIZE)),
            _Stream("objects", OBJECTS, lambda: read_objects(source)),
            _Stream("labels", _LABELS, lambda: _read_labels(source)),
            _Stream("subsets", _SUBSETS, lambda: _read_subsets(source)),
        ]
        self._database = duckdb.connect(":memory:", config={"python_enable_replacements": "false"})
        for stream in self._streams:
            self._database.register(stream.name, stream)
        self._database.execute(_VIEWS)
        self._answer = self._run(lambda: self._execute(sql))
        self.columns: list[str] = [column[0] for column in self._answer.description]

    def rows(self) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows, some at a time, as Python values: nested columns are lists and dicts.

        Raises:
            QueryError: The query fails while it runs.
            DatumpbError: The dataset cannot be read.
        """
        while rows := self._run(lambda: self._answer.fetchmany(_ROWS)):
            yield rows

    def _execute(self, sql: str) -> Any:  # noqa: ANN401 -- untyped library
        statements = self._database.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            message = "one query (SELECT ...) expected, and nothing else"
            raise QueryError(message)
        return self._database.execute(statements[0])

    def _run(self, work: Callable[[], Any]) -> Any:  # noqa: ANN401 -- untyped library
        # In a thread of its own: DuckDB swallows what a signal's handler raises in the main one.
        with ThreadPoolExecutor(1) as executor:
            future = executor.submit(work)
            try:
                wait([future])
            except BaseException:  # Ctrl-C
                self._database.interrupt()
                raise
        try:
            return future.result()
        except duckdb.Error as error:
            for stream in self._streams:
                if stream.error is not None:  # DuckDB tells it as a text of its own
                    raise stream.error from error
            raise QueryError(_one_line(str(error))) from error


class _Stream:
    """What DuckDB reads, from the start each time (Arrow's PyCapsule interface).

    Attributes:
        name: The name that it has in SQL.
        error: What went wrong while the dataset was read.
    """

    def __init__(self, name: str, schema: pa.Schema, read: Callable[[], pa.RecordBatchReader]) -> None:
        self.name = name
        self.error: DatumpbError | None = None
        self._schema = schema
        self._read = read

    def __arrow_c_schema__(self) -> object:
        return self._schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        reader = pa.RecordBatchReader.from_batches(self._schema, self._batches())
        return reader.__arrow_c_stream__(requested_schema)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        try:
            for batch in self._read():
                yield batch.replace_schema_metadata(None)
        except DatumpbError as error:
            self.error = error
            raise


def _read_labels(source: DatasetSource) -> pa.RecordBatchReader:
    rows = [
        {"subset": subset, "index": index, "name": label.name, "parent": label.parent}
        for subset in source.subsets()
        for index, label in enumerate(source.meta(subset).categories.labels or ())
    ]
    return pa.Table.from_pylist(rows, schema=_LABELS).to_reader()


def _read_subsets(source: DatasetSource) -> pa.RecordBatchReader:
    rows = []
    for subset in source.subsets():
        meta = source.meta(subset)
        kind, infos = meta.media_type.name.lower(), value_text.encode(meta.infos)
        rows.append({"name": subset, "items": source.count(subset), "media_type": kind, "infos": infos})
    return pa.Table.from_pylist(rows, schema=_SUBSETS).to_reader()


def _one_line(text: str) -> str:
    """Return what DuckDB says, without its drawing of the place."""
    return " ".join(text.partition("\n\nLINE ")[0].split())
