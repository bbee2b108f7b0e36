"""Media files in a dataset's folder: found by their path inside of it, never outside, and checked while read."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.errors import MediaMismatchError, MediaNotFoundError, MediaPathError
from datumpb.model.links import leads_out
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

    from datumpb.model.media import MediaRef

CHUNK_SIZE = 1 << 20


class MediaFolder:
    """The folder of a dataset, as the source of its media (a `MediaSource`).

    Attributes:
        root: The folder.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        """Name the folder; nothing is read yet."""
        self.root = Path(root)

    def __eq__(self, other: object) -> bool:
        """Tell whether the other one gives the same bytes for a path: the same folder, opened the same way."""
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        """Return a hash that agrees with `==`."""
        return hash(self.root)

    def chunks(self, ref: MediaRef) -> Iterator[bytes]:
        """Yield the bytes of a media file piece by piece; size and checksum are compared before the last one is.

        Raises:
            MediaNotFoundError: There is no such file.
            MediaPathError: The path leads out of the folder.
            MediaMismatchError: The file is not the one that `ref` means.
        """
        if ref.path is None:
            message = "the bytes of this media are not part of the dataset"
            raise MediaNotFoundError(message)
        yield from checked(self._stored(self.resolve(ref.path), ref), ref)

    def plain_file(self, ref: MediaRef) -> Path | None:
        """Return the file that has the bytes; None where they are encrypted.

        Raises:
            MediaPathError: The path leads out of the folder.
        """
        return None if ref.encrypted or ref.path is None else self.resolve(ref.path)

    def resolve(self, path: str) -> Path:
        """Return where a media path leads.

        Raises:
            MediaPathError: Out of the folder.
        """
        check_media_path(path)
        if leads_out(self.root, path):
            message = "this media path leads out of the dataset through a link"
            raise MediaPathError(message, path)
        return self.root / path

    def _stored(self, full: Path, ref: MediaRef) -> Iterator[bytes]:
        if ref.encrypted:
            message = "this media file is encrypted, and its dataset was opened without the key"
            raise MediaMismatchError(message, ref.path)
        try:
            with full.open("rb") as file:
                while chunk := file.read(CHUNK_SIZE):
                    yield chunk
        except OSError as error:
            message = f"cannot read this media file: {error.strerror}"
            raise MediaNotFoundError(message, full) from error


def checked(chunks: Iterable[bytes], ref: MediaRef) -> Iterator[bytes]:
    """Yield the pieces of a media file, the last one when size and checksum were compared.

    Raises:
        MediaMismatchError: The file is not the one that `ref` means.
    """
    size, crc32, held = 0, 0, b""
    for chunk in chunks:
        size += len(chunk)
        crc32 = zlib.crc32(chunk, crc32)
        if ref.size is not None and size > ref.size:
            break
        if held:
            yield held
        held = chunk
    if ref.size is not None and size != ref.size:
        message = f"not the file that the item means: its size is not {ref.size} bytes"
        raise MediaMismatchError(message, ref.path)
    if ref.crc32 is not None and crc32 != ref.crc32:
        message = "not the file that the item means: its checksum differs"
        raise MediaMismatchError(message, ref.path)
    if held:
        yield held
