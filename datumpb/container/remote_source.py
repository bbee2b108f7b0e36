"""Reading at any offset of a file behind a URL, in few requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datumpb.container.bytes_source import BytesSource
from datumpb.errors import ChangedFileError, RemoteError, TruncatedFileError

if TYPE_CHECKING:
    from datumpb.storage.location import RemotePath

# Each end holds several records that are read one after the other; together they are one read.
END_SIZE = 1 << 16
# A file that is not much larger than its ends is read at once.
SMALL_FILE = 1 << 18
# Reading on from where the last read ended takes twice as much each time, up to this.
LONGEST_READ = 1 << 22
# What storage may tell of a file's version, by the names that fsspec's file systems have for it.
_VERSION_NAMES = ("size", "ETag", "etag", "mtime", "LastModified", "generation", "version_id", "VersionId")


class RemoteSource(BytesSource):
    """A file behind a URL. Threads may read at once; what is kept of it may be read in forked processes, too.

    Opening it is one request for its size. Both ends are kept when something of them was read.

    Attributes:
        path: The file.
        size: Its size in bytes when it was opened.
    """

    def __init__(self, path: RemotePath) -> None:  # no file of this machine is opened
        """Ask for the file's size.

        Raises:
            RemoteNotFoundError: There is no such file.
            RemoteError: It cannot be opened, or its storage does not tell its size or give parts of it.
        """
        self.path: RemotePath = path
        info = path.info()
        if info["type"] != "file":
            message = "this is a folder"
            raise RemoteError(message, path)
        if info["size"] is None:
            message = "the server does not tell how large the file is"
            raise RemoteError(message, path)
        self.size = int(info["size"])
        self.ahead = True
        self._version = _version(info)
        self._closed_already = False
        # Pieces by their offsets. Each is replaced as a whole: threads that race do the same work twice, and no harm.
        self._first = self._last = self._recent = (0, b"")

    def read_at(self, offset: int, size: int) -> bytes:
        """Return exactly `size` bytes from `offset`.

        Raises:
            TruncatedFileError: The file ends before that.
            RemoteError: It cannot be read.
            ChangedFileError: It is not the file any more that was opened.
            ClosedError: The source was closed.
        """
        if self._closed_already:
            raise self._closed()
        if offset + size > self.size:
            message = f"the file ends at byte {self.size}, in the middle of something"
            raise TruncatedFileError(message, self.path, offset)
        for start, data in (self._first, self._last, self._recent):
            if start <= offset and offset + size <= start + len(data):
                return data[offset - start : offset - start + size]
        return self._read(offset, size)[:size]

    def _read(self, offset: int, size: int) -> bytes:
        """Read a piece that begins with what is asked for, and keep it."""
        if self.size <= SMALL_FILE:
            self._first = (0, self._request(0, self.size))
            return self._first[1][offset:]
        tail = self.size - END_SIZE
        if offset + size <= END_SIZE:
            self._first = (0, self._request(0, END_SIZE))
            return self._first[1][offset:]
        if offset >= tail:
            self._last = (tail, self._request(tail, self.size))
            return self._last[1][offset - tail :]
        start, data = self._recent
        goes_on = bool(data) and start <= offset <= start + len(data)
        wanted = max(size, min(2 * len(data), LONGEST_READ) if goes_on else END_SIZE)
        read = self._request(offset, min(offset + wanted, self.size))
        self._recent = (offset, read)
        return read

    def read_exactly(self, offset: int, size: int) -> bytes:
        """Return `size` bytes from `offset` by a request of their own, of which nothing is kept.

        Raises:
            TruncatedFileError: The file ends before that.
            RemoteError: It cannot be read.
            ChangedFileError: It is not the file any more that was opened.
        """
        return self._request(offset, offset + size)

    def _request(self, start: int, end: int) -> bytes:
        data = self.path.read_range(start, end)
        if len(data) != end - start:
            self.check_unchanged()
            message = f"{end - start} bytes were asked for, {len(data)} came"
            raise RemoteError(message, self.path, start)
        return data

    def check_unchanged(self) -> None:
        """See that the file is still the one that was opened.

        Raises:
            ChangedFileError: It is not.
            RemoteError: It cannot be asked.
        """
        if _version(self.path.info()) != self._version:
            message = "the file was replaced while it was read: open it again"
            raise ChangedFileError(message, self.path)

    def close(self) -> None:
        """Forget what was read; closing again does nothing."""
        self._closed_already = True
        self._first = self._last = self._recent = (0, b"")


def _version(info: dict[str, Any]) -> dict[str, object]:
    return {name: info[name] for name in _VERSION_NAMES if name in info}
