"""`datumpb split`: the items of a dataset shared out to new subsets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from datumpb.cli.format_options import CommandWithFormatOptions
from datumpb.cli.outputs import Output, output_options, write_output
from datumpb.cli.places import AnyPlace

if TYPE_CHECKING:
    from datumpb.storage.location import Location


@click.command(cls=CommandWithFormatOptions)
@click.option("-i", "--input-path", type=AnyPlace(), required=True, help="The dataset to read.")
@click.option("-if", "--input-format", metavar="FORMAT", help="Its format; found out where left out.")
@output_options(format_required=False)
@click.option(
    "--ratio",
    "ratios",
    metavar="NAME=SHARE",
    multiple=True,
    required=True,
    help="A new subset and its share of all items, such as train=0.8; the shares are 1 in all.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same split.")
@click.option("--stratify", is_flag=True, help="Share out every label by the same ratios, as well as can be.")
@click.option(
    "--on-duplicate",
    type=click.Choice(["error", "rename"]),
    default="error",
    show_default=True,
    help="What to do where items of one id, from different subsets, get into one.",
)
def split(  # noqa: PLR0913 -- one for each option
    *,
    input_path: Location,
    input_format: str | None,
    output: Output,
    ratios: tuple[str, ...],
    seed: int,
    stratify: bool,
    on_duplicate: str,
) -> None:  # fmt: skip
    """Share out the items of a dataset, of all its subsets together, to new subsets.

    \b
    datumpb split -i all -o parts --ratio train=0.8 --ratio val=0.1 --ratio test=0.1 --stratify --save-media
    """  # noqa: D301 -- \b keeps click from joining the lines
    from datumpb.cli.inputs import open_inputs  # noqa: PLC0415 -- loaded when a command runs

    inputs, target, options = open_inputs([input_path], input_format, output)
    dataset = inputs[0].dataset.split(_shares(ratios), seed=seed, stratify=stratify, on_duplicate=on_duplicate)
    write_output(dataset, inputs, output, target, options)


def _shares(ratios: tuple[str, ...]) -> dict[str, float]:
    shares: dict[str, float] = {}
    for text in ratios:
        name, _, share = text.partition("=")
        try:
            value = float(share)
        except ValueError:
            value = -1.0
        if not name or name in shares or value < 0:
            message = f"--ratio {text!r}: the name of a new subset and its share expected, as in train=0.8"
            raise click.UsageError(message)
        shares[name] = value
    return shares
