"""Writing rows as a datumpb dataset on a cluster: all shards of all subsets, or none."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

from datumpb.crypto.keys import parse_key
from datumpb.dataset import layout
from datumpb.dataset.encryption import key_text
from datumpb.dataset.export import Export
from datumpb.dataset.output import OutputFolder
from datumpb.dataset.shard_parts import bind_parts
from datumpb.errors import DatasetError
from datumpb.integrations.ray.failures import taken_out
from datumpb.integrations.ray.sink import DatumDatasink, Part, add_metas

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path

    import ray

    from datumpb.dataset.dataset import Dataset
    from datumpb.model.meta import Meta


def write_datumpb(
    ds: ray.data.Dataset,
    path: str | os.PathLike[str],
    *,
    like: Dataset | None = None,
    encryption_key: str | bytes | None = None,
    overwrite: bool = False,
) -> None:
    """Write rows of the columns of items (docs/arrow.md) as a datumpb dataset, in the order of the rows.

    Each write task makes one shard of each subset that it has rows of. They get their places when all tasks are done
    and all shards are bound to one another, all at once; until then, and where anything fails, the path is as it was.
    Media files are not written: items refer to the places where they belong, as with `Dataset.export` without
    `save_media`.

    Args:
        ds: The rows. It is executed.
        path: The dataset's folder; the same on every node. It must not exist or be empty.
        like: Has the categories, infos and media types of the subsets to write; None: they are those that the rows
            brought along in the metadata of their schema.
        encryption_key: The text of the key to encrypt with; None: the dataset is plain. It is sent to the workers.
        overwrite: Whether what is in the folder already is replaced.

    Raises:
        OutputExistsError: The folder is not empty.
        OutputBusyError: Another writer is making the same folder.
        InvalidKeyError: The key is not one.
        DatasetError: Categories are not known, or rows of one subset have different ones.
        SourceFormatError: A column is missing, too many, or does not hold what it should.
        DuplicateItemError: Two items of a subset have the same id.
        DatumpbError: What reading or changing the rows raised.
        OSError: A file cannot be written.
    """
    if encryption_key is not None:
        parse_key(encryption_key)
    key = key_text(encryption_key)
    metas = None if like is None else [like._source.meta(subset) for subset in like.subsets()]  # noqa: SLF001 -- the same library
    with OutputFolder(path, Export(overwrite=overwrite)) as output:
        output.replace_all(f"{layout.ANNOTATIONS}/*{layout.SUFFIX}")
        parts = output.folder / ".parts"
        parts.mkdir()
        sink = DatumDatasink(parts.resolve(), metas, key)
        closed = output.folder / ".closed"
        try:
            with taken_out(), _ordered_and_whole(ds):
                ds.write_datasink(sink)
        finally:
            parts.rename(closed)  # so that a task that still runs can write no more
        _bind(output.folder, closed, sink.parts, metas, key)
        shutil.rmtree(closed)


def _bind(root: Path, folder: Path, parts: list[Part], metas: list[Meta] | None, key: str | None) -> None:
    known: dict[str, Meta] = {}
    add_metas(known, metas or [])
    for part in parts:
        add_metas(known, part.metas.values())
    if not known:
        message = "there are no rows, and nothing says which subsets and categories there are: give a dataset as `like`"
        raise DatasetError(message)
    (root / layout.ANNOTATIONS).mkdir()
    for subset, meta in known.items():
        files = [folder / part.files[subset] for part in parts if subset in part.files]
        missing = next((file for file in files if not file.exists()), None)
        if missing is not None:
            message = "what a task has written cannot be seen here: is the path on a disk that all nodes share?"
            raise DatasetError(message)
        bind_parts(root, meta, files, key)


@contextlib.contextmanager
def _ordered_and_whole(ds: ray.data.Dataset) -> Iterator[None]:
    """Let Ray keep the order of rows, and leave out no block that fails, whatever it is told otherwise."""
    context, options = ds.context, ds.context.execution_options
    before = options.preserve_order, context.max_errored_blocks
    options.preserve_order, context.max_errored_blocks = True, 0
    try:
        yield
    finally:
        options.preserve_order, context.max_errored_blocks = before
