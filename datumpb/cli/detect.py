"""`datumpb detect`: the format of a dataset."""

from __future__ import annotations

import json

import click

from datumpb.dataset.registry import detect_format, detect_formats


@click.command()
@click.argument("path", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with the reason.")
def detect(path: str, *, as_json: bool) -> None:
    """Print the format of the dataset at PATH.

    Fails where no format fits, or more than one.
    """
    name = detect_format(path).name
    if as_json:
        click.echo(json.dumps({"path": path, "format": name, "reason": detect_formats(path)[name]}, indent=2))
    else:
        click.echo(name)
