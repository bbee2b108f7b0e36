"""`datumpb convert`: from one format to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from datumpb.cli.changes import label_options, selection_options
from datumpb.cli.format_options import CommandWithFormatOptions
from datumpb.cli.outputs import Output, output_options, write_output
from datumpb.cli.places import AnyPlace

if TYPE_CHECKING:
    from datumpb.cli.changes import LabelChanges, Selection
    from datumpb.storage.location import Location


@click.command(cls=CommandWithFormatOptions)
@click.option("-i", "--input-path", type=AnyPlace(), required=True, help="The dataset to read.")
@click.option("-if", "--input-format", metavar="FORMAT", help="Its format; found out where left out.")
@output_options(format_required=True)
@selection_options
@label_options
def convert(
    *, input_path: Location, input_format: str | None, output: Output, selection: Selection, changes: LabelChanges
) -> None:
    """Convert a dataset from one format to another.

    \b
    datumpb convert -i coco/ -o out/ -f datumpb --save-media
    datumpb convert -i coco/ -o out/ -f datumpb --save-media --encryption --key-file my.key
    datumpb convert -i out/ -o back/ -f coco --save-media --key-file my.key
    datumpb convert -i coco/ -o out/ -f yolo --subset train --rename-label tv=screen --drop-label person

    A key opens an encrypted input and, with --encryption, also encrypts the output. With --encryption and no key a new
    one is made and written to secret_key.txt in the output folder, or to FILE of --key-file where that does not exist.

    Options of the formats stand behind `--` (docs/formats.md has them): those of the output's format, or of the input's
    where that one alone has it; --input-NAME is always the input's.

    \b
    datumpb convert -i coco/ -o out/ -f yolo --save-media -- --task segment
    """  # noqa: D301 -- \b keeps click from joining the lines
    from datumpb.cli.inputs import open_inputs  # noqa: PLC0415 -- loaded when a command runs

    inputs, target, options = open_inputs([input_path], input_format, output)
    dataset = changes.apply(selection.apply(inputs[0].dataset))
    write_output(dataset, inputs, output, target, options)
