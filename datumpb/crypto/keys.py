"""Keys as people handle them: `datum-` and 44 characters of URL-safe base64, in a file of mode 0600."""

from __future__ import annotations

import base64
import binascii
import errno
import os
import secrets
import stat
from pathlib import Path

from datumpb.errors import InvalidKeyError

PREFIX = "datum-"
KEY_SIZE = 32
TEXT_SIZE = len(PREFIX) + 44
_SHOWN_NAME = 50  # characters, of up to four bytes
_NO_LINKS = {errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
KEY_FILE_MODE = stat.S_IRUSR | stat.S_IWUSR


def generate_key() -> str:
    """Draw a new key and return its text: `datum-` and 44 characters of URL-safe base64."""
    return PREFIX + base64.urlsafe_b64encode(secrets.token_bytes(KEY_SIZE)).decode()


def parse_key(key: str | bytes) -> bytes:
    """Return the 32 bytes that a key's text stands for.

    Args:
        key: The text, as str or as its bytes.

    Raises:
        InvalidKeyError: The text is not a key. The message does not show it.
    """
    text = key.encode("utf-8", "replace") if isinstance(key, str) else bytes(key)
    if len(text) != TEXT_SIZE:
        message = f"invalid key: it has {len(text)} characters, a key has {TEXT_SIZE}"
        raise InvalidKeyError(message)
    if not text.startswith(PREFIX.encode()):
        message = f"invalid key: a key begins with {PREFIX!r}"
        raise InvalidKeyError(message)
    body = text[len(PREFIX) :]
    try:
        raw = base64.b64decode(body, altchars=b"-_", validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != KEY_SIZE or base64.urlsafe_b64encode(raw) != body:
        message = f"invalid key: behind {PREFIX!r} a key is URL-safe base64 of {KEY_SIZE} bytes"
        raise InvalidKeyError(message) from None
    return raw


def read_key_file(path: str | os.PathLike[str]) -> str:
    """Read a key from a file; white space around it does not matter.

    Raises:
        InvalidKeyError: The file cannot be read, or holds no key.
    """
    limit = 4096  # a key file is tiny; whatever else the path names is not read whole
    try:
        with Path(path).open("rb") as file:
            text = file.read(limit).strip()
        parse_key(text)
    except OSError as error:
        message = f"cannot read the key file {os.fspath(path)}: {error.strerror}"
        raise InvalidKeyError(message) from error
    except InvalidKeyError as error:
        message = f"{os.fspath(path)}: {error}"
        raise InvalidKeyError(message) from None
    return text.decode("ascii")


def write_key_file(path: str | os.PathLike[str], key: str) -> None:
    """Write a key to a new file that only its owner can read (mode 0600).

    Raises:
        FileExistsError: The file exists; a key is never overwritten.
        OSError: The file cannot be written.
    """
    # A file with half a key, left by a process that was killed, would be taken for a key by the next one.
    partial = Path(path).parent / f".{Path(path).name[:_SHOWN_NAME]}.partial"
    partial.unlink(missing_ok=True)
    try:
        _write_new(partial, key)
        try:
            os.link(partial, path)  # unlike a rename, it never replaces
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            _write_new(Path(path), key)
    finally:
        partial.unlink(missing_ok=True)


def _write_new(path: Path, key: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, KEY_FILE_MODE)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key)
            file.flush()
            os.fsync(descriptor)
    except BaseException:
        path.unlink()
        raise
