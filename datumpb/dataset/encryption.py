"""The options of formats that can be encrypted, and where a new key is written."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.crypto.keys import generate_key, parse_key, write_key_file
from datumpb.dataset.export import SaveMedia
from datumpb.dataset.layout import SECRET_KEY
from datumpb.errors import OptionError, OutputExistsError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from datumpb.dataset.output import OutputFolder


def check_options(
    encryption: bool,
    no_media_encryption: bool,
    encryption_key: str | bytes | None,
    key_file: str | os.PathLike[str] | None,
    save_media: SaveMedia,
) -> None:
    """Make sure that the options for encryption fit together.

    Raises:
        OptionError: They contradict each other.
        InvalidKeyError: The key is not one.
    """
    if encryption_key is not None:
        parse_key(encryption_key)
    message = None
    if not encryption and no_media_encryption:
        message = "no_media_encryption says which part stays plain; it needs encryption"
    elif not encryption and (encryption_key is not None or key_file is not None):
        message = "a key was given, but encryption was not asked for"
    elif encryption_key is not None and key_file is not None:
        message = "key_file is where a new key is written; with encryption_key there is none"
    elif encryption and not no_media_encryption and save_media is SaveMedia.LINK:
        message = "media that are linked stay as they are: copy them, or add no_media_encryption"
    if message is not None:
        raise OptionError(message)


def key_text(key: str | bytes | None) -> str | None:
    """Return the text of a key as str."""
    return key.decode("ascii") if isinstance(key, bytes) else key


class NewKeys:
    """Draws keys for an output; what was written outside of its folder is removed again where the output fails."""

    def __init__(self) -> None:
        """Begin with none."""
        self._strays: list[tuple[Path, OutputFolder]] = []

    def draw(self, output: OutputFolder, key_file: str | os.PathLike[str] | None) -> str:
        """Draw a key, write it to its file and return its text.

        Args:
            output: What is encrypted with it.
            key_file: Where the key goes; None: `secret_key.txt` in the output.

        Raises:
            OutputExistsError: A key is there already.
        """
        key = generate_key()
        if key_file is None:
            _write(output.folder / SECRET_KEY, key, output.path / SECRET_KEY)
        else:
            _write(Path(key_file), key, Path(key_file))
            self._strays.append((Path(key_file), output))
        return key

    def remove_strays(self) -> None:
        """Remove the keys that were written outside of the folder, if it is certain that there is no folder."""
        for file, output in self._strays:
            if output.discarded:
                file.unlink()


@contextlib.contextmanager
def new_keys() -> Iterator[NewKeys]:
    """Draw keys inside of the block; they go where it raises."""
    keys = NewKeys()
    try:
        yield keys
    except BaseException:
        keys.remove_strays()
        raise


def _write(target: Path, key: str, final: Path) -> None:
    # What was encrypted with the old key could not be read any more.
    if final.exists():
        message = f"{final}: holds a key, which is never overwritten; move it away, or give the key to encrypt with"
        raise OutputExistsError(message)
    write_key_file(target, key)
