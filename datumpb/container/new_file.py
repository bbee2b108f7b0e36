"""Files of a folder that is put in its place as a whole, so that nobody looks at one of them before."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self


class NewFile:
    """A file that was not there before; it is durable at the end of the block, and gone where that raised.

    Attributes:
        file: The file, open for writing, without a buffer.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Create the file.

        Raises:
            FileExistsError: It is there already.
            OSError: The folder does not exist or cannot be written to.
        """
        self._path = Path(path)
        self.file = self._path.open("xb", buffering=0)

    def __enter__(self) -> Self:
        """Return the file itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Make the file durable, or remove it where the block raised.

        Raises:
            OSError: The disk is full.
        """
        durable = False
        try:
            if kind is None:
                os.fsync(self.file.fileno())
                durable = True
        finally:
            self.file.close()
            if not durable:
                self._path.unlink()
