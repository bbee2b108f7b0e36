from __future__ import annotations

import pytest

from datumpb.cli.text import counted, number, percent, printable, size, table


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (9_994, "9.99 kB"),
        (9_996, "10.0 kB"),
        (99_949, "99.9 kB"),
        (99_951, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.00 MB"),
        (20_100_000, "20.1 MB"),
        (1_500_000_000, "1.50 GB"),
        (10**19, "10000 PB"),
    ],
)
def test_size(count: int, text: str) -> None:
    assert size(count) == text


def test_numbers() -> None:
    assert number(12_000) == "12,000"
    assert counted(1, "item") == "1 item"
    assert counted(2, "item") == "2 items"
    assert counted(2, "entry", "entries") == "2 entries"
    assert percent(1, 8) == "12.5 %"
    assert percent(1, 0) == "-"


def test_printable() -> None:
    assert printable("plain é 漢 😀") == "plain é 漢 😀"
    assert printable("a\nb\t\x1b\x9b\u202e") == "a\\nb\\t\\x1b\\x9b\\u202e"


def test_table_aligns_by_columns_on_the_terminal() -> None:
    assert table(("name", "n"), [("漢字", "1"), ("e\u0301", "22"), ("long name", "3")]) == [
        "name        n",
        "漢字        1",
        "e\u0301          22",
        "long name   3",
    ]


def test_table_without_rows() -> None:
    assert table(("a", "b"), []) == ["a  b"]
