"""`datumpb cat`: items as JSON lines."""

from __future__ import annotations

import itertools
import sys
from typing import TYPE_CHECKING

import click

import datumpb as dp
from datumpb.cli.keys import chosen_key, key_options
from datumpb.cli.places import AnyPlace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datumpb.storage.location import Location


@click.command()
@click.argument("path", type=AnyPlace())
@click.option("--id", "item_id", metavar="ID", help="Only the item of this id.")
@click.option("--subset", metavar="NAME", help="Only items of this subset.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="No more than N items.")
@click.option(
    "--dynamic", is_flag=True, help="Decode .datum files by the schema that they carry, and print protobuf's JSON."
)
@key_options
def cat(  # noqa: PLR0913 -- one for each option
    *,
    path: Location,
    item_id: str | None,
    subset: str | None,
    limit: int | None,
    dynamic: bool,
    encryption_key: str | None,
    key_file: Path | None,
) -> None:
    """Print the items of a file or dataset as JSON lines.

    An item has id, subset, media, attributes and annotations. An annotation or media object has its type, which is the
    name of its class in Python and of its message in the schema, and the fields of that class. The counts of a Mask are
    COCO's compressed text.

    Everything is exact. What JSON or its readers cannot hold is an object with one key:

    \b
    {"$float": "NaN"}, "Infinity" or "-Infinity"
    {"$int": "9007199254740993"}   beyond 2^53; in hexadecimal beyond 2048 bits
    {"$bytes": "AAEC"}             base64

    A key of a map that begins with $ itself gets one $ more.

    With --dynamic, an item is printed as the JSON mapping of Protocol Buffers has it, decoded by nothing but the schema
    in the file: also what only a later version knows is shown, and coordinates are as they are stored.

    \b
    datumpb cat out/ | jq 'select(.annotations | length > 10) | .id'
    """  # noqa: D301 -- \b keeps click from joining the lines
    from datumpb.cli.as_json import item_line  # noqa: PLC0415 -- loaded when a command runs
    from datumpb.cli.files import fetched, format_of, open_dataset  # noqa: PLC0415 -- as above

    key = chosen_key(encryption_key, key_file)
    if dynamic:
        lines = _dynamic_lines(path, item_id, subset, None if key is None else key.text)
        for line in itertools.islice(lines, limit):
            click.echo(line)
        return
    place = fetched(path)
    dataset = open_dataset(place, format_of(place), key)
    for item in itertools.islice(_chosen_items(dataset, path, item_id, subset), limit):
        sys.stdout.buffer.write(item_line(item).encode() + b"\n")


def _chosen_items(dataset: dp.Dataset, path: Location, item_id: str | None, subset: str | None) -> Iterator[dp.Item]:
    subsets = dataset.subsets()
    if subset is not None and subset not in subsets:
        message = f"{path}: there is no subset {subset!r}; there are: {', '.join(subsets)}"
        raise dp.ItemNotFoundError(message)
    names = list(subsets) if subset is None else [subset]
    if item_id is None:
        for name in names:
            yield from subsets[name]
        return
    found = [item for name in names if (item := subsets[name].get(item_id)) is not None]
    if not found:
        message = f"{path}: no item has the id {item_id!r}"
        raise dp.ItemNotFoundError(message)
    yield from found


def _dynamic_lines(path: Location, item_id: str | None, subset: str | None, key: str | None) -> Iterator[str]:
    from google.protobuf.json_format import MessageToJson  # noqa: PLC0415 -- loaded when a command runs

    from datumpb.cli.files import files_by_subset  # noqa: PLC0415 -- as above
    from datumpb.container.schema import dynamic_items  # noqa: PLC0415 -- as above

    chosen = [files for files in files_by_subset(path) if subset is None or files.subset == subset]
    for one in chosen:
        one.refuse_faults()
    files = [file for one in chosen for file in one.files]
    if not files:
        message = f"{path}: no .datum file" if subset is None else f"{path}: there is no subset {subset!r}"
        raise dp.ItemNotFoundError(message)
    found = False
    for file in files:
        for item in dynamic_items(file, key):
            if item_id is None or getattr(item, "id", None) == item_id:
                found = True
                yield MessageToJson(item, indent=None, ensure_ascii=False)
    if item_id is not None and not found:
        message = f"{path}: no item has the id {item_id!r}"
        raise dp.ItemNotFoundError(message)
