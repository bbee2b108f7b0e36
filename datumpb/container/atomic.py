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
        self._partial = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}{PARTIAL_SUFFIX}")
        self.file = self._partial.open("xb")

    def commit(self) -> None:
        """Make the file durable and put it in its place, replacing what was there.

        Raises:
            OSError: The disk is full, or the file cannot be put there.
        """
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        self._partial.replace(self._path)
        sync_folder(self._path.parent)

    def discard(self) -> None:
        """Remove the hidden file; what stands at `path` stays as it is."""
        with contextlib.suppress(OSError):  # the bytes that a full disk refused are not wanted any more
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


def sync_folder(path: Path) -> None:
    """Make renames inside a folder durable, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
