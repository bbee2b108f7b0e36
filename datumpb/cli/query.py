"""`datumpb query`: SQL over a dataset."""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import json
import sys
import uuid
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import click

from datumpb.cli.keys import chosen_key, key_options
from datumpb.cli.places import AnyPlace
from datumpb.cli.text import table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from datumpb.integrations.query import Query
    from datumpb.storage.location import Location

_PAGE = 10_000


@click.command()
@click.argument("path", type=AnyPlace())
@click.argument("sql")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list with an object for each row.")
@key_options
def query(  # noqa: PLR0913 -- one for each option
    *, path: Location, sql: str, as_csv: bool, as_json: bool, encryption_key: str | None, key_file: Path | None
) -> None:
    """Ask a dataset in SQL, by DuckDB (pip install 'datumpb[query]').

    The views are items, annotations, objects, labels and subsets; docs/arrow.md has their columns, and
    "describe annotations" lists them. The query can reach nothing but them.

    \b
    datumpb query out/ "select label, count(*) from annotations group by label order by 2 desc"
    datumpb query out/ "select label, median(sqrt(w * h)) as side from objects group by label" --csv
    datumpb query out/ "select id from items where attributes->>'weather' = 'rain'"

    Values that JSON cannot hold are written as `datumpb cat` writes them.
    """  # noqa: D301 -- \b keeps click from joining the lines
    from datumpb.cli.files import fetched, format_of, open_dataset  # noqa: PLC0415 -- loaded when a command runs
    from datumpb.extras import require  # noqa: PLC0415 -- as above

    if as_csv and as_json:
        message = "--csv and --json exclude each other"
        raise click.UsageError(message)
    require("duckdb", "query", "datumpb query")
    require("pyarrow", "query", "datumpb query")
    from datumpb.integrations.query import Query  # noqa: PLC0415 -- needs what was just checked

    place = fetched(path)
    answer = Query(open_dataset(place, format_of(place), chosen_key(encryption_key, key_file)), sql)
    if as_csv:
        _print_csv(answer)
    elif as_json:
        _print_json(answer)
    else:
        _print_table(answer)


def _print_csv(answer: Query) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(answer.columns)
    for rows in answer.rows():
        writer.writerows(["" if value is None else _text(value) for value in row] for row in rows)


def _print_json(answer: Query) -> None:
    from datumpb.model.value_text import escaped_key, to_json  # noqa: PLC0415 -- loaded when a command runs

    columns = [escaped_key(name) for name in answer.columns]
    start = "["
    for row in chain.from_iterable(answer.rows()):
        values = [to_json(_plain(value)) for value in row]
        text = json.dumps(dict(zip(columns, values, strict=True)), ensure_ascii=False, allow_nan=False)
        sys.stdout.write(f"{start}\n{text}")
        start = ","
    sys.stdout.write("[]\n" if start == "[" else "\n]\n")


def _print_table(answer: Query) -> None:
    rows = chain.from_iterable(answer.rows())
    first = True
    while (page := list(islice(rows, _PAGE))) or first:
        text = [["NULL" if value is None else _text(value) for value in row] for row in page]
        lines = table(answer.columns, text, left=_left(page, len(answer.columns)))
        sys.stdout.write("\n".join([*([] if first else [""]), *lines, ""]))
        first = False


def _left(rows: Sequence[Sequence[Any]], columns: int) -> set[int]:
    """Return the columns that are not of numbers."""
    return {
        place
        for place in range(columns)
        if any(not isinstance(row[place], int | float | decimal.Decimal | None) for row in rows)
    }


def _text(value: Any) -> str:  # noqa: ANN401 -- any value of DuckDB
    from datumpb.model.value_text import encode  # noqa: PLC0415 -- loaded when a command runs

    plain = _plain(value)
    if isinstance(plain, str):
        return plain
    return repr(plain) if isinstance(plain, float) else encode(plain)


def _plain(value: Any) -> Any:  # noqa: ANN401 -- any value of DuckDB
    """Return a value as one of ours: numbers, text, bytes, lists and maps."""
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dt.date | dt.time | dt.timedelta | uuid.UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(element) for element in value]
    if isinstance(value, dict):
        return {key if isinstance(key, str) else _text(key): _plain(element) for key, element in value.items()}
    return value
