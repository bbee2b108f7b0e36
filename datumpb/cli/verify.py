"""`datumpb verify`: whether a file or a dataset is complete and undamaged, and else all that is wrong."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from datumpb.cli.endings import failing_with
from datumpb.cli.keys import VARIABLE, chosen_key, key_options
from datumpb.cli.places import AnyPlace
from datumpb.cli.text import counted, printable, size

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.cli.findings import Finding
    from datumpb.cli.verification import Verification
    from datumpb.storage.location import Location

DAMAGED = 1
COULD_NOT_RUN = 2


@click.command()
@click.argument("path", type=AnyPlace())
@click.option("--media", is_flag=True, help="Read media files, too: they must be there, and what the items mean.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@key_options
def verify(*, path: Location, media: bool, as_json: bool, encryption_key: str | None, key_file: Path | None) -> None:
    """Check that a file or dataset is complete and undamaged.

    Everything is read once, in order, and all that it says about itself compared; everything that is wrong is listed.
    Of an encrypted dataset only framing, order and checksums can be checked without the key.

    \b
    Exit status: 0  sound
                 1  damaged
                 2  could not be checked: not there, of a later version, wrong key
    """  # noqa: D301 -- \b keeps click from joining the lines
    from datumpb.cli.verification import verify_path  # noqa: PLC0415 -- loaded when a command runs

    with failing_with(COULD_NOT_RUN):
        key = chosen_key(encryption_key, key_file)
        verification = verify_path(path, key, media=media)
    if as_json:
        click.echo(json.dumps(_document(path, verification), indent=2))
    else:
        click.echo("\n".join(map(printable, _report(path, verification, with_key=key is not None))))
    if verification.faults:
        raise SystemExit(DAMAGED)


def _document(path: Location, verification: Verification) -> dict[str, object]:
    return {
        "path": str(path),
        "format": verification.format,
        "sound": not verification.faults,
        "complete": verification.complete,
        "items": verification.items,
        "files": [{"path": str(file), **asdict(found)} for file, found in verification.files.items()],
        "media": None if verification.media is None else asdict(verification.media),
        "faults": [asdict(fault) for fault in verification.faults],
    }


def _report(path: Location, verification: Verification, *, with_key: bool) -> list[str]:
    lines = []
    for file, found in verification.files.items():
        counts = [counted(found.records, "record"), size(found.size)]
        if found.items is not None and found.annotations is not None:
            counts = [counted(found.items, "item"), counted(found.annotations, "annotation"), *counts]
        lines.append(f"{file}: {', '.join(counts)}")
    if not verification.files:
        lines.append(f"{path}: {counted(verification.items or 0, 'item')} of format {verification.format}")
    if verification.media is not None:
        lines.append(f"{path}: {counted(verification.media.checked, 'media file')}, {size(verification.media.size)}")
    lines.extend(_line(fault) for fault in verification.faults)
    verdict = f"damaged: {counted(len(verification.faults), 'fault')}" if verification.faults else "ok"
    if not verification.complete:
        verdict += ", as far as framing, order and checksums tell: "
        verdict += (
            "nothing can be decrypted" if with_key else f"give the key with --key-file or ${VARIABLE} for the rest"
        )
    return [*lines, verdict]


def _line(fault: Finding) -> str:
    place = "" if fault.offset is None else f" at byte {fault.offset}"
    long = "" if fault.size is None else f", {counted(fault.size, 'byte')}"
    affects = "" if fault.affects is None else f" ({fault.affects})"
    return f"{fault.path}{place}{long}: {fault.what}{affects}"
