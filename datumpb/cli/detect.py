"""`datumpb detect`: the format of a dataset."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from datumpb.cli.places import AnyPlace
from datumpb.dataset.registry import detect_format, detect_formats, on_hand

if TYPE_CHECKING:
    from datumpb.storage.location import Location


@click.command()
@click.argument("path", type=AnyPlace())
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with the reason.")
def detect(path: Location, *, as_json: bool) -> None:
    """Print the format of the dataset at PATH.

    Fails where no format fits, or more than one.
    """
    place = on_hand(path)
    name = detect_format(place).name
    if as_json:
        click.echo(json.dumps({"path": str(path), "format": name, "reason": detect_formats(place)[name]}, indent=2))
    else:
        click.echo(name)
