"""ShardedReader: the items of a subset that is in several files, as if they were in one."""

from __future__ import annotations

from bisect import bisect_right
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from typing import TYPE_CHECKING

from datumpb.container.block_cache import CACHED_BLOCKS
from datumpb.container.item_access import ItemAccess
from datumpb.container.reader import DatumReader
from datumpb.errors import ClosedError, ShardError
from datumpb.storage.location import location

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from datumpb.messages import Item as ItemMessage
    from datumpb.messages import Meta
    from datumpb.model.item import Item
    from datumpb.model.item_boxes import ItemBoxes
    from datumpb.model.meta import Meta as ModelMeta
    from datumpb.storage.location import Location, RemotePath

# Files that are open at once; systems allow a process 1024, or 256.
OPEN_SHARDS = 64
_INDEX_THREADS = 8


class ShardedReader(ItemAccess):
    """Reads the shards of a subset: a sequence of items that can be asked for by id, too.

    A shard is opened when it is needed: all of them, several at a time, to tell how many items there are or to find
    one; one after the other for iteration. Whatever is asked, a shard that is missing, doubled or from another writing
    is noticed before an item of it is handed out. Threads, forks and pickling are as with `DatumReader`.
    """

    def __init__(
        self,
        paths: Sequence[str | os.PathLike[str] | RemotePath],
        key: str | bytes | None = None,
        *,
        media_root: str | os.PathLike[str] | RemotePath | None = None,
    ) -> None:
        """Name the shards; they are opened when something is asked of them.

        Args:
            paths: The files of all shards, in their order.
            key: The text of their key; None: they are not encrypted.
            media_root: The folder that media paths are relative to; None: as for `DatumReader`.

        Raises:
            ShardError: There is none.
        """
        if not paths:
            message = "a subset has at least one shard"
            raise ShardError(message)
        self._paths = [location(path) for path in paths]
        self._key = key
        self._media_root = media_root
        self._set_up()

    def _set_up(self) -> None:
        self._closed = False
        cached = max(1, CACHED_BLOCKS // min(len(self._paths), OPEN_SHARDS))
        self._readers = [
            DatumReader(path, self._key, media_root=self._media_root, cached_blocks=cached) for path in self._paths
        ]
        self._open: dict[int, None] = {}
        self._checked: set[int] = set()
        self._starts: list[int] | None = None

    @property
    def paths(self) -> list[Location]:
        """The files of the shards."""
        return list(self._paths)

    @property
    def encrypted(self) -> bool:
        """Whether the shards are encrypted."""
        return self._first().encrypted

    @property
    def meta(self) -> ModelMeta:
        """What holds for all items: subset, infos, categories, kind of media."""
        return self._first().meta

    @property
    def subset(self) -> str:
        """The name of the subset."""
        return self._first().subset

    @property
    def block_starts(self) -> list[int]:
        """The index of each block's first item, and at the end the number of items: what is read together."""
        starts = self._all_starts()
        blocks = zip(starts[:-1], self._readers, strict=True)
        return [*(start + first for start, reader in blocks for first in reader.block_starts[:-1]), starts[-1]]

    def __len__(self) -> int:
        """Return how many items all shards have.

        Raises:
            ShardError: The shards do not belong together.
        """
        return self._all_starts()[-1]

    def __iter__(self) -> Iterator[Item]:
        """Iterate over all items in their order, opening shard after shard.

        Raises:
            FileError: A shard is damaged, or not the right one.
        """
        for reader in self.in_order():
            yield from reader

    def in_order(self) -> Iterator[DatumReader]:
        """Yield the reader of each shard; each is compared with its place first.

        Raises:
            FileError: A shard is damaged, or not the right one.
        """
        self._check_number()
        for shard in range(len(self._paths)):
            self._check(shard)
            yield self._reader(shard)

    def messages(self) -> Iterator[ItemMessage]:
        """Iterate over all items as Protocol Buffers messages.

        Raises:
            FileError: A shard is damaged, or not the right one.
        """
        for reader in self.in_order():
            yield from reader.messages()

    def boxes(self) -> Iterator[ItemBoxes]:
        """Iterate over the boxes and labels of all items, as arrays; see `DatumReader.boxes`.

        Raises:
            FileError: A shard is damaged, or not the right one.
        """
        for reader in self.in_order():
            yield from reader.boxes()

    def __contains__(self, item_id: object) -> bool:
        """Tell whether there is an item of this id."""
        return isinstance(item_id, str) and self._shard_of(item_id) is not None

    def fault(self, shard: int) -> str | None:
        """Return why a shard is not the right one in its place, or None where it is.

        Raises:
            FileError: It, or one that it is compared with, cannot be read.
            KeyProblemError: The key does not open it.
        """
        last = len(self._paths) - 1
        meta = self._reader(shard).meta_message
        if not meta.HasField("shard"):
            return f"the file is no shard, but holds a whole subset {meta.subset!r}"
        if meta.shard.index != shard:
            return f"shard {meta.shard.index} is in the place of shard {shard}"
        if _without_place(meta) != _without_place(self._reader(0).meta_message):
            return "its META is not that of shard 0: it is from another dataset, or another writing"
        previous = self._reader(shard - 1).footer_digest() if shard else b""
        if meta.shard.previous != previous:
            return f"it was not written behind this shard {shard - 1}: one of the two is from another writing"
        ends = self._reader(shard).footer.last_shard
        if shard < last and ends:
            return f"it is the last shard of its writing, but {last - shard} more are here"
        if shard == last and not ends:
            return "it is not the last shard of its writing: those behind it are missing"
        return None

    def close(self) -> None:
        """Close all files; closing again does nothing."""
        self._closed = True
        for reader in self._readers:
            reader.close()

    def __getstate__(self) -> dict[str, object]:
        """Return what another process needs to open the files again; that includes the key."""
        return {"_paths": self._paths, "_key": self._key, "_media_root": self._media_root}

    def __repr__(self) -> str:
        """Name the first file and how many there are, not the key."""
        return f"ShardedReader({str(self._paths[0])!r} and {len(self._paths) - 1} more)"

    def _reader(self, shard: int) -> DatumReader:
        """Return the reader of a shard, which may open its file; another one's may be released for it."""
        if self._closed:
            message = f"{self._paths[0]}: the reader is closed"
            raise ClosedError(message)
        self._open.pop(shard, None)
        self._open[shard] = None
        while len(self._open) > OPEN_SHARDS:
            try:
                oldest = next(iter(self._open))
            except (StopIteration, RuntimeError):  # another thread changed them at this moment, and looks after it
                break
            self._open.pop(oldest, None)
            self._readers[oldest].release()
        return self._readers[shard]

    def _first(self) -> DatumReader:
        self._check(0)
        return self._reader(0)

    def _check(self, shard: int) -> None:
        if shard in self._checked:
            return
        fault = self.fault(shard)
        if fault is not None:
            raise ShardError(fault, self._paths[shard])
        self._checked.add(shard)

    def _check_number(self) -> None:
        """See before anything else that there are neither more shards nor fewer than were written."""
        last = len(self._paths) - 1
        reader = self._reader(last)
        if reader.meta_message.shard.index != last or not reader.footer.last_shard:
            self._check(last)

    def _all_starts(self) -> list[int]:
        """Return the index of each shard's first item, and at the end the count of all."""
        if self._closed or self._starts is None:
            shards = range(len(self._paths))
            with ThreadPoolExecutor(min(_INDEX_THREADS, len(shards))) as threads:
                counts = list(threads.map(lambda shard: len(self._reader(shard)), shards))
            self._check_number()
            for shard in shards:
                self._check(shard)
            self._starts = list(accumulate(counts, initial=0))
        return self._starts

    def _item_at(self, index: int) -> Item:
        starts = self._all_starts()
        shard = bisect_right(starts, index) - 1
        return self._reader(shard)[index - starts[shard]]

    def _item_of(self, item_id: str) -> Item | None:
        shard = self._shard_of(item_id)
        return None if shard is None else self._reader(shard)[item_id]

    def _holder(self) -> str:
        return f"the {len(self._paths)} shards have"

    def _shard_of(self, item_id: str) -> int | None:
        self._all_starts()
        shards = range(len(self._paths))
        # INDEX stays in memory: only those shards are opened again that may have it.
        candidates = (shard for shard in shards if self._readers[shard].may_have(item_id))
        return next((shard for shard in candidates if item_id in self._reader(shard)), None)


def _without_place(meta: Meta) -> bytes:
    plain = type(meta)()
    plain.CopyFrom(meta)
    plain.ClearField("shard")
    return plain.SerializeToString(deterministic=True)
