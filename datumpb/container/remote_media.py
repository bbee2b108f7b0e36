"""The media of a dataset behind a URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.container.media_file import EncryptedMediaFolder, decrypted
from datumpb.errors import MediaMismatchError, MediaNotFoundError, MediaPathError, RemoteError
from datumpb.model.media_folder import CHUNK_SIZE, checked
from datumpb.model.media_path import check_media_path
from datumpb.storage.location import RemotePath

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.model.media import MediaRef, MediaSource
    from datumpb.storage.location import Location


class RemoteMediaFolder:
    """The folder of a dataset behind a URL, as the source of its media (a `MediaSource`).

    A file of known size that is not larger than 1 MiB takes one request. There are no links that could lead out of it.

    Attributes:
        root: The folder.
    """

    def __init__(self, root: RemotePath, key: str | bytes | None) -> None:
        """Name the folder and its key; None: nothing in it is encrypted, or it cannot be decrypted."""
        self.root = root
        self._key = key

    def __eq__(self, other: object) -> bool:
        """Tell whether the other one gives the same bytes for a path: the same folder, opened the same way."""
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        """Return a hash that agrees with `==`."""
        return hash(self.root)

    def chunks(self, ref: MediaRef) -> Iterator[bytes]:
        """Yield the bytes of a media file piece by piece; size and checksum are compared before the last one is.

        Raises:
            MediaNotFoundError: There is no such file, or it cannot be read.
            MediaPathError: The path leads out of the folder.
            MediaMismatchError: The file is not the one that `ref` means.
        """
        if ref.path is None:
            message = "the bytes of this media are not part of the dataset"
            raise MediaNotFoundError(message)
        check_media_path(ref.path)
        try:
            full = self.root / ref.path
        except RemoteError as error:
            raise MediaPathError(error.message, ref.path) from error
        if not ref.encrypted:
            yield from checked(_plain(full, ref.size), ref)
        elif self._key is None:
            message = "this media file is encrypted, and its dataset was opened without the key"
            raise MediaMismatchError(message, ref.path)
        else:
            yield from checked(decrypted(full, ref.path, self._key), ref)

    def plain_file(self, _ref: MediaRef) -> None:
        """Return None: there is no file of this machine."""
        return


def media_folder(root: Location, key: str | bytes | None) -> MediaSource:
    """Return the source of the media in a dataset's folder."""
    return RemoteMediaFolder(root, key) if isinstance(root, RemotePath) else EncryptedMediaFolder(root, key)


def _plain(full: RemotePath, size: int | None) -> Iterator[bytes]:
    try:
        size = size or int(full.info()["size"] or 0)
        for start in range(0, size, CHUNK_SIZE):
            end = start + CHUNK_SIZE
            # One byte more than there should be: a longer file is another one.
            chunk = full.read_range(start, size + 1 if end >= size else end)
            yield chunk
            if start + len(chunk) < min(end, size):
                return
    except RemoteError as error:
        message = f"cannot read this media file: {error.message}"
        raise MediaNotFoundError(message, full) from error
