"""`datumpb formats`: the formats that there are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from datumpb.dataset.registry import FORMATS, bridged_formats

if TYPE_CHECKING:
    from datumpb.dataset.registry import Format


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def formats(*, as_json: bool) -> None:
    """List the formats that can be read and written, and those that come through Datumaro, where it is installed."""
    bridged = bridged_formats()
    if as_json:
        listed = [_described(one, None) for one in FORMATS.values()]
        listed += [_described(one, "datumaro") for one in bridged.values()]
        click.echo(json.dumps(listed, indent=2))
        return
    width = max(map(len, FORMATS))
    for format_ in FORMATS.values():
        click.echo(f"{format_.name:{width}}  {format_.description}")
    click.echo("\nThrough Datumaro (pip install 'datumpb[datumaro]'):\n")
    width = max(map(len, bridged))
    for format_ in bridged.values():
        click.echo(
            f"{format_.name:{width}}  {'in' if format_.reads else '':2}  {'out' if format_.writes else ''}".rstrip()
        )


def _described(format_: Format, through: str | None) -> dict[str, object]:
    return {
        "name": format_.name,
        "description": format_.description,
        "in": format_.reads,
        "out": format_.writes,
        "through": through,
    }
