"""`datumpb verify`: whether a file or a dataset is complete and undamaged."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from datumpb.cli.keys import VARIABLE, chosen_key, key_options
from datumpb.cli.progress import terminal_progress
from datumpb.cli.text import counted, printable, size

if TYPE_CHECKING:
    from datumpb.cli.verification import Verification


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@key_options
def verify(*, path: Path, as_json: bool, encryption_key: str | None, key_file: Path | None) -> None:
    """Check that a file or dataset is complete and undamaged.

    Everything is read, and all that it says about itself compared.
    Fails at the first thing that is wrong. Media files are checked, too, where they are there. Of an encrypted dataset
    only the framing and the checksums can be checked without the key.
    """
    from datumpb.cli.verification import verify_path  # noqa: PLC0415 -- loaded when a command runs

    verification = verify_path(path, chosen_key(encryption_key, key_file), terminal_progress())
    if as_json:
        click.echo(json.dumps(_document(path, verification), indent=2))
    else:
        click.echo("\n".join(map(printable, _report(path, verification))))


def _document(path: Path, verification: Verification) -> dict[str, object]:
    return {
        "path": str(path),
        "format": verification.format,
        "complete": verification.complete,
        "items": verification.items,
        "files": [{"path": str(file), **asdict(found)} for file, found in verification.files.items()],
        "media": asdict(verification.media),
    }


def _report(path: Path, verification: Verification) -> list[str]:
    lines = []
    for file, found in verification.files.items():
        counts = [counted(found.records, "record"), size(found.size)]
        if found.items is not None and found.annotations is not None:
            counts = [counted(found.items, "item"), counted(found.annotations, "annotation"), *counts]
        lines.append(f"{file}: {', '.join(counts)}")
    media = verification.media
    if media.checked or media.missing:
        missing = f", {counted(media.missing, 'other')} not there" if media.missing else ""
        lines.append(f"{path}: {counted(media.checked, 'media file')}, {size(media.size)}{missing}")
    if not verification.files:
        lines.append(f"{path}: {counted(verification.items or 0, 'item')} of format {verification.format}")
    if verification.complete:
        lines.append("ok")
    else:
        lines.append(f"ok as far as can be told without the key (--key-file, --encryption-key or ${VARIABLE})")
    return lines
