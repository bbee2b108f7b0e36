"""`datumpb recover`: a sound file or dataset made of what is intact in a damaged one."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from datumpb.cli.endings import naming
from datumpb.cli.keys import chosen_key, key_options
from datumpb.cli.places import LocalPath
from datumpb.cli.progress import byte_progress
from datumpb.cli.text import counted, number, printable

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.container.recovery import Loss, Recovery
    from datumpb.dataset.recovery import FolderRecovery

WITH_LOSSES = 3
_MOST_IDS = 5


@click.command()
@click.argument("path", type=LocalPath())
@click.option(
    "-o",
    "--output-path",
    "output",
    type=LocalPath(),
    required=True,
    help="The new file or folder; must not exist.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@key_options
def recover(*, path: Path, output: Path, as_json: bool, encryption_key: str | None, key_file: Path | None) -> None:
    """Save what is intact of a damaged .datum file or dataset.

    PATH may be cut off, damaged anywhere, or what a killed writer left (.NAME.*.partial). A new file gets every item
    that is provably intact, in its order and byte for byte; PATH is only read. What is missing is listed.

    \b
    Exit status: 0  everything is there
                 3  something is missing
                 1  nothing could be recovered, and nothing was written
    """  # noqa: D301 -- \b keeps click from joining the lines
    from datumpb.container.recover import recover_file  # noqa: PLC0415 -- loaded when a command runs
    from datumpb.container.verify import Watcher  # noqa: PLC0415 -- the same
    from datumpb.dataset.layout import annotation_files  # noqa: PLC0415 -- the same
    from datumpb.dataset.recovery import FolderRecovery, recover_folder  # noqa: PLC0415 -- the same

    key = chosen_key(encryption_key, key_file)
    text = None if key is None else key.text
    files = list(annotation_files(path).values()) if path.is_dir() else [path]
    total = 2 * sum(file.stat().st_size for file in files if file.is_file())
    with byte_progress(total, "recovering") as passed, naming(output):
        if path.is_dir():
            result = recover_folder(path, output, text, passed)
        else:
            result = FolderRecovery({path: recover_file(path, output, text, Watcher(passed=passed))})
    if as_json:
        click.echo(json.dumps(_document(path, output, result), indent=2))
    else:
        click.echo("\n".join(map(printable, _report(output, result))))
    if not result.complete:
        raise SystemExit(WITH_LOSSES)


def _document(path: Path, output: Path, result: FolderRecovery) -> dict[str, Any]:
    return {
        "path": str(path),
        "output": str(output),
        "complete": result.complete,
        "items": sum(file.items for file in result.files.values()),
        "files": [{"path": str(file), **_file(recovery)} for file, recovery in result.files.items()],
        "lost_files": [{"path": str(file), "why": why} for file, why in result.lost.items()],
        "media": result.media,
        "lost_media": [{"path": file, "why": why} for file, why in result.lost_media.items()],
    }


def _file(recovery: Recovery) -> dict[str, Any]:
    document = {"complete": recovery.complete, **asdict(recovery)}
    for loss in document["losses"]:
        loss["places"] = [{"offset": offset, "size": size} for offset, size in loss["places"]]
        loss["id_crc32"] = [f"{crc32:08x}" for crc32 in loss["id_crc32"]]
    return document


def _report(output: Path, result: FolderRecovery) -> list[str]:
    lines = []
    for file, recovery in result.files.items():
        of_items = f" of {number(recovery.of_items)}" if recovery.of_items not in {None, recovery.items} else ""
        lines.append(f"{file}: {counted(recovery.items, 'item')}{of_items}")
        lines.extend(f"  lost: {_describe(loss)}" for loss in recovery.losses)
        lines.extend(f"  note: {note}" for note in recovery.notes)
    lines.extend(f"{file}: lost: {why}" for file, why in result.lost.items())
    if result.media or result.lost_media:
        lines.append(f"{counted(result.media, 'media file')} copied")
        lines.extend(f"  lost: {file}: {why}" for file, why in result.lost_media.items())
    lines.append(f"{output}: {'complete' if result.complete else 'sound, but not complete'}")
    return lines


def _describe(loss: Loss) -> str:
    parts = [loss.what]
    if loss.items:
        first = "" if loss.first_item is None else f", the first being number {loss.first_item}"
        parts.append(counted(loss.items, "item") + first)
    elif loss.items is None:
        parts.append("how many items is not known")
    if loss.ids:
        more = " ..." if len(loss.ids) > _MOST_IDS else ""
        parts.append(f"ids {', '.join(map(repr, loss.ids[:_MOST_IDS]))}{more}")
    if loss.places:
        parts.append("; ".join(f"{counted(size, 'byte')} at byte {offset}" for offset, size in loss.places))
    return " - ".join(parts)
