"""What `datumpb verify` finds to be wrong, and what it finds between the shards of a subset."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from datumpb.container.reader import DatumReader
from datumpb.container.sharded_reader import ShardedReader
from datumpb.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datumpb.container.item_ids import ItemIds
    from datumpb.dataset.subset_files import SubsetFiles
    from datumpb.storage.location import Location


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong.

    Attributes:
        path: With which file.
        what: What it is.
        offset: Where in the file, in bytes; None where no place is to blame.
        size: How many bytes cannot be used because of it; None where that says nothing.
        affects: What that is.
    """

    path: str
    what: str
    offset: int | None = None
    size: int | None = None
    affects: str | None = None


def shard_findings(files: SubsetFiles[Location], key: str | None, ids: ItemIds, *, locked: bool) -> Iterator[Finding]:
    """Yield what is wrong with a subset's files together, which none of them shows alone.

    Args:
        files: The files of the subset, each of them looked into already.
        key: The text of their key.
        ids: The ids of all items of shards, in their order.
        locked: Whether some are encrypted and cannot be looked into without the key: then only their names tell.
    """
    for error in files.faults:
        yield Finding(str(error.path), error.message)
    if locked or files.faults:
        return
    yield from _between(files.files, key, ids) if files.sharded else _stray(files.files[0], key)


def _stray(file: Location, key: str | None) -> Iterator[Finding]:
    try:
        with DatumReader(file, key) as reader:
            stray = reader.meta_message.HasField("shard")
    except FileError:  # as was said of the file itself
        return
    if stray:
        yield Finding(str(file), "the file is a shard, but is called as if it held the whole subset")


def _between(files: Sequence[Location], key: str | None, ids: ItemIds) -> Iterator[Finding]:
    with ShardedReader(files, key) as reader:
        faults = 0
        for shard, file in enumerate(files):
            try:
                what = reader.fault(shard)
            except FileError:  # the same
                faults += 1
                continue
            if what is not None:
                faults += 1
                yield Finding(str(file), what, affects="all of it")
        if faults:
            return
        repeated = ids.candidates()
        if not repeated:
            return
        try:
            starts = list(accumulate((len(DatumReader(file, key)) for file in files), initial=0))
            found = [(bisect_right(starts, index) - 1, reader[index].id) for index in repeated]
        except FileError:
            return
        first: dict[str, int] = {}
        for shard, item_id in found:
            if first.setdefault(item_id, shard) != shard:
                yield Finding(str(files[shard]), f"item {item_id!r} is there already in shard {first[item_id]}")
