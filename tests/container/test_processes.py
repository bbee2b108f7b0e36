"""One reader, used by threads and by processes that were forked, or to which it was sent."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from tests.support.samples import KEY, one_line, some_items, write
from tests.support.workers import check

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 60
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


@pytest.fixture(params=[None, KEY], ids=["plain", "encrypted"])
def reader(request: pytest.FixtureRequest, tmp_path: Path, small_blocks: None) -> dp.DatumReader:  # noqa: ARG001 -- in force
    return dp.DatumReader(write(tmp_path / "train.datum", some_items(COUNT), request.param), request.param)


@needs_fork
@pytest.mark.parametrize("used_before", [False, True])
def test_forked_children_and_their_parent_read_at_once(reader: dp.DatumReader, used_before: bool) -> None:
    with reader:
        if used_before:
            assert reader[3].id == "item-3"
        iterator = iter(reader)
        assert next(iterator).id == "item-0"
        children = []
        for number in range(4):
            child = os.fork()
            if child == 0:
                status = 1
                try:
                    status = check(reader, number) + sum(1 for _ in iterator) - (COUNT - 1)
                finally:
                    os._exit(status)
            children.append(child)
        assert check(reader, 9) == 0
        assert sum(1 for _ in iterator) == COUNT - 1
        assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4


@pytest.mark.parametrize("method", [pytest.param("fork", marks=needs_fork), "spawn"])
def test_workers_of_a_pool(reader: dp.DatumReader, method: str) -> None:
    with reader:
        assert len(reader) == COUNT  # open before it is sent
        with multiprocessing.get_context(method).Pool(2) as pool:
            assert pool.map(partial(check, reader), range(4)) == [0] * 4


def test_threads_that_start_at_the_same_time(reader: dp.DatumReader) -> None:
    barrier = threading.Barrier(8)

    def work(number: int) -> int:
        chance = random.Random(number)
        barrier.wait()
        wrong = 0
        for _ in range(150):
            index = chance.randrange(COUNT)
            wrong += reader[index].attributes != {"number": index}
            wrong += f"item-{index}" not in reader
        return wrong + check(reader, number)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with reader, ThreadPoolExecutor(8) as pool:
            assert list(pool.map(work, range(8))) == [0] * 8
            assert len(reader._files) == 1
    finally:
        sys.setswitchinterval(before)


def test_closing_while_threads_read(reader: dp.DatumReader) -> None:
    started = threading.Barrier(5)

    def work(_: int) -> str:
        started.wait()
        try:
            while True:
                check(reader, 0)
        except dp.ClosedError:
            return "closed"

    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(work, number) for number in range(4)]
        started.wait()
        reader.close()
        assert [future.result() for future in futures] == ["closed"] * 4


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickling(reader: dp.DatumReader, protocol: int) -> None:
    with reader:
        assert reader[5].id == "item-5"
        with pickle.loads(pickle.dumps(reader, protocol)) as copy:  # noqa: S301 -- made here
            assert not copy._files
            assert check(copy, 0) == 0
            assert copy.path == reader.path
        assert check(reader, 0) == 0


def test_a_closed_reader_that_is_pickled_can_be_used_again(reader: dp.DatumReader) -> None:
    reader.close()
    with pickle.loads(pickle.dumps(reader)) as copy:  # noqa: S301 -- made here
        assert len(copy) == COUNT


def test_errors_are_pickled(tmp_path: Path) -> None:
    with pytest.raises(dp.FileError) as caught:
        len(dp.DatumReader(tmp_path / "none"))
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 -- made here
    assert one_line(copy) == one_line(caught.value)
    assert type(copy) is type(caught.value)
