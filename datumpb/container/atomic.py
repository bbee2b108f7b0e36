"""Files that appear whole or not at all: written beside their place, made durable, then renamed into it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.container.claim import Claim, hidden_name

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

PARTIAL_SUFFIX = ".partial"


class AtomicFile:
    """A new file at `path`, visible there only after `commit`; until then it is a hidden `.*.partial` file beside it.

    As a context manager it commits at the end of the block, or leaves nothing where the block raises. What a killed
    process leaves is removed by the next one that writes to the same path.

    Attributes:
        file: The hidden file, open for writing.
        partial: Its path.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Create the hidden file.

        Raises:
            OutputBusyError: Another writer is making the same file.
            OSError: The folder does not exist or cannot be written to.
        """
        self._path = Path(path)
        self._claim = Claim(self._path.with_name(hidden_name(self._path, PARTIAL_SUFFIX)))
        self.file = self._claim.file
        self.partial = self._claim.path

    def commit(self) -> None:
        """Make the file durable and put it in its place, replacing what was there.

        Raises:
            OSError: The disk is full, or the file cannot be put there.
        """
        os.fsync(self.file.fileno())
        self._claim.rename(self._path)
        sync_folder(self._path.parent)

    def discard(self) -> None:
        """Remove the hidden file; what stands at `path` stays as it is."""
        self._claim.remove()

    def __enter__(self) -> Self:
        """Return the file itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit, or discard where the block raised."""
        if kind is not None:
            self.discard()
            return
        try:
            self.commit()
        except BaseException:
            self.discard()
            raise


def sync_folder(path: Path) -> None:
    """Make renames inside a folder durable, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
