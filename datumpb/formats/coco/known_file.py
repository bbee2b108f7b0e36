"""A file that was looked through once, to be opened again as long as it is the same."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from datumpb.errors import SourceFormatError

if TYPE_CHECKING:
    from io import FileIO
    from pathlib import Path
    from typing import Any


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as it was when it was looked through; can be sent to another process.

    Attributes:
        path: Where it is.
        size: Its size in bytes.
        changed: When it was changed last, in nanoseconds.
    """

    path: Path
    size: int
    changed: int

    @classmethod
    def of(cls, path: Path, file: IO[Any]) -> KnownFile:
        """Return what is known of an open file."""
        status = os.fstat(file.fileno())
        return cls(path, status.st_size, status.st_mtime_ns)

    def open(self) -> FileIO:
        """Open the file again, to read a piece here and a piece there.

        Raises:
            SourceFormatError: It cannot be read, or is not the same any more.
        """
        try:
            file = self.path.open("rb", buffering=0)
        except OSError as error:
            raise unreadable(self.path, error) from error
        if KnownFile.of(self.path, file) != self:
            file.close()
            message = "this file was changed while it was read"
            raise SourceFormatError(message, self.path)
        return file


def unreadable(path: Path, error: OSError) -> SourceFormatError:
    """Return the error of a file that the system does not open."""
    message = f"cannot read this file: {error.strerror}"
    return SourceFormatError(message, path)
