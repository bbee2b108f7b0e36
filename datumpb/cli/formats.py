"""`datumpb formats`: the formats that there are."""

from __future__ import annotations

import json

import click

from datumpb.dataset.registry import FORMATS


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def formats(*, as_json: bool) -> None:
    """List the formats that can be read and written."""
    if as_json:
        listed = [{"name": format_.name, "description": format_.description} for format_ in FORMATS.values()]
        click.echo(json.dumps(listed, indent=2))
        return
    width = max(map(len, FORMATS))
    for format_ in FORMATS.values():
        click.echo(f"{format_.name:{width}}  {format_.description}")
