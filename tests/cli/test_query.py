from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

import datumpb as dp
from tests.support.samples import flipped

pytest.importorskip("duckdb", reason="DuckDB is not installed")
pytest.importorskip("pyarrow", reason="pyarrow is not installed")

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

SQUARE = np.array([[0, 0], [4, 0], [4, 4], [0, 4]])


@pytest.fixture
def animals(tmp_path: Path) -> Path:
    """A dataset of two subsets, with objects of one and of several shapes."""
    items = [
        dp.Item("a", "train", dp.Image(height=7, width=9), {"weather": "rain", "n": 2**60},
                [dp.Bbox(1, 2, 3, 4, label=0), dp.Caption("é")]),
        dp.Item("b", "train", None, {"weather": "sun"},
                [dp.Polygon(SQUARE + n, label=1, group=5, attributes={"is_crowd": True}) for n in (0, 4)]),
        dp.Item("c", "val", annotations=[dp.Points(SQUARE, label=1)]),
    ]  # fmt: skip
    dp.Dataset.from_iterable(items, categories=["cat", "dog"]).export(tmp_path / "animals", "datumpb")
    return tmp_path / "animals"


def rows(outcome: Outcome) -> list[list[object]]:
    """Return the rows of JSON that a query printed."""
    assert outcome.status == 0, outcome.err
    return [list(row.values()) for row in json.loads(outcome.out)]


def test_a_table(datumpb: Run, animals: Path) -> None:
    sql = "select label, count(*) as n, null as x from annotations group by label order by n desc, label"
    assert datumpb("query", animals, sql).out == "label  n     x\ndog    3  NULL\ncat    1  NULL\nNULL   1  NULL\n"
    assert datumpb("query", animals, "select id from items where id = 'z'").out == "id\n"


def test_csv_and_json(datumpb: Run, animals: Path) -> None:
    sql = "select id, attributes->>'weather' as weather, [1, 2.5] as \"a,b\" from items order by id"
    lines = list(csv.reader(io.StringIO(datumpb("query", animals, sql, "--csv").out)))
    assert lines == [["id", "weather", "a,b"], ["a", "rain", "[1,2.5]"], ["b", "sun", "[1,2.5]"], ["c", "", "[1,2.5]"]]
    assert rows(datumpb("query", animals, sql, "--json"))[0] == ["a", "rain", [1, 2.5]]
    assert datumpb("query", animals, "select 1 where false", "--json").out == "[]\n"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select * from items where subset = 'train' order by id limit 1",
         [["a", "train", "Image", None, 7, 9, 2, '{"weather":"rain","n":{"$int":"1152921504606846976"}}']]),
        ("select item_id, type, bbox.w, polygon.points[2].x, caption from annotations where item_id = 'a'",
         [["a", "Bbox", 3.0, None, None], ["a", "Caption", None, None, "é"]]),
        ("select * from objects order by item_id",
         [["a", "train", "cat", 0, 0, 1, 1.0, 2.0, 3.0, 4.0, 12.0, False],
          ["b", "train", "dog", 1, 5, 2, 0.0, 0.0, 8.0, 8.0, 32.0, True],
          ["c", "val", "dog", 1, 0, 1, None, None, None, None, 0.0, False]]),
        ('select subset, "index", name from labels order by all',
         [["train", 0, "cat"], ["train", 1, "dog"], ["val", 0, "cat"], ["val", 1, "dog"]]),
        ("select name, items, media_type, infos from subsets",
         [["train", 2, "image", "{}"], ["val", 1, "image", "{}"]]),
        ("select count(*) from items a join items b using (id) join annotations c on c.item_id = a.id", [[5]]),
        ("select 'NaN'::double, 1::hugeint << 80, 'x'::blob, date '2020-01-02', 1.5, map {1: 2}, {'a': 1}",
         [[{"$float": "NaN"}, {"$int": "1208925819614629174706176"}, {"$bytes": "eA=="}, "2020-01-02", 1.5, {"1": 2},
           {"a": 1}]]),
    ],
)  # fmt: skip
def test_what_the_views_hold(datumpb: Run, animals: Path, sql: str, expected: list[list[object]]) -> None:
    assert rows(datumpb("query", animals, sql, "--json")) == expected


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("selct 1", "Parser Error: syntax error at or near"),
        ("select * from nosuch", "Catalog Error: Table with name nosuch does not exist"),
        ("select cast(id as int) from items", "Conversion Error: Could not convert string"),
        ("", "one query (SELECT ...) expected"),
        ("select 1; select 2", "one query (SELECT ...) expected"),
        ("create table x as select 1", "one query (SELECT ...) expected"),
        ("drop view items", "one query (SELECT ...) expected"),
        ("set threads = 1", "one query (SELECT ...) expected"),
        ("copy (select 1) to '/tmp/datumpb-never'", "one query (SELECT ...) expected"),
        ("attach '/tmp/datumpb-never'", "one query (SELECT ...) expected"),
        ("select * from read_text('/etc/hostname')", "Permission Error: Cannot access file"),
        ("select * from '/etc/hostname.csv'", "Permission Error: Cannot access file"),
        ("select * from glob('/etc/*')", "Permission Error: Cannot access file"),
        ("select * from source", "Catalog Error: Table with name source does not exist"),
    ],
)
def test_what_is_no_query_over_the_dataset(datumpb: Run, animals: Path, sql: str, message: str) -> None:
    assert datumpb("query", animals, sql).error.startswith(message)


def test_encrypted(datumpb: Run, encrypted: Path, key: str) -> None:
    sql = "select label, count(*) from objects group by label"
    assert rows(datumpb("query", encrypted, sql, "--json", "--encryption-key", key)) == [["kite", 3]]
    assert "--key-file" in datumpb("query", encrypted, sql).error


def test_errors_of_the_dataset_come_through(datumpb: Run, animals: Path) -> None:
    file = animals / "annotations" / "train.datum"
    data = file.read_bytes()
    file.write_bytes(flipped(data, 8 * data.index(b"rain")))
    error = datumpb("query", animals, "select count(*) from annotations").error
    assert error.startswith(str(file))
    assert "(at byte" in error


def test_a_large_answer_is_printed_page_by_page(datumpb: Run, animals: Path) -> None:
    lines = datumpb("query", animals, "select range as n from range(10001)").out.splitlines()
    assert lines.count("    n") == 1
    assert lines[-3:] == ["", "    n", "10000"]
    assert len(datumpb("query", animals, "select range as n from range(10001)", "--csv").out.splitlines()) == 10002


def test_missing_extras_and_options(datumpb: Run, animals: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert datumpb("query", animals, "select 1", "--csv", "--json").status == 2
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)  # noqa: ARG005 -- its interface
    assert datumpb("query", animals, "select 1").error.endswith("pip install 'datumpb[query]'")
