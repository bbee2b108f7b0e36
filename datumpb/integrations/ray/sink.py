"""What write tasks do: each writes its rows to a folder of its own, an annotation file for each subset."""

from __future__ import annotations

import contextlib
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ray.data import Datasink
from ray.data.block import BlockAccessor

from datumpb.container.writer import DatumWriter
from datumpb.dataset.export import Export, SaveMedia
from datumpb.dataset.losses import LossReport
from datumpb.dataset.media_store import MediaStore
from datumpb.errors import DatasetError
from datumpb.integrations.ray.failures import sent_home
from datumpb.integrations.ray.rows import check_label_names, meta_of, read_items, table_metas, typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pyarrow as pa
    from ray.data._internal.execution.interfaces import TaskContext
    from ray.data.block import Block
    from ray.data.datasource.datasink import WriteResult

    from datumpb.container.media_file import EncryptedMediaFolder
    from datumpb.model.meta import Meta


def add_metas(known: dict[str, Meta], metas: Iterable[Meta]) -> None:
    """Add what holds for the items of subsets.

    Raises:
        DatasetError: Of one of them, something else is known.
    """
    for meta in metas:
        if known.setdefault(meta.subset, meta) != meta:
            message = f"rows of subset {meta.subset!r} have different categories or infos: merge the datasets before, "
            raise DatasetError(message + "or give one as `like` whose categories are right for all")


@dataclass(slots=True)
class Part:
    """What one task has written.

    Attributes:
        task: The number of the task, in the order of its rows.
        folder: The name of its folder, which has its media files, too.
        files: The name of the file of each subset that it had rows of.
        metas: What holds for the items of each subset, also of those that it had no rows of.
        losses: Counts media files that are missing.
    """

    task: int
    folder: str
    files: dict[str, str] = field(default_factory=dict)
    metas: dict[str, Meta] = field(default_factory=dict)
    losses: LossReport = field(default_factory=LossReport)


class DatumDatasink(Datasink):  # type: ignore[misc]  # types are checked without Ray
    """Writes rows as parts of a datumpb dataset, in a folder that is not yet in its place.

    A task that Ray starts again, as its worker was killed, writes to another folder: only what a task has returned
    counts.

    Attributes:
        parts: What all tasks have written, in the order of the rows; set when all of them are done.
    """

    def __init__(
        self, folder: Path, metas: Sequence[Meta] | None, key: str | None, media: EncryptedMediaFolder | None = None
    ) -> None:
        """Say where parts go.

        Args:
            folder: Where; the same on every node.
            metas: What holds for the items of each subset; None: what the rows' schema says.
            key: The text of the key to encrypt with; None: parts are not encrypted.
            media: Has the media files to save; None: they are not saved.
        """
        self._folder = folder
        self._metas = metas
        self._key = key
        self._media = media
        self.parts: list[Part] = []

    def __repr__(self) -> str:
        """Name the folder, not the key."""
        return f"DatumDatasink({str(self._folder)!r})"

    def write(self, blocks: Iterable[Block], ctx: TaskContext) -> Part:
        """Write the rows of one task."""
        folder = self._folder / uuid.uuid4().hex
        part = Part(ctx.task_idx, folder.name)
        with sent_home(), _PartWriter(part, folder, self._metas, self._key, self._media) as writer:
            for block in blocks:
                writer.write(BlockAccessor.for_block(block).to_arrow())
        return part

    def on_write_complete(self, write_result: WriteResult[Part]) -> None:
        """Keep what tasks have written, in the order of the rows."""
        self.parts = sorted(write_result.write_returns, key=lambda part: part.task)


class _PartWriter(contextlib.ExitStack):
    """The files of one part; an exception leaves none."""

    def __init__(
        self,
        part: Part,
        folder: Path,
        metas: Sequence[Meta] | None,
        key: str | None,
        media: EncryptedMediaFolder | None,
    ) -> None:
        super().__init__()
        try:
            folder.mkdir()
        except FileNotFoundError as error:
            message = f"{folder.parent}: not there on this node: the path has to be on a disk that all nodes share"
            raise DatasetError(message) from error
        self._part = part
        self._folder = folder
        self._metas = metas
        self._key = key
        self._media = media
        save = SaveMedia.NO if media is None else SaveMedia.COPY
        self._store = MediaStore(folder, key, Export(save, losses=part.losses))
        self._writers: dict[str, DatumWriter] = {}

    def write(self, table: pa.Table) -> None:
        metas = table_metas(table) if self._metas is None else self._metas
        known = self._part.metas
        add_metas(known, metas)
        if not table.num_rows:  # where all rows are filtered out, Ray may forget the columns, too
            return
        table = typed(table)
        add_metas(known, (meta_of(subset, metas) for subset in table["subset"].unique().drop_null().to_pylist()))
        check_label_names(table, metas)
        for item in read_items(table, self._media):
            self._writer(known[item.subset]).write(self._store.place(item, item.subset))

    def _writer(self, meta: Meta) -> DatumWriter:
        writer = self._writers.get(meta.subset)
        if writer is None:
            name = self._part.files[meta.subset] = f"{len(self._writers)}.datum"
            writer = self._writers[meta.subset] = self.enter_context(
                DatumWriter(
                    self._folder / name,
                    subset=meta.subset,
                    categories=meta.categories,
                    infos=meta.infos,
                    media_type=meta.media_type,
                    key=self._key,
                )
            )
        return writer
