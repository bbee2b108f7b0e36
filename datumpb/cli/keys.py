"""The key that a command works with: from an option, a file or the environment, never shown."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from datumpb.cli.places import LocalPath
from datumpb.crypto.keys import parse_key, read_key_file
from datumpb.errors import InvalidKeyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    _Command = TypeVar("_Command", bound=Callable[..., Any])

VARIABLE = "DATUMPB_ENCRYPTION_KEY"


@dataclass(frozen=True, slots=True)
class Key:
    """A key that the user gave.

    Attributes:
        text: The key itself.
        origin: Where it came from, for messages.
    """

    text: str
    origin: str

    def __repr__(self) -> str:
        """Name the origin only."""
        return f"Key(origin={self.origin!r})"


def key_options(command: _Command) -> _Command:
    """Add the two options for a key, in the order in which help shows them."""
    command = click.option(
        "--key-file",
        type=LocalPath(),
        metavar="FILE",
        help="The same, read from a file; other users cannot see it in the list of processes.",
    )(command)
    return click.option(
        "--encryption-key",
        metavar="KEY",
        help=f"The key of an encrypted dataset. Without both options: ${VARIABLE}, if set.",
    )(command)


def chosen_key(encryption_key: str | None, key_file: Path | None, *, new_key_file: Path | None = None) -> Key | None:
    """Return the key that the user gave, or None.

    Args:
        encryption_key: The value of the option for a key.
        key_file: The value of the option for a file.
        new_key_file: The same file, where it is still to be made: then there is no key yet.

    Raises:
        InvalidKeyError: It is not a key, or its file cannot be read.
    """
    if encryption_key is not None and key_file is not None:
        message = "--encryption-key and --key-file exclude each other"
        raise click.UsageError(message)
    if new_key_file is not None:
        return None
    if key_file is not None:
        return Key(read_key_file(key_file), str(key_file))
    if encryption_key is not None:
        return _checked(Key(encryption_key, "--encryption-key"))
    text = os.environ.get(VARIABLE)
    return _checked(Key(text, VARIABLE)) if text else None


def _checked(key: Key) -> Key:
    try:
        parse_key(key.text)
    except InvalidKeyError as error:
        message = f"{key.origin}: {error}"
        raise InvalidKeyError(message) from None
    return key
