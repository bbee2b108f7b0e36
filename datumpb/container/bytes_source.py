"""Reading at any offset of a file, by any number of threads and forked processes at once."""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING

from datumpb.errors import ClosedError, FileError, TruncatedFileError

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from datumpb.storage.location import RemotePath

_HAS_PREAD = hasattr(os, "pread")


class BytesSource:
    """A file, read by offset; it has no position that threads or forked processes could disturb for each other.

    Attributes:
        path: The file, as the caller named it.
        size: Its size in bytes when it was opened.
        ahead: Whether reading is slow to begin, so that it is worth to read ahead, and much at a time.
    """

    ahead = False

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open the file.

        Raises:
            FileError: It cannot be opened.
        """
        self.path: str | os.PathLike[str] | RemotePath = path
        try:
            self._file = open(path, "rb", buffering=0)  # noqa: PTH123, SIM115 -- held open, closed in close()
            self.size = os.fstat(self._file.fileno()).st_size
        except OSError as error:
            message = f"cannot open: {error.strerror}"
            raise FileError(message, path) from error
        except ValueError as error:  # no file can have this name
            message = f"cannot open: {error}"
            raise FileError(message, path) from error
        self._lock = threading.Lock()
        # Closed with the last reference, too: a dataset keeps readers and has no end of its own.
        weakref.finalize(self, self._file.close)

    def read_at(self, offset: int, size: int) -> bytes:
        """Return exactly `size` bytes from `offset`.

        Raises:
            TruncatedFileError: The file ends before that.
            FileError: The file cannot be read.
            ClosedError: The source was closed.
        """
        if self._file.closed:
            raise self._closed()
        if offset + size > self.size:
            message = f"the file ends at byte {self.size}, in the middle of something"
            raise TruncatedFileError(message, self.path, offset)
        pieces = []
        while size:
            piece = self._read_once(offset, size)
            if not piece:
                message = "the file became shorter while it was read"
                raise TruncatedFileError(message, self.path, offset)
            pieces.append(piece)
            offset += len(piece)
            size -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _read_once(self, offset: int, size: int) -> bytes:
        try:
            if _HAS_PREAD:
                return os.pread(self._file.fileno(), size, offset)
            with self._lock:
                self._file.seek(offset)
                return self._file.read(size) or b""
        except OSError as error:
            message = f"cannot read: {error.strerror}"
            raise FileError(message, self.path, offset) from error
        except ValueError:  # another thread closed it just now
            raise self._closed() from None

    def _closed(self) -> ClosedError:
        return ClosedError(f"{self.path}: the file was closed")

    def read_exactly(self, offset: int, size: int) -> bytes:
        """Return `size` bytes from `offset`, of which nothing is kept; errors are those of `read_at`."""
        return self.read_at(offset, size)

    def check_unchanged(self) -> None:
        """See that the file is still the one that was opened; an open file of this machine always is."""

    def close(self) -> None:
        """Close the file; closing again does nothing."""
        self._file.close()

    def __enter__(self) -> Self:
        """Return the source itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()
