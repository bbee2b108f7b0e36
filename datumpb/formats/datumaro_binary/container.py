"""The layout of a file: a signature, five headers, the sizes of its blobs, and the blobs with the items.

::

    signature
    header: version of the format, and whether media are encrypted     never encrypted
    proof of the key, empty in a plain file
    header: infos                                                      from here on each part is a token by itself
    header: categories
    header: media type
    sizes of the blobs                                                 a list of 32-bit numbers
    blobs                                                              items, one after the other
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import numpy as np

from datumpb.errors import SourceFormatError
from datumpb.formats.datumaro_binary.primitives import UINT32, Cursor, pack_json, pack_numbers
from datumpb.formats.datumaro_binary.signature import SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datumpb.dataset.json_values import JsonMap
    from datumpb.formats.datumaro_binary.fernet import Cipher

VERSION = "1.0"
BLOB_SIZE = 1 << 20
"""A blob ends with the item that makes it larger than this, in bytes before encryption."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the blobs.

    Attributes:
        encrypted: Whether the file is encrypted.
        media_encrypted: Whether images are, too.
        infos: Anything about the dataset.
        categories: As JSON.
        categories_at: Where they stand, in bytes from the file's start.
        media_type: The number of the kind of media.
        media_type_at: Where it stands.
        starts: Where each blob begins, and where the last one ends: (N + 1,) int64.
    """

    encrypted: bool
    media_encrypted: bool
    infos: JsonMap
    categories: JsonMap
    categories_at: int
    media_type: int
    media_type_at: int
    starts: np.ndarray


class _Parts:
    """Reads the parts of a file one after the other."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self.path = path
        self._file = file
        self.size = file.seek(0, 2)
        self.offset = 0
        file.seek(0)

    def take(self, size: int) -> bytes:
        if size > self.size - self.offset:
            message = f"ends too early: {size} bytes expected, {self.size - self.offset} left"
            raise SourceFormatError(message, self.path, f"byte {self.offset}")
        self.offset += size
        return self._file.read(size)

    def part(self) -> bytes:
        size: int = UINT32.unpack(self.take(UINT32.size))[0]
        return self.take(size)

    def cursor(self, cipher: Cipher | None = None) -> Cursor:
        start = self.offset + UINT32.size
        data = self.part()
        return opened(data, self.path, start, cipher) if cipher else Cursor(data, self.path, start)


def opened(data: bytes, path: Path, start: int, cipher: Cipher | None) -> Cursor:
    """Return a cursor over a part of a file, decrypted where it is encrypted.

    Raises:
        SourceFormatError: It cannot be decrypted.
    """
    if not cipher:
        return Cursor(data, path, start)
    plain = cipher.open(data)
    if plain is None:
        message = "damaged: this part cannot be decrypted"
        raise SourceFormatError(message, path, f"byte {start}")
    return Cursor(plain, path, start, decrypted=True)


def is_encrypted(path: Path) -> bool:
    """Tell whether a file is encrypted.

    Raises:
        SourceFormatError: It does not follow the format.
    """
    with opening(path) as file:
        parts = _Parts(path, file)
        _version(parts)
        return bool(parts.part())


def read_head(path: Path, cipher: Cipher) -> Head:
    """Read everything before the blobs.

    Raises:
        SourceFormatError: The file cannot be read, or does not follow the format.
        KeyProblemError: The key does not fit the file.
    """
    with opening(path) as file:
        parts = _Parts(path, file)
        version = _version(parts)
        proof_at = parts.offset
        proof = parts.part()
        cipher.check(proof, path, proof_at)
        infos, _ = _header(parts, cipher)
        categories, categories_at = _header(parts, cipher)
        kind, media_type_at = _header(parts, cipher)
        starts = _starts(parts, cipher)
    media_type = kind.get("media_type")
    if type(media_type) is not int:
        message = "media_type has to be a whole number"
        raise SourceFormatError(message, path, f"byte {media_type_at}")
    return Head(
        encrypted=bool(proof),
        media_encrypted=bool(proof) and version.get("media_encryption") is True,
        infos=infos,
        categories=categories,
        categories_at=categories_at,
        media_type=media_type,
        media_type_at=media_type_at,
        starts=starts,
    )


@contextlib.contextmanager
def opening(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for reading.

    Raises:
        SourceFormatError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        message = f"cannot read this file: {error.strerror}"
        raise SourceFormatError(message, path) from error


def _version(parts: _Parts) -> JsonMap:
    if parts.take(min(len(SIGNATURE), parts.size)) != SIGNATURE:
        message = f"does not begin with {SIGNATURE.decode()!r}"
        raise SourceFormatError(message, parts.path, "byte 0")
    header, at = _header(parts, None)
    version = header.get("dm_format_version")
    if version != VERSION:
        message = f"version {version!r} of the format is not known, only {VERSION!r}"
        raise SourceFormatError(message, parts.path, f"byte {at}")
    return header


def _header(parts: _Parts, cipher: Cipher | None) -> tuple[JsonMap, int]:
    at = parts.offset
    cursor = parts.cursor(cipher)
    header = cursor.json()
    if cursor:
        message = "more than a JSON map"
        raise cursor.error(message)
    return header, at


def _starts(parts: _Parts, cipher: Cipher) -> np.ndarray:
    cursor = parts.cursor(cipher)
    sizes = cursor.numbers("<i4").astype(np.int64)
    if cursor:
        message = "more than the sizes of blobs"
        raise cursor.error(message)
    if sizes.size and sizes.min() <= 0:
        message = f"blob {int(sizes.argmin())} has the size {int(sizes.min())}"
        raise cursor.error(message, 0)
    starts = np.concatenate(([0], np.cumsum(sizes))) + parts.offset
    end = int(starts[-1])
    if end > parts.size:
        message = f"ends too early: the blobs end at {end}"
        raise SourceFormatError(message, parts.path, f"byte {parts.size}")
    if end < parts.size:
        message = "more data behind the last blob"
        raise SourceFormatError(message, parts.path, f"byte {end}")
    return starts


def pack_head(cipher: Cipher, headers: list[JsonMap], sizes: list[int], *, media_encrypted: bool) -> bytes:
    """Pack everything before the blobs.

    Args:
        cipher: Encrypts, where the file shall be.
        headers: Infos, categories and media type.
        sizes: The sizes of the blobs, encrypted.
        media_encrypted: Whether images are encrypted.
    """
    version = pack_json({"dm_format_version": VERSION, "media_encryption": media_encrypted})
    sealed = [cipher.seal(pack_json(header)) for header in headers]
    sealed.append(cipher.seal(pack_numbers(np.array(sizes, "<i4"))))
    return SIGNATURE + b"".join(UINT32.pack(len(part)) + part for part in (version, cipher.proof(), *sealed))
