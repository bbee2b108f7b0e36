"""Reading a datumpb dataset on a cluster: a task for each range of blocks of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from ray.data import DataContext, Datasource, read_datasource
from ray.data.block import BlockMetadata
from ray.data.datasource import ReadTask

from datumpb.arrow.schema import schema_of
from datumpb.container.reader import DatumReader
from datumpb.dataset.directory import DatasetFolder
from datumpb.dataset.transforms.names import check_known
from datumpb.errors import DamagedFileError
from datumpb.integrations.ray.failures import sent_home
from datumpb.integrations.ray.rows import make_tables
from datumpb.storage.location import location

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Iterator

    import pyarrow as pa
    import ray

    from datumpb.model.item import Item
    from datumpb.model.meta import Meta
    from datumpb.storage.location import Location


def read_datumpb(
    path: str | os.PathLike[str],
    *,
    subsets: Collection[str] | None = None,
    encryption_key: str | bytes | None = None,
    override_num_blocks: int | None = None,
) -> ray.data.Dataset:
    """Read a datumpb dataset as rows of Arrow columns (docs/arrow.md), one row an item.

    The ends of all files are read at once, the items by tasks on the cluster. A task reads some blocks of one file, so
    many shards or many blocks make many tasks. Categories and infos travel in the metadata of the schema.

    Args:
        path: The dataset's folder, or an annotation file; the same on every node.
        subsets: The names of the subsets to read; None: all.
        encryption_key: The text of the dataset's key. It is sent to the workers.
        override_num_blocks: How many blocks of rows Ray shall make; None: Ray chooses, but not more than the files have
            blocks where these are few.

    Raises:
        OptionError: There is no such subset.
        DatasetError: There is no annotation file.
        FileError: A file is damaged.
        KeyProblemError: The key does not open the dataset. What a task finds is raised when rows are asked for, by Ray:
            its `RayTaskError` is an instance of the error of datumpb, too.
    """
    source = DatumDatasource(path, subsets, encryption_key)
    if override_num_blocks is None and source.blocks <= DataContext.get_current().read_op_min_num_blocks:
        override_num_blocks = max(1, source.blocks)  # else Ray divides small datasets, item by item
    return read_datasource(source, override_num_blocks=override_num_blocks)


@dataclass(frozen=True, slots=True)
class _File:
    """One annotation file, as it was when the dataset was opened.

    Attributes:
        path: The file.
        meta: What holds for its items.
        footer_digest: SHA-256 of its FOOTER: a file that was replaced meanwhile has another.
        block_starts: The index of the first item of each block, and the number of items.
    """

    path: Location
    meta: Meta
    footer_digest: bytes
    block_starts: list[int] = field(repr=False)


class DatumDatasource(Datasource):  # type: ignore[misc]  # types are checked without Ray
    """A datumpb dataset, as Ray wants to have it."""

    def __init__(
        self, path: str | os.PathLike[str], subsets: Collection[str] | None = None, key: str | bytes | None = None
    ) -> None:
        """Open the dataset; see `read_datumpb`."""
        super().__init__()
        self._path = location(path).absolute()
        self._key = key
        folder = DatasetFolder(self._path, key)
        names = folder.subsets()
        check_known("subset", subsets or [], names)
        self._metas = [folder.meta(name) for name in names if subsets is None or name in subsets]
        self._files: list[_File] = []
        for meta in self._metas:
            reader = folder.reader(meta.subset)
            len(reader)  # shards that do not belong together are refused here
            for file in reader.paths:
                with DatumReader(file, key) as part:
                    self._files.append(_File(file, meta, part.footer_digest(), part.block_starts))

    @property
    def blocks(self) -> int:
        """How many blocks all files have: no more tasks are possible."""
        return sum(len(file.block_starts) - 1 for file in self._files)

    def __repr__(self) -> str:
        """Name the dataset, not the key."""
        return f"DatumDatasource({str(self._path)!r})"

    def estimate_inmemory_data_size(self) -> None:
        """Return None: compressed files do not tell how large their items are in Arrow."""

    def get_read_tasks(
        self,
        parallelism: int,
        per_task_row_limit: int | None = None,
        data_context: DataContext | None = None,  # noqa: ARG002 -- Ray's interface
    ) -> list[ReadTask]:
        """Return tasks in the order of the items, about as many as asked for, and at least one."""
        schema = schema_of(self._metas)
        size = max(1, -(-self.blocks // max(1, parallelism)))
        tasks = []
        for file in self._files:
            starts = [*file.block_starts[:-1:size], file.block_starts[-1]]
            for start, stop in pairwise(starts):
                read = _reading(file, start, stop, schema, self._key)
                tasks.append(ReadTask(read, _rows(stop - start, file.path), schema, per_task_row_limit))
        if not tasks:
            tasks.append(ReadTask(lambda: [schema.empty_table()], _rows(0), schema))
        return tasks


def _rows(count: int, *files: Location) -> BlockMetadata:
    return BlockMetadata(num_rows=count, size_bytes=None, input_files=list(map(str, files)), exec_stats=None)


def _reading(
    file: _File, start: int, stop: int, schema: pa.Schema, key: str | bytes | None
) -> Callable[[], Iterable[pa.Table]]:
    # A function, as Ray asks for its name.
    def read_blocks() -> Iterator[pa.Table]:
        with sent_home(), DatumReader(file.path, key, cached_blocks=1) as reader:
            if reader.footer_digest() != file.footer_digest:
                message = "the file was replaced after the dataset was opened: read it again"
                raise DamagedFileError(message, file.path)
            yield from make_tables(_items(reader, start, stop), file.meta, schema)

    return read_blocks


def _items(reader: DatumReader, start: int, stop: int) -> Iterator[Item]:
    for index in range(start, stop):
        yield reader[index]
