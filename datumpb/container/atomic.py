"""Files that appear whole or not at all: written beside their place, made durable, then renamed into it."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

PARTIAL_SUFFIX = ".partial"
_SHOWN_NAME = 50  # characters, of up to four bytes


class AtomicFile:
    """A new file at `path`, visible there only after `commit`; until then it is a hidden `.*.partial` file beside it.

    As a context manager it commits at the end of the block, or leaves nothing where the block raises.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Create the hidden file.

        Raises:
            OSError: The folder does not exist or cannot be written to.
        """
        self._path = Path(path)
        self._partial = self._path.with_name(hidden_name(self._path, PARTIAL_SUFFIX))
        # Without a buffer: a process forked meanwhile would write the same bytes again when it ends.
        self.file = self._partial.open("xb", buffering=0)

    def commit(self) -> None:
        """Make the file durable and put it in its place, replacing what was there.

        Raises:
            OSError: The disk is full, or the file cannot be put there.
        """
        os.fsync(self.file.fileno())
        self.file.close()
        self._partial.replace(self._path)
        sync_folder(self._path.parent)

    def discard(self) -> None:
        """Remove the hidden file; what stands at `path` stays as it is."""
        with contextlib.suppress(OSError):  # some network disks tell only now that they are full
            self.file.close()
        self._partial.unlink(missing_ok=True)

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


def hidden_name(path: Path, suffix: str) -> str:
    """Return a new name for what becomes `path` later. It does not get too long where that one is as long as may be."""
    return f".{path.name[:_SHOWN_NAME]}.{secrets.token_hex(4)}{suffix}"


def sync_folder(path: Path) -> None:
    """Make renames inside a folder durable, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
