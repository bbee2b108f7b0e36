"""Encryption as the format has it: Fernet tokens, of which each part of a file and each media file is one."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken

from datumpb.crypto.keys import PREFIX, parse_key
from datumpb.errors import MediaMismatchError, MissingKeyError, SourceFormatError, UnexpectedKeyError, WrongKeyError
from datumpb.model.media_folder import MediaFolder

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path

    from datumpb.model.media import MediaRef

_TOKEN_START = b"gAAAAA"  # version 0x80 and the upper bytes of the time, in base64


class Cipher:
    """Encrypts and decrypts with one key, or does nothing where there is none."""

    __slots__ = ("_fernet", "_proof")

    def __init__(self, key: str | bytes | None) -> None:
        """Take a key's text.

        Raises:
            InvalidKeyError: It is not a key.
        """
        self._fernet: Fernet | None = None
        self._proof = b""
        if key is not None:
            text = base64.urlsafe_b64encode(parse_key(key))
            self._fernet = Fernet(text)
            self._proof = PREFIX.encode() + text

    def __bool__(self) -> bool:
        """Tell whether there is a key."""
        return self._fernet is not None

    def seal(self, data: bytes) -> bytes:
        """Encrypt."""
        return data if self._fernet is None else self._fernet.encrypt(data)

    def open(self, data: bytes) -> bytes | None:
        """Decrypt; None: it was not encrypted with this key, or is damaged."""
        if self._fernet is None:
            return data
        try:
            return self._fernet.decrypt(data)
        except InvalidToken:
            return None

    def proof(self) -> bytes:
        """Return what a file holds to tell a wrong key: the key, encrypted with itself; empty where there is none."""
        return self.seal(self._proof)

    def check(self, proof: bytes, path: Path, offset: int) -> None:
        """Make sure that a file was written with this key, or without any.

        Raises:
            MissingKeyError: It is encrypted, and there is no key.
            WrongKeyError: It was encrypted with another.
            UnexpectedKeyError: It is not encrypted, and there is a key.
            SourceFormatError: What should tell it is damaged.
        """
        if not proof:
            if self:
                message = f"{path}: not encrypted, but a key was given"
                raise UnexpectedKeyError(message)
            return
        if not proof.startswith(_TOKEN_START):
            message = "neither empty nor encrypted"
            raise SourceFormatError(message, path, f"byte {offset}")
        if not self:
            message = f"{path}: encrypted; its key is needed"
            raise MissingKeyError(message)
        if not hmac.compare_digest(self.open(proof) or b"", self._proof):
            message = f"{path}: the key is not the one that this file was encrypted with, or the file is damaged"
            raise WrongKeyError(message)


class FernetMediaFolder(MediaFolder):
    """The folder of an encrypted dataset, as the source of its media."""

    def __init__(self, root: str | os.PathLike[str], cipher: Cipher, *, always: bool) -> None:
        """Name the folder.

        Args:
            root: The folder.
            cipher: Decrypts.
            always: Whether files have to be encrypted; else those that are not are taken as they are.
        """
        super().__init__(root)
        self._cipher = cipher
        self._always = always

    def plain_file(self, ref: MediaRef) -> None:
        """Return None: files may be encrypted."""

    def _stored(self, full: Path, ref: MediaRef) -> Iterator[bytes]:
        chunks = super()._stored(full, ref)
        first = next(chunks, b"")
        if not self._always and not first.startswith(_TOKEN_START):
            yield first
            yield from chunks
            return
        # A token can only be opened as a whole.
        data = self._cipher.open(b"".join([first, *chunks]))
        if data is None:
            message = "not encrypted with this dataset's key, or damaged"
            raise MediaMismatchError(message, ref.path)
        yield data


class SealedSource:
    """The encrypted bytes of a media file (a `MediaSource`)."""

    def __init__(self, cipher: Cipher, original: MediaRef) -> None:
        """Take what encrypts, and the file."""
        self._cipher = cipher
        self._original = original

    def chunks(self, ref: MediaRef) -> Iterator[bytes]:  # noqa: ARG002 -- a MediaSource
        """Yield the token, in one piece.

        Raises:
            MediaError: The file cannot be had.
        """
        yield self._cipher.seal(self._original.read())

    def plain_file(self, ref: MediaRef) -> None:
        """Return None: the bytes are in no file."""
