"""Opening a file, wherever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.container.bytes_source import BytesSource
from datumpb.container.remote_source import RemoteSource
from datumpb.storage.location import RemotePath, location

if TYPE_CHECKING:
    import os


def open_source(path: str | os.PathLike[str] | RemotePath) -> BytesSource:
    """Open a file of this machine, or behind a URL.

    Raises:
        FileError: It cannot be opened.
        MissingExtraError: It is behind a URL, and a package for that is not installed.
    """
    place = location(path)
    return RemoteSource(place) if isinstance(place, RemotePath) else BytesSource(path)  # type: ignore[arg-type]
