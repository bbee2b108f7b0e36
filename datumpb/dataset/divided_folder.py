"""The folder of a datumpb dataset, read block by block, by any number of processes."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.container.reader import DatumReader
from datumpb.container.sharded_reader import ShardedReader
from datumpb.dataset.directory import DatasetFolder
from datumpb.errors import ChangedFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datumpb.model.item import Item

# Some thousand images with outlines.
_LARGE = 3 << 20


class DividedFolder(DatasetFolder):
    """A datumpb dataset on this machine (a `DividedSource`): its folder, or one annotation file of it."""

    divided = True

    def is_large(self) -> bool:
        """Tell by the sizes of the annotation files whether there are some thousand items."""
        paths = [path for reader in self._readers.values() for path in reader.paths]
        return sum(path.stat().st_size for path in paths if isinstance(path, Path) and path.is_file()) >= _LARGE

    def parts(self, subset: str) -> Iterator[BlockPart]:
        """Yield the items of a subset block by block.

        Raises:
            FileError: A file is damaged, or not the right one.
        """
        reader = self.reader(subset)
        for one in reader.in_order() if isinstance(reader, ShardedReader) else [reader]:
            digest = one.footer_digest()
            for block in range(len(one.block_starts) - 1):
                yield BlockPart(one, self.key, digest, block)


class BlockPart:
    """The items of one block, to be read here or in another process (a `SourcePart`). What is sent has the key."""

    def __init__(self, reader: DatumReader, key: str | bytes | None, digest: bytes, block: int) -> None:
        """Name a block.

        Args:
            reader: Reads its file.
            key: The text of the file's key.
            digest: SHA-256 of the file's FOOTER.
            block: The number of the block.
        """
        self._reader = reader
        self._key = key
        self._digest = digest
        self._block = block

    def items(self, wanted: Callable[[str], bool] | None = None) -> Iterator[Item]:
        """Yield the items in their order, or those whose ids are wanted.

        Raises:
            FileError: The file is damaged, or was replaced.
        """
        self._check_unchanged()
        yield from self._reader.block(self._block, wanted)

    def ids(self) -> Iterator[str]:
        """Yield the ids of the items.

        Raises:
            FileError: The file is damaged, or was replaced.
        """
        self._check_unchanged()
        yield from self._reader.block_ids(self._block)

    def _check_unchanged(self) -> None:
        if self._reader.footer_digest() != self._digest:
            message = "this file was replaced while it was read"
            raise ChangedFileError(message, self._reader.path)

    def __reduce__(self) -> tuple[Callable[..., BlockPart], tuple[object, ...]]:
        """Return what makes it anew elsewhere, with one reader for all blocks of a file."""
        return _received, (self._reader.path, self._key, self._digest, self._block)


def _received(path: Path, key: str | bytes | None, digest: bytes, block: int) -> BlockPart:
    return BlockPart(_reader(path, key, digest), key, digest, block)


@functools.lru_cache(maxsize=1)
def _reader(path: Path, key: str | bytes | None, _version: bytes) -> DatumReader:
    return DatumReader(path, key)
