"""Where the bytes of a file go: a file, a pipe, anything that takes bytes in order."""

from __future__ import annotations

import io
from typing import Protocol


class Sink(Protocol):
    """Takes bytes in order."""

    def write(self, data: bytes, /) -> int | None:
        """Take the bytes; return how many were taken, or None for all."""
        ...


def write_all(sink: Sink, data: bytes) -> None:
    """Write all of the bytes: a raw file or pipe may take less than it was given at once.

    Raises:
        OSError: The sink takes no more.
    """
    while data:
        taken = sink.write(data)
        if taken is None and not isinstance(sink, io.RawIOBase):
            return
        if not taken:  # a raw pipe that must not block says None for nothing
            message = "cannot write: the file or pipe takes no more bytes"
            raise BlockingIOError(message)
        data = data[taken:]
