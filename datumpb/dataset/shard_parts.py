"""Shards out of parts: files of one subset that were written apart from one another, bound together in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datumpb.codec.meta import encode_meta
from datumpb.container.annotation_file import AnnotationFile
from datumpb.container.reader import DatumReader
from datumpb.container.reseal import Seals, reseal
from datumpb.container.shard_place import ShardPlace
from datumpb.dataset.subset_files import MAX_SHARDS, is_shard_name, shard_file
from datumpb.errors import DuplicateItemError, InvalidItemError, OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from datumpb.model.meta import Meta


def bind_parts(root: Path, meta: Meta, parts: Sequence[Path], key: str | None) -> None:
    """Make the shards of a subset. Parts are copied record by record, neither parsed nor compressed again.

    Memory grows by four bytes an item, to find ids that are there twice.

    Args:
        root: The dataset's folder, which has one for annotations.
        meta: What holds for all items of the subset; that of each part is the same.
        parts: Annotation files, in their order. None of them: the subset gets one shard, without items.
        key: The text of the key of the parts, and of the shards; None: they are not encrypted.

    Raises:
        DuplicateItemError: Two parts have an item of the same id.
        InvalidItemError: The subset's name cannot be that of a file.
        OptionError: There are more parts than there may be shards.
        FileError: A part is damaged.
        OSError: A file cannot be written.
    """
    if is_shard_name(meta.subset):
        message = f"subset {meta.subset!r}: this is what a shard is called; rename the subset"
        raise InvalidItemError(message)
    if len(parts) > MAX_SHARDS:
        message = f"subset {meta.subset!r} would get {len(parts)} shards: {MAX_SHARDS} are possible"
        raise OptionError(message)
    if not parts:
        target = shard_file(root, meta.subset, 0, 1)
        AnnotationFile(target, ShardPlace(0, b"").mark(encode_meta(meta)), key).close(last_shard=True)
        return
    _refuse_duplicates(meta.subset, parts, key)
    digest = b""
    for index, part in enumerate(parts):
        place = ShardPlace(index, digest, index == len(parts) - 1)
        digest = reseal(part, shard_file(root, meta.subset, index, len(parts)), Seals(key, key), None, place)


def _refuse_duplicates(subset: str, parts: Sequence[Path], key: str | None) -> None:
    sums = []
    for part in parts:
        with DatumReader(part, key) as reader:
            sums.append(reader.id_crc32)
    distinct, counts = np.unique(np.concatenate(sums), return_counts=True)
    suspects = distinct[counts > 1]
    seen: set[str] = set()
    for part, own in zip(parts, sums, strict=True):
        places = np.flatnonzero(np.isin(own, suspects)).tolist()
        with DatumReader(part, key) as reader:
            for place in places:
                item_id = reader[place].id
                if item_id in seen:
                    message = f"item {item_id!r} is there twice in subset {subset!r}"
                    raise DuplicateItemError(message)
                seen.add(item_id)
