"""A piece of a file in memory, read at the offsets of the file."""

from __future__ import annotations

from datumpb.container.bytes_source import BytesSource


class FilePiece(BytesSource):
    """A piece of a file, read at once; only what is in it can be read."""

    def __init__(self, source: BytesSource, offset: int, size: int) -> None:  # no file is opened
        """Read the piece.

        Args:
            source: The file.
            offset: Where the piece begins.
            size: How long it is.

        Raises:
            FileError: It cannot be read.
        """
        self.path = source.path
        self.size = source.size
        self._offset = offset
        self._data = source.read_exactly(offset, size)

    def read_at(self, offset: int, size: int) -> bytes:
        """Return exactly `size` bytes from `offset`, which lie in the piece."""
        start = offset - self._offset
        return self._data[start : start + size]

    def close(self) -> None:
        """Do nothing: the piece goes with its last reference."""
