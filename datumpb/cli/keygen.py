"""`datumpb keygen`: a new key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from datumpb.cli.places import LocalPath
from datumpb.crypto.keys import generate_key, write_key_file
from datumpb.errors import OutputExistsError

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option(
    "-o",
    "--output",
    type=LocalPath(),
    metavar="FILE",
    help="Write the key to this new file, which only you can read, instead of printing it.",
)
def keygen(output: Path | None) -> None:
    """Make a new encryption key.

    Whoever has the key can read what is encrypted with it. Whoever has lost it, cannot.
    """
    key = generate_key()
    if output is None:
        click.echo(key)
        return
    try:
        write_key_file(output, key)
    except FileExistsError:
        message = f"{output}: the file exists, and a key is never overwritten"
        raise OutputExistsError(message) from None
