"""`datumpb rekey`, `encrypt` and `decrypt`: another key for a dataset, or one for a plain one, or none any more."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from datumpb.cli.endings import naming, warn
from datumpb.cli.keys import Key, chosen_key, key_options
from datumpb.cli.places import LocalPath
from datumpb.cli.progress import terminal_progress
from datumpb.cli.text import counted, printable
from datumpb.errors import DatasetError, MissingKeyError, OptionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from datumpb.container.reseal import Seals

    _Command = TypeVar("_Command", bound=Callable[..., Any])


def _paths(command: _Command) -> _Command:
    """Add what all three have: the dataset, and where the new one goes."""
    options = (
        click.argument("path", type=LocalPath()),
        click.option(
            "-o",
            "--output-path",
            "output",
            type=LocalPath(),
            help="Where the new one goes, which must be empty or new. Without it: in the place of the old one.",
        ),
        click.option("--overwrite", is_flag=True, help="Replace what is in the output already."),
    )
    return functools.reduce(lambda result, option: option(result), reversed(options), command)


@click.command()
@_paths
@key_options
@click.option(
    "--new-key-file",
    type=LocalPath(),
    metavar="FILE",
    help="The new key; where FILE does not exist, a key is made and written to it.",
)
@click.option("--new-encryption-key", metavar="KEY", help="The new key itself.")
def rekey(  # noqa: PLR0913 -- one for each option
    *,
    path: Path,
    output: Path | None,
    overwrite: bool,
    encryption_key: str | None,
    key_file: Path | None,
    new_key_file: Path | None,
    new_encryption_key: str | None,
) -> None:
    """Encrypt a dataset, or a single .datum file, with another key.

    \b
    datumpb rekey out/ --key-file old.key --new-key-file new.key

    The old files stay untouched until the new ones are complete and compared with them. No item is changed, and every
    file of the folder that the old key opens gets the new one. Without a new key, one is made and written to
    secret_key.txt in the folder. Where that file holds the old key, it is replaced or removed, and -o does not copy it.
    """  # noqa: D301 -- \b keeps click from joining the lines
    old = chosen_key(encryption_key, key_file)
    if old is None:
        message = f"{path}: which key is to be changed? Give the old one"
        raise MissingKeyError(message)
    made = new_key_file if new_key_file is not None and not new_key_file.exists() else None
    if new_key_file is None and new_encryption_key is None:
        new = None
    else:
        new = chosen_key(new_encryption_key, new_key_file, new_key_file=made)
    if new is not None and new.text == old.text:
        message = f"{path}: the new key ({new.origin}) is the old one"
        raise OptionError(message)
    _Change(path, output, overwrite, old, new, made).run()


@click.command()
@_paths
@click.option("--no-media-encryption", is_flag=True, help="Leave media plain.")
@key_options
def encrypt(  # noqa: PLR0913 -- one for each option
    *,
    path: Path,
    output: Path | None,
    overwrite: bool,
    no_media_encryption: bool,
    encryption_key: str | None,
    key_file: Path | None,
) -> None:
    """Encrypt a plain dataset with its media, or a single .datum file.

    \b
    datumpb encrypt out/ --key-file my.key

    Where FILE of --key-file does not exist, a key is made and written to it; without any key, to secret_key.txt in the
    folder. The old files are deleted when the new ones are complete; what they held may stay on the disk until it is
    written over.
    """  # noqa: D301 -- \b keeps click from joining the lines
    from datumpb.dataset.directory import is_encrypted  # noqa: PLC0415 -- loaded when a command runs

    made = key_file if key_file is not None and not key_file.exists() else None
    new = chosen_key(encryption_key, key_file, new_key_file=made)
    if path.exists() and is_encrypted(path):
        message = f"{path}: encrypted already; `datumpb rekey` changes the key"
        raise DatasetError(message)
    _Change(path, output, overwrite, None, new, made, media=not no_media_encryption).run()


@click.command()
@_paths
@key_options
def decrypt(
    *, path: Path, output: Path | None, overwrite: bool, encryption_key: str | None, key_file: Path | None
) -> None:
    """Make an encrypted dataset with its media, or a single .datum file, plain.

    \b
    datumpb decrypt out/ -o plain/ --key-file my.key
    """  # noqa: D301 -- \b keeps click from joining the lines
    old = chosen_key(encryption_key, key_file)
    if old is None:
        message = f"{path}: it takes the key to decrypt"
        raise MissingKeyError(message)
    _Change(path, output, overwrite, old, plain=True).run()


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of keys.

    Attributes:
        path: The dataset or file.
        output: Where the new one goes; None: in its place.
        overwrite: Whether what is in the output is replaced.
        old: The key that opens it.
        new: The key that the user gave for the new one.
        new_key_file: The file that a new key is written to.
        media: Whether media are changed, too.
        plain: Whether the new one has no key.
    """

    path: Path
    output: Path | None
    overwrite: bool
    old: Key | None = None
    new: Key | None = None
    new_key_file: Path | None = None
    media: bool = True
    plain: bool = False

    def run(self) -> None:
        """Do it, and tell."""
        from datumpb.container.reseal import Seals  # noqa: PLC0415 -- loaded when a command runs
        from datumpb.crypto.keys import generate_key, write_key_file  # noqa: PLC0415 -- as above
        from datumpb.dataset.layout import SECRET_KEY  # noqa: PLC0415 -- as above

        target = self.path if self.output is None else self.output
        if not self.path.exists():
            message = f"{self.path}: no such file or folder"
            raise DatasetError(message)
        keep_key = not self.plain and self.new is None and self.new_key_file is None
        if keep_key and self.path.is_file():
            message = "a single file has no place for a new key: name a file for it"
            raise click.UsageError(message)
        key = None if self.plain else generate_key() if self.new is None else self.new.text
        if key is not None and self.new_key_file is not None:
            # It stays where this fails: a signal may come when the dataset needs it already, and the next try takes it.
            write_key_file(self.new_key_file, key)
        with naming(target):
            lines = self._write(target, Seals(None if self.old is None else self.old.text, key), keep_key=keep_key)
        if self.new_key_file is not None:
            warn(f"a new key was written to {self.new_key_file}: without it, nobody can read {target}")
        elif keep_key:
            warn(f"a new key was written to {target / SECRET_KEY}: whoever has the folder has the key; keep them apart")
        for line in lines:
            click.echo(printable(line))

    def _write(self, target: Path, seals: Seals, *, keep_key: bool) -> list[str]:
        from datumpb.dataset.layout import SECRET_KEY  # noqa: PLC0415 -- loaded when a command runs
        from datumpb.dataset.rekey import change_key_of_file, change_key_of_folder  # noqa: PLC0415 -- as above

        state = "plain" if seals.new is None else "encrypted" if seals.old is None else "encrypted with the new key"
        if self.path.is_file():
            change_key_of_file(self.path, self.output, seals, overwrite=self.overwrite)
            return [f"{target}: {state}"]
        done = change_key_of_folder(
            self.path,
            self.output,
            seals,
            media=self.media,
            keep_key=keep_key,
            overwrite=self.overwrite,
            progress=terminal_progress(),
        )
        if done.old_key_removed:
            warn(f"{SECRET_KEY} held the old key and does no more: other copies that the old key opens still need it")
        if done.left:
            files = counted(len(done.left), "file")
            warn(f"{files} that the key opens stay encrypted, as no item refers to them: {done.left[0]}")
        if done.missing:
            warn(f"{counted(done.missing, 'media file')} that items refer to are not there")
        return [
            f"{target}: {counted(len(done.files), 'annotation file')}, {counted(done.media, 'media file')}: {state}"
        ]
