from __future__ import annotations

import itertools
import os
import signal
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from tests.support.coco import ListSource

pytest.importorskip("duckdb", reason="DuckDB is not installed")
pytest.importorskip("pyarrow", reason="pyarrow is not installed")
from datumpb.integrations.query import Query

if TYPE_CHECKING:
    from collections.abc import Iterator


class EndlessSource(ListSource):
    """A dataset without end; at a number of items it calls for what Ctrl-C does."""

    def __init__(self, interrupted_at: int) -> None:
        super().__init__([])
        self.read = 0
        self._interrupted_at = interrupted_at

    def items(self, subset: str) -> Iterator[dp.Item]:
        for number in itertools.count():
            self.read += 1
            if number == self._interrupted_at:
                os.kill(os.getpid(), signal.SIGINT)
            yield dp.Item(str(number), subset)


@pytest.fixture
def heeded() -> Iterator[None]:
    # Tests that run in the background of a shell are told to ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeded")
def test_ctrl_c_ends_a_query_that_runs() -> None:
    with pytest.raises(KeyboardInterrupt):
        Query(dp.Dataset(EndlessSource(5000)), "select count(*) from items")


def test_rows_come_while_the_dataset_is_read() -> None:
    source = EndlessSource(-1)
    query = Query(dp.Dataset(source), "select id from items limit 3")
    assert next(query.rows()) == [("0",), ("1",), ("2",)]
    assert source.read < 1_000_000


def test_errors_keep_their_class() -> None:
    error = dp.DamagedFileError("damaged", "a.datum", 7)
    source = ListSource([dp.Item("a", "x")], error=error)
    with pytest.raises(dp.DamagedFileError) as caught:
        Query(dp.Dataset(source), "select count(*) from objects")
    assert caught.value is error


def test_wrong_sql_is_a_query_error() -> None:
    with pytest.raises(dp.QueryError, match="Parser Error"):
        Query(dp.Dataset.from_iterable([]), "selct")
