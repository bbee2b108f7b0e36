"""Encrypted media files: the same container, with the file's bytes in MEDIA records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from datumpb.container.file_reader import FileReader
from datumpb.container.header import DEFAULT_MAX_RECORD_SIZE
from datumpb.container.new_file import NewFile
from datumpb.container.record_writer import RecordWriter
from datumpb.container.sources import open_source
from datumpb.errors import (
    DamagedFileError,
    FileError,
    MediaMismatchError,
    MediaNotFoundError,
    RemoteError,
    UnexpectedKeyError,
    WrongKeyError,
)
from datumpb.messages import ContentType, Footer, MediaMeta, RecordKind
from datumpb.model.media_folder import MediaFolder

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from datumpb.container.bytes_source import BytesSource
    from datumpb.model.media import MediaRef
    from datumpb.storage.location import Location

RECORD_SIZE = 1 << 18


def write_media(target: str | os.PathLike[str], path: str, chunks: Iterable[bytes], key: str | bytes) -> None:
    """Encrypt a media file.

    Args:
        target: Where the encrypted file is put: in a folder that is not in use yet.
        path: The path under which the dataset knows it (`MediaRef.path`).
        chunks: Its bytes, in pieces of any size.
        key: The text of the key.

    Raises:
        InvalidKeyError: The key is not one.
        FileExistsError: There is a file already.
        OSError: The file cannot be written; none is left then.
    """
    meta = MediaMeta(path=path).SerializeToString()
    size = 0
    with NewFile(target) as new:
        records = RecordWriter(new.file, ContentType.CONTENT_TYPE_MEDIA, meta, key, DEFAULT_MAX_RECORD_SIZE)
        for piece in _pieces(chunks):
            records.write(RecordKind.RECORD_KIND_MEDIA, piece)
            size += len(piece)
        records.finish(Footer(media_size=size))


def read_media(source: BytesSource, path: str, key: str | bytes) -> Iterator[bytes]:
    """Yield the bytes of an encrypted media file piece by piece, the last one when the whole file was found sound.

    Args:
        source: The file.
        path: The path under which the dataset knows it: a file moved or swapped is refused.
        key: The text of the key.

    Raises:
        FileError: It is not an encrypted media file, or damaged.
        KeyProblemError: The key does not open it.
    """
    reader = FileReader(source, key, ContentType.CONTENT_TYPE_MEDIA)
    try:
        meta = MediaMeta.FromString(reader.meta())
    except DecodeError as error:
        message = "META cannot be parsed"
        raise DamagedFileError(message, source.path) from error
    if meta.path != path:
        message = "this is another media file of the dataset, moved here"
        raise DamagedFileError(message, source.path)
    size, held = 0, b""
    for body in reader.bodies(RecordKind.RECORD_KIND_MEDIA):
        size += len(body)
        if held:
            yield held
        held = body
    if size != reader.footer.media_size:
        message = f"{reader.footer.media_size} bytes were written, {size} are there"
        raise DamagedFileError(message, source.path)
    if held:
        yield held


class EncryptedMediaFolder(MediaFolder):
    """The folder of a dataset, whose encrypted media files are decrypted while they are read."""

    def __init__(self, root: str | os.PathLike[str], key: str | bytes | None) -> None:
        """Name the folder and its key; None: nothing in it is encrypted."""
        super().__init__(root)
        self._key = key

    def _stored(self, full: Path, ref: MediaRef) -> Iterator[bytes]:
        if not ref.encrypted or self._key is None or ref.path is None:
            yield from super()._stored(full, ref)
        else:
            yield from decrypted(full, ref.path, self._key)


def decrypted(full: Location, path: str, key: str | bytes) -> Iterator[bytes]:
    """Yield the bytes of an encrypted media file of a dataset piece by piece.

    Args:
        full: Where it is.
        path: The path under which the dataset knows it.
        key: The text of the key.

    Raises:
        MediaNotFoundError: It cannot be read.
        MediaMismatchError: It is not that of the dataset.
    """
    try:
        with open_source(full) as source:
            try:
                yield from read_media(source, path, key)
            except RemoteError:
                raise
            except FileError as error:
                message = f"the encrypted media file cannot be used: {error.message}"
                raise MediaMismatchError(message, full) from error
            except (UnexpectedKeyError, WrongKeyError) as error:
                message = "the key of the dataset does not open this media file: it was replaced by another"
                raise MediaMismatchError(message, full) from error
    except FileError as error:
        message = f"cannot read this media file: {error.message}"
        raise MediaNotFoundError(message, full) from error


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    pending = bytearray()
    for chunk in chunks:
        pending += chunk
        while len(pending) >= RECORD_SIZE:
            yield bytes(pending[:RECORD_SIZE])
            del pending[:RECORD_SIZE]
    if pending:
        yield bytes(pending)
