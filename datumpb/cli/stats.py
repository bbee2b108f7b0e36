"""`datumpb stats`: what is in a dataset, in numbers and as a picture."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from datumpb.cli.endings import naming, warn
from datumpb.cli.keys import chosen_key, key_options
from datumpb.cli.places import AnyPlace, LocalPath
from datumpb.cli.progress import terminal_progress
from datumpb.cli.text import counted, number, printable, table

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.stats import DatasetStats
    from datumpb.storage.location import Location

_MOST_LABELS = 40
_MOST_SUBSETS = 5
_PICTURES = (".png", ".svg", ".pdf")


def _picture(_context: click.Context, _parameter: click.Parameter, path: Path | None) -> Path | None:
    if path is not None and path.suffix.lower() not in _PICTURES:
        message = f"{path}: a picture is written as one of {', '.join(_PICTURES)}"
        raise click.BadParameter(message)
    return path


@click.command()
@click.argument("path", type=AnyPlace())
@click.option("--all-labels", is_flag=True, help=f"List all labels, not only the {_MOST_LABELS} with most objects.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with all labels.")
@click.option(
    "--plot",
    type=LocalPath(dir_okay=False),
    metavar="FILE",
    callback=_picture,
    help="Draw it, too, into a .png, .svg or .pdf (pip install 'datumpb[plot]').",
)
@key_options
def stats(  # noqa: PLR0913 -- one for each option
    *,
    path: Location,
    all_labels: bool,
    as_json: bool,
    plot: Path | None,
    encryption_key: str | None,
    key_file: Path | None,
) -> None:
    """Count items and objects by label and subset, sizes of boxes, and missing media.

    All shapes of one group and label are one object. The size of a box is its side: the square root of its area, in
    pixels; p10, p50 and p90 are quantiles.

    \b
    datumpb stats out/ --plot out.svg
    """  # noqa: D301 -- \b keeps click from joining the lines
    from datumpb.cli.files import fetched, format_of, open_dataset  # noqa: PLC0415 -- loaded when a command runs
    from datumpb.dataset.stats import gather_stats  # noqa: PLC0415 -- as above

    if plot is not None:
        from datumpb.extras import require  # noqa: PLC0415 -- as above

        require("matplotlib", "plot", "--plot")
    place = fetched(path)
    name = format_of(place)
    found = gather_stats(open_dataset(place, name, chosen_key(encryption_key, key_file)), terminal_progress())
    if plot is not None:
        from datumpb.integrations.plot import write_plot  # noqa: PLC0415 -- needs matplotlib

        with naming(plot):
            boxes = write_plot(found, plot, path.absolute().name)
        if boxes:
            warn(f"{plot}: no font here has {counted(boxes, 'character')} of the names, drawn as boxes")
    if as_json:
        click.echo(json.dumps({"path": str(path), "format": name, **_document(found)}, indent=2))
    else:
        heading = printable(f"{path}: {name} {'file' if path.is_file() else 'dataset'}")
        click.echo("\n".join([heading, "", *_subset_table(found), "", *_label_table(found, all_labels=all_labels)]))


def _document(found: DatasetStats) -> dict[str, Any]:
    from dataclasses import asdict  # noqa: PLC0415 -- loaded when a command runs

    from datumpb.dataset.stats import quantiles  # noqa: PLC0415 -- as above

    return {
        "subsets": [{"name": name, **asdict(subset)} for name, subset in found.subsets.items()],
        "labels": [
            {
                "name": name,
                "objects": label.objects.total(),
                "items": label.items.total(),
                "subsets": {
                    subset: {"objects": label.objects[subset], "items": label.items[subset]} for subset in found.subsets
                },
                "box_side": quantiles(label.sides),
            }
            for name, label in found.labels.items()
        ],
        "box_side": quantiles(found.sides()),
    }


def _subset_table(found: DatasetStats) -> list[str]:
    columns = ("items", "empty", "objects", "annotations", "missing_media")
    rows = [(name, *(getattr(subset, column) for column in columns)) for name, subset in found.subsets.items()]
    if len(rows) > 1:
        rows.append(("(all)", *(sum(row[place] for row in rows) for place in range(1, len(columns) + 1))))
    heading = ("subset", "items", "without objects", "objects", "annotations", "missing media")
    return table(heading, [(name, *map(number, counts)) for name, *counts in rows])


def _label_table(found: DatasetStats, *, all_labels: bool) -> list[str]:
    from datumpb.dataset.stats import quantiles  # noqa: PLC0415 -- loaded when a command runs

    several = 1 < len(found.subsets) <= _MOST_SUBSETS
    subsets = list(found.subsets) if several else []
    shown = list(found.labels)[: None if all_labels else _MOST_LABELS]
    rows = []
    for name in shown:
        label = found.labels[name]
        counts = [label.objects.total(), *(label.objects[subset] for subset in subsets), label.items.total()]
        rows.append((name, *map(number, counts), *map(_pixels, quantiles(label.sides).values())))
    left = [label for name, label in found.labels.items() if name not in shown]
    if left:
        counts = [sum(label.objects.total() for label in left)]
        counts += [sum(label.objects[subset] for label in left) for subset in subsets]
        rows.append((f"({len(left)} more: --all-labels)", *map(number, counts), *[""] * 6))
    if found.labels:
        totals = [sum(subset.objects for subset in found.subsets.values())]
        totals += [found.subsets[subset].objects for subset in subsets]
        rows.append(("(all)", *map(number, totals), "", *map(_pixels, quantiles(found.sides()).values())))
    heading = ("label", "objects", *(f"in {subset}" for subset in subsets), "items")
    return table((*heading, "side min", "p10", "p50", "p90", "max"), rows)


def _pixels(side: float | None) -> str:
    return "-" if side is None else f"{side:.1f}"
