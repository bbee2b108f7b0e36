"""Writing rows as a datumpb dataset on a cluster: all shards of all subsets, or none."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.container.media_file import EncryptedMediaFolder
from datumpb.crypto.keys import parse_key
from datumpb.dataset import layout
from datumpb.dataset.encryption import key_text
from datumpb.dataset.export import Export
from datumpb.dataset.losses import LossReport
from datumpb.dataset.output import OutputFolder
from datumpb.dataset.shard_parts import bind_parts
from datumpb.errors import DatasetError, OptionError
from datumpb.integrations.ray.failures import taken_out
from datumpb.integrations.ray.media import gather_media
from datumpb.integrations.ray.sink import DatumDatasink, Part, add_metas

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import ray

    from datumpb.dataset.dataset import Dataset
    from datumpb.model.meta import Meta


def write_datumpb(  # noqa: PLR0913 -- one for each option, by name
    ds: ray.data.Dataset,
    path: str | os.PathLike[str],
    *,
    like: Dataset | None = None,
    encryption_key: str | bytes | None = None,
    media_from: str | os.PathLike[str] | None = None,
    media_key: str | bytes | None = None,
    overwrite: bool = False,
) -> LossReport:
    """Write rows of the columns of items (docs/arrow.md) as a datumpb dataset, in the order of the rows.

    Each write task makes one shard of each subset that it has rows of. They get their places when all tasks are done
    and all shards are bound to one another, all at once; until then, and where anything fails, the path is as it was.
    Without `media_from`, items refer to the places where their media files belong, as with `Dataset.export` without
    `save_media`.

    Args:
        ds: The rows. It is executed.
        path: The dataset's folder; the same on every node. It must not exist or be empty.
        like: Has the categories, infos and media types of the subsets to write; None: they are those that the rows
            brought along in the metadata of their schema.
        encryption_key: The text of the key to encrypt with; None: the dataset is plain. It is sent to the workers.
        media_from: The folder of the dataset whose media files are saved, too, encrypted where the dataset is; the same
            on every node. None: media files are not saved.
        media_key: The text of the key of these media files; None: they are plain. It is sent to the workers.
        overwrite: Whether what is in the folder already is replaced.

    Returns:
        What could not be had: media files that are missing.

    Raises:
        OptionError: There is a key for media, but no folder of them.
        MediaError: A media file is not the one that its item means, or two need the same place.
        OutputExistsError: The folder is not empty.
        OutputBusyError: Another writer is making the same folder.
        InvalidKeyError: The key is not one.
        DatasetError: Categories are not known, or rows of one subset have different ones.
        SourceFormatError: A column is missing, too many, or does not hold what it should.
        DuplicateItemError: Two items of a subset have the same id.
        DatumpbError: What reading or changing the rows raised.
        OSError: A file cannot be written.
    """
    if media_key is not None and media_from is None:
        message = "media_key is for the media files in media_from, which is not given"
        raise OptionError(message)
    for given in (encryption_key, media_key):
        if given is not None:
            parse_key(given)
    media = None if media_from is None else EncryptedMediaFolder(Path(media_from).absolute(), media_key)
    losses = LossReport()
    key = key_text(encryption_key)
    metas = None if like is None else [like._source.meta(subset) for subset in like.subsets()]  # noqa: SLF001 -- the same library
    with OutputFolder(path, Export(overwrite=overwrite)) as output:
        output.replace_all(f"{layout.ANNOTATIONS}/*{layout.SUFFIX}")
        parts = output.folder / ".parts"
        parts.mkdir()
        sink = DatumDatasink(parts.resolve(), metas, key, media)
        closed = output.folder / ".closed"
        try:
            with taken_out(), _ordered_and_whole(ds):
                ds.write_datasink(sink)
        finally:
            parts.rename(closed)  # so that a task that still runs can write no more
        _bind(output.folder, closed, sink.parts, metas, key)
        for part in sink.parts:
            gather_media(output.folder, closed / part.folder, key)
            losses.update(part.losses)
        shutil.rmtree(closed)
    return losses


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
        files = [folder / part.folder / part.files[subset] for part in parts if subset in part.files]
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
