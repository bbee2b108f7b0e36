"""Writing a subset in shards: one annotation file after the other, each bound to the one before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datumpb.container.annotation_file import AnnotationFile
from datumpb.container.shard_place import ShardPlace
from datumpb.dataset import layout
from datumpb.dataset.subset_files import MAX_SHARDS, shard_file
from datumpb.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

    from datumpb.container.block_cutter import PackedBlock
    from datumpb.messages import Meta

_SIZE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?) ?(?P<unit>[kMGT]i?)?B?", re.IGNORECASE)
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}


@dataclass(frozen=True, slots=True)
class Sharding:
    """How a subset is divided; one of both is given.

    Attributes:
        count: Into so many shards.
        size: Into shards of so many bytes at the most.
    """

    count: int | None = None
    size: int | None = None

    @classmethod
    def of(cls, num_shards: int | None, shard_size: int | str | None) -> Sharding | None:
        """Return what options ask for; None: a subset is one file.

        Raises:
            OptionError: They contradict each other, or are no such number.
        """
        message = None
        if num_shards is not None and shard_size is not None:
            message = "num_shards and shard_size: give one of both"
        elif num_shards is not None and not 1 <= num_shards <= MAX_SHARDS:
            message = f"num_shards is from 1 to {MAX_SHARDS}, not {num_shards}"
        if message is not None:
            raise OptionError(message)
        if shard_size is not None:
            return cls(size=_bytes(shard_size))
        return None if num_shards is None else cls(count=num_shards)

    def starts(self, count: Callable[[], int]) -> list[int]:
        """Return the items that begin a shard, but for the first; none where the sizes of shards are given.

        Args:
            count: Tells how many items there are; only asked where it matters.
        """
        if self.count is None:
            return []
        items = count()
        return [shard * items // self.count for shard in range(1, self.count)]


def _bytes(size: int | str) -> int:
    match = _SIZE.fullmatch(str(size).strip())
    number = 0 if match is None else int(float(match["number"]) * _FACTORS[(match["unit"] or "").lower()])
    if number < 1:
        message = f"shard_size: a size such as 100MB or 64MiB expected, not {size!r}"
        raise OptionError(message)
    return number


class ShardWriter:
    """Writes the shards of one subset. Nothing has its final name before `close`: only then their number is known.

    Attributes:
        max_body_size: The largest body that a record may have, in bytes.
        starts: The items with which a block has to begin, as they are the first of a shard.
    """

    def __init__(self, root: Path, meta: Meta, key: str | None, sharding: Sharding, starts: list[int]) -> None:
        """Begin the first shard.

        Args:
            root: The dataset's folder.
            meta: META of the subset.
            key: The text of the key to encrypt with; None: they are not encrypted.
            sharding: How the subset is divided.
            starts: What `Sharding.starts` returned.

        Raises:
            InvalidItemError: The subset's name cannot be that of a file.
            OSError: A file cannot be created.
        """
        self._root = root
        self._meta = meta
        self._key = key
        self._size = sharding.size
        self.starts = starts
        self._written: list[Path] = []
        layout.annotation_file(root, meta.subset)
        self._file = self._begin(b"")
        self.max_body_size = self._file.max_body_size

    def write(self, block: PackedBlock) -> None:
        """Append a block, to the shard that it belongs to.

        Raises:
            OptionError: It would take more shards than there may be.
            OSError: The disk is full, or a file cannot be written to.
        """
        while len(self._written) < len(self.starts) and block.first_item >= self.starts[len(self._written)]:
            self._next()
        if self._size is not None and self._file.items and self._file.size_with(block) > self._size:
            self._next()
        self._file.write(block)

    def close(self) -> None:
        """Finish the last shard, and give all of them their names.

        Raises:
            OSError: The disk is full, or a file cannot be written to.
        """
        while len(self._written) < len(self.starts):
            self._next()
        self._file.close(last_shard=True)
        self._written.append(self._hidden())
        for index, file in enumerate(self._written):
            file.rename(shard_file(self._root, self._meta.subset, index, len(self._written)))

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish, or give up where the block raised; shards that were finished go with the output's folder."""
        if kind is None:
            self.close()
        else:
            self._file.abort()

    def _next(self) -> None:
        digest = self._file.close()
        self._written.append(self._hidden())
        if len(self._written) == MAX_SHARDS:
            message = f"shard_size: subset {self._meta.subset!r} would get more than {MAX_SHARDS} shards"
            raise OptionError(message)
        self._file = self._begin(digest)

    def _begin(self, previous: bytes) -> AnnotationFile:
        place = ShardPlace(len(self._written), previous)
        return AnnotationFile(self._hidden(), place.mark(self._meta), self._key)

    def _hidden(self) -> Path:
        return self._root / layout.ANNOTATIONS / f".shard-{len(self._written):05}"
