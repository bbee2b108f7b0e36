"""`datumpb info`: what a file or a dataset holds."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from datumpb.cli.keys import chosen_key, key_options
from datumpb.cli.places import AnyPlace
from datumpb.cli.report import MOST_LABELS, report

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.cli.summary import Summary
    from datumpb.storage.location import Location


@click.command()
@click.argument("path", type=AnyPlace())
@click.option("--all-labels", is_flag=True, help=f"List all labels, not only the {MOST_LABELS} most frequent.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with all labels.")
@key_options
def info(*, path: Location, all_labels: bool, as_json: bool, encryption_key: str | None, key_file: Path | None) -> None:
    """Tell what a .datum file or a dataset holds.

    Of an encrypted one, only what its header tells can be shown without the key.
    """
    from datumpb.cli.summary import summarize  # noqa: PLC0415 -- loaded when a command runs

    summary = summarize(path, chosen_key(encryption_key, key_file))
    if as_json:
        click.echo(json.dumps(_document(summary), indent=2))
    else:
        click.echo("\n".join(report(summary, None if all_labels else MOST_LABELS)))


def _document(summary: Summary) -> dict[str, Any]:
    from datumpb.dataset.registry import find_format  # noqa: PLC0415 -- loaded when a command runs

    document: dict[str, Any] = {
        "path": str(summary.path),
        "format": summary.format,
        "encrypted": find_format(summary.format).is_encrypted(summary.path),
        "sizes": {
            "annotations": summary.sizes.annotations,
            "media": summary.sizes.media,
            "media_files": summary.sizes.media_count,
        },
        "files": [{**asdict(file), "path": str(file.path)} for file in summary.files],
    }
    contents = summary.contents
    if contents is not None:
        subsets = contents.items.items()
        document |= {
            "items": contents.items.total(),
            "annotations": contents.annotations.total(),
            "subsets": [
                {"name": name, "items": items, "annotations": contents.annotations[name]} for name, items in subsets
            ],
            "types": dict(contents.types.most_common()),
            "labels": dict(contents.labels.most_common()),
            "unlabelled": contents.unlabelled,
        }
    return document
