"""`datumpb filter`: some items of a dataset, written as a dataset of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from datumpb.cli.changes import selection_options
from datumpb.cli.format_options import CommandWithFormatOptions
from datumpb.cli.outputs import Output, output_options, write_output
from datumpb.cli.places import AnyPlace

if TYPE_CHECKING:
    from datumpb.cli.changes import Selection
    from datumpb.storage.location import Location


@click.command("filter", cls=CommandWithFormatOptions)
@click.option("-i", "--input-path", type=AnyPlace(), required=True, help="The dataset to read.")
@click.option("-if", "--input-format", metavar="FORMAT", help="Its format; found out where left out.")
@output_options(format_required=False)
@selection_options
def filter_(*, input_path: Location, input_format: str | None, output: Output, selection: Selection) -> None:
    """Take some items of a dataset: those that fit all options.

    \b
    datumpb filter -i all -o cats --label cat --save-media
    datumpb filter -i all -o night --attribute time=night --subset train --id 'street/*'
    """  # noqa: D301 -- \b keeps click from joining the lines
    from datumpb.cli.inputs import open_inputs  # noqa: PLC0415 -- loaded when a command runs

    if not selection:
        message = "say which items: --subset, --label, --id or --attribute"
        raise click.UsageError(message)
    inputs, target, options = open_inputs([input_path], input_format, output)
    write_output(selection.apply(inputs[0].dataset), inputs, output, target, options)
