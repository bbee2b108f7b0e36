"""Authenticated encryption of one file's records (docs/FORMAT.md, "Encryption"): HKDF-SHA256 and AES-256-GCM."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SALT_SIZE = 32
NONCE_SIZE = 12
TAG_SIZE = 16
COMMITMENT_SIZE = 32
_RECORD_KEY_SIZE = 32
_INFO = b"datumpb/v1/file"


class TagMismatchError(Exception):
    """The ciphertext, nonce or associated data is not what was encrypted; for callers that know the place to name."""


@dataclass(frozen=True, slots=True, repr=False)
class FileKey:
    """What one file's records are encrypted with, derived from the user's key and the file's salt.

    Attributes:
        commitment: 32 bytes that tell a wrong key at once; not secret.
    """

    commitment: bytes
    _cipher: AESGCM

    @classmethod
    def derive(cls, key: bytes, salt: bytes) -> FileKey:
        """Derive a file's key.

        Args:
            key: The user's key, 32 bytes.
            salt: The file's salt, 32 bytes.
        """
        size = _RECORD_KEY_SIZE + COMMITMENT_SIZE
        okm = HKDF(algorithm=SHA256(), length=size, salt=salt, info=_INFO).derive(key)
        return cls(okm[_RECORD_KEY_SIZE:], AESGCM(okm[:_RECORD_KEY_SIZE]))

    def committed_to(self, commitment: bytes) -> bool:
        """Tell, in constant time, whether `commitment` belongs to this key."""
        return bytes_eq(self.commitment, commitment)

    def seal(self, plaintext: bytes, associated: bytes) -> tuple[bytes, bytes]:
        """Encrypt; return a fresh nonce of 12 bytes, and the ciphertext with its tag of 16 bytes.

        The nonce is random rather than counted: a fork or a retry would count the same twice.
        """
        nonce = os.urandom(NONCE_SIZE)
        return nonce, self._cipher.encrypt(nonce, plaintext, associated)

    def open(self, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
        """Decrypt.

        Raises:
            TagMismatchError: Any of the three is not what was encrypted.
        """
        try:
            return self._cipher.decrypt(nonce, ciphertext, associated)
        except InvalidTag:
            raise TagMismatchError from None


def new_salt() -> bytes:
    """Draw the salt of a new file, 32 bytes."""
    return secrets.token_bytes(SALT_SIZE)
