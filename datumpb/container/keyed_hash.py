"""Hashes that nobody can foresee and make agree."""

from __future__ import annotations

import hashlib
import secrets


class KeyedHash:
    """A hash of texts with a key of its own."""

    def __init__(self, size: int) -> None:
        """Draw a key; a hash has so many bytes."""
        self._keyed = hashlib.blake2b(digest_size=size, key=secrets.token_bytes(16))

    def __call__(self, text: str) -> bytes:
        """Return the hash of a text."""
        keyed = self._keyed.copy()
        keyed.update(text.encode())
        return keyed.digest()
