"""The folder of a datumpb dataset, written."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.codec.meta import encode_meta
from datumpb.container.annotation_file import AnnotationFile
from datumpb.container.block_cutter import BlockCutter
from datumpb.container.item_encoder import ItemEncoder
from datumpb.dataset import layout
from datumpb.dataset.dataset_meta import write_dataset_meta
from datumpb.dataset.derived import known_count, most_items
from datumpb.dataset.directory import DatasetFolder
from datumpb.dataset.encryption import check_options, key_text, new_keys
from datumpb.dataset.media_store import SHARED_MEDIA, MediaStore
from datumpb.dataset.output import OutputFolder
from datumpb.dataset.pipeline import Pipeline
from datumpb.dataset.shard_writer import Sharding, ShardWriter
from datumpb.dataset.source import is_divided
from datumpb.dataset.subset_files import is_shard_name
from datumpb.dataset.worker_choice import chosen_workers
from datumpb.errors import InvalidItemError, OptionError

if TYPE_CHECKING:
    import os

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource
    from datumpb.model.meta import Meta


def write_folder(  # noqa: PLR0913 -- the options of the format, all but the first two by name
    source: DatasetSource,
    path: str | os.PathLike[str],
    export: Export,
    *,
    encryption: bool = False,
    no_media_encryption: bool = False,
    encryption_key: str | bytes | None = None,
    key_file: str | os.PathLike[str] | None = None,
    save_dataset_meta: bool = False,
    num_shards: int | None = None,
    shard_size: int | str | None = None,
    num_workers: int = 1,
) -> None:
    """Write a dataset as a folder of the datumpb format.

    Args:
        source: The dataset.
        path: The folder. Where it is overwritten, all of its annotation files are replaced, and of other files those
            that are written. A key is never overwritten.
        export: What every format is asked.
        encryption: Whether annotations, and media files where saved, are encrypted.
        no_media_encryption: Whether media files stay plain all the same.
        encryption_key: The text of the key; None: a new one is drawn and written to `key_file`.
        key_file: Where a new key is written; None: `secret_key.txt` in the folder.
        save_dataset_meta: Whether `dataset_meta.json`, a plain list of labels, is written.
        num_shards: How many shards each subset is written in, of as many items each as can be.
        shard_size: How large a shard may get at the most, in bytes or as text such as "100MB"; one block, of 256 KiB
            before compression where items are not larger, is never divided.
        num_workers: How many processes encode items, and read them and save their media where the source can be
            divided; 1: this one; 0: as many as there are cores, and this one where there are few items. The output is
            the same. Workers import nothing of the script that asks for them.

    Raises:
        OptionError: The options contradict each other, or a number is out of its range.
        OutputExistsError: The folder is not empty, and overwriting was not asked for; or a new key would replace one.
        InvalidKeyError: The key is not one.
        WorkerError: A worker process ended, or items cannot be sent to it.
        DatumpbError: The source cannot be read or holds what the format cannot.
        OSError: A file cannot be written.
    """
    check_options(encryption, no_media_encryption, encryption_key, key_file, export.save_media)
    sharding = Sharding.of(num_shards, shard_size)
    key = key_text(encryption_key) if encryption else None
    subsets = source.subsets()
    workers = chosen_workers(num_workers, most_items(source))
    if not export.save_media:
        _check_kept_media(source, Path(path), None if no_media_encryption else key)
    with new_keys() as keys, OutputFolder(path, export) as output, Pipeline(workers, export.workers) as pipeline:
        output.replace_all(f"{layout.ANNOTATIONS}/*{layout.SUFFIX}")
        if encryption and key is None:
            key = keys.draw(output, key_file)
        media_key = None if no_media_encryption else key
        store = MediaStore(output.folder, media_key, export)
        (output.folder / layout.ANNOTATIONS).mkdir()
        for subset in subsets:
            meta = source.meta(subset)
            count = known_count(source, subset)
            starts = [] if sharding is None else sharding.starts(functools.partial(source.count, subset))
            with _subset_file(output.folder, dataclasses.replace(meta, subset=subset), key, sharding, starts) as file:
                encode = ItemEncoder(subset, meta.categories, file.max_body_size)
                cutter = BlockCutter(subset, file.starts)
                if is_divided(source) and meta.media_type not in SHARED_MEDIA:
                    parts = pipeline.encoded_parts(source.parts(subset), store, encode)
                    encoded = export.progress(parts, count, subset)
                else:
                    encoded = pipeline.encoded(export.progress(source.items(subset), count, subset), store, encode)
                for block in pipeline.packed(cutter.cut(encoded)):
                    file.write(block)
            if save_dataset_meta:
                write_dataset_meta(output.folder, meta.categories)


def _subset_file(
    root: Path, meta: Meta, key: str | None, sharding: Sharding | None, starts: list[int]
) -> AnnotationFile | ShardWriter:
    if is_shard_name(meta.subset):
        message = f"subset {meta.subset!r}: this is what a shard is called; rename the subset"
        raise InvalidItemError(message)
    body = encode_meta(meta)
    if sharding is None:
        return AnnotationFile(layout.annotation_file(root, meta.subset), body, key)
    return ShardWriter(root, body, key, sharding, starts)


def _check_kept_media(source: DatasetSource, path: Path, key: str | None) -> None:
    in_place = (
        isinstance(source, DatasetFolder)
        and isinstance(source.path, Path)
        and path.exists()
        and path.samefile(source.path)
    )
    if isinstance(source, DatasetFolder) and in_place and source.key is not None and key_text(source.key) != key:
        message = "media in this folder may be encrypted with the old key: save media, too, or choose another folder"
        raise OptionError(message)
