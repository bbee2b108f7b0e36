"""`datumpb merge`: several datasets as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from datumpb.cli.changes import label_options, selection_options
from datumpb.cli.format_options import CommandWithFormatOptions
from datumpb.cli.outputs import Output, output_options, write_output
from datumpb.cli.places import AnyPlace

if TYPE_CHECKING:
    from collections.abc import Sequence

    import datumpb as dp
    from datumpb.cli.changes import LabelChanges, Selection
    from datumpb.cli.inputs import Input
    from datumpb.storage.location import Location

duplicate_option = click.option(
    "--on-duplicate", type=click.Choice(["error", "rename", "first"]), default="error", show_default=True,
    help="What to do where two datasets have items of the same id in a subset.",
)  # fmt: skip


@click.command(cls=CommandWithFormatOptions)
@click.argument("paths", metavar="DATASET...", type=AnyPlace(), nargs=-1, required=True)
@click.option("-if", "--input-format", metavar="FORMAT", help="Their format; found out for each where left out.")
@output_options(format_required=False)
@duplicate_option
@selection_options
@label_options
def merge(  # noqa: PLR0913 -- one for each option
    *,
    paths: tuple[Location, ...],
    input_format: str | None,
    output: Output,
    on_duplicate: str,
    selection: Selection,
    changes: LabelChanges,
) -> None:
    """Merge datasets: subsets of one name become one, and so do labels of one name.

    \b
    datumpb merge north south -o all --save-media
    datumpb merge coco/ yolo/ -o all -f datumpb --on-duplicate rename

    One key opens all that are encrypted. Options of formats stand behind `--`, as for convert.
    """  # noqa: D301 -- \b keeps click from joining the lines
    from datumpb.cli.inputs import open_inputs  # noqa: PLC0415 -- loaded when a command runs

    if len(set(paths)) < len(paths):
        message = "a dataset is named twice"
        raise click.UsageError(message)
    inputs, target, options = open_inputs(paths, input_format, output)
    write_output(changes.apply(selection.apply(merge_inputs(inputs, on_duplicate))), inputs, output, target, options)


def merge_inputs(inputs: Sequence[Input], on_duplicate: str) -> dp.Dataset:
    """Return all inputs as one dataset.

    Args:
        inputs: The datasets; their names are those that errors show.
        on_duplicate: "error", "rename" or "first".

    Raises:
        DatumpbError: One cannot be read.
    """
    import datumpb as dp  # noqa: PLC0415 -- loaded when a command runs

    return dp.Dataset.merge({one.name: one.dataset for one in inputs}, on_duplicate=on_duplicate)
