"""A file is replaced again and again by a new version: whoever reads sees one version, never a mixture of two."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from tests.support.samples import KEY
from tests.support.workers import versions_seen

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = 12
COUNT = 30
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


def put(path: Path, version: int, key: str | None) -> None:
    """Put a version in place: every item says which, and longer ids move all blocks."""
    with dp.DatumWriter(path, subset="train", infos={"version": version}, key=key) as writer:
        for number in range(COUNT + version):
            writer.write(dp.Item(f"{number}", attributes={"version": version, "filling": "x" * version * number}))


@pytest.fixture(params=[None, KEY], ids=["plain", "encrypted"])
def key(request: pytest.FixtureRequest) -> str | None:
    found: str | None = request.param
    return found


@pytest.fixture
def path(tmp_path: Path, key: str | None, small_blocks: None) -> Path:  # noqa: ARG001 -- in force
    put(tmp_path / "train.datum", 0, key)
    return tmp_path / "train.datum"


def replace_until(done: threading.Event, path: Path, key: str | None) -> int:
    """Put versions in place, at least so many and as long as anybody reads; return the last one."""
    version = 0
    while version < VERSIONS or not done.is_set():
        version += 1
        put(path, version % 50, key)
    return version


def judge(seen: list[object]) -> None:
    """Judge what readers saw each time that they opened the file."""
    assert seen
    assert all(isinstance(one, int) for one in seen), seen


def test_threads(path: Path, key: str | None) -> None:
    done = threading.Event()
    with ThreadPoolExecutor(5) as pool:
        writer = pool.submit(replace_until, done, path, key)
        readers = [pool.submit(versions_seen, path, key, 15) for _ in range(4)]
        seen = [one for reader in readers for one in reader.result()]
        done.set()
        writer.result()
    judge(seen)


@pytest.mark.parametrize("method", [pytest.param("fork", marks=needs_fork), "spawn"])
def test_processes(path: Path, key: str | None, method: str) -> None:
    with multiprocessing.get_context(method).Pool(3) as pool:
        waiting = [pool.apply_async(versions_seen, (path, key, 15)) for _ in range(3)]
        version = 0
        while not all(one.ready() for one in waiting):
            version += 1
            put(path, version % 50, key)
        judge([one for result in waiting for one in result.get()])


def test_a_reader_that_is_open_goes_on_with_the_version_that_it_opened(path: Path, key: str | None) -> None:
    with dp.DatumReader(path, key) as reader:
        items = iter(reader)
        first = next(items)
        put(path, 7, key)
        assert [first.attributes["version"], *(item.attributes["version"] for item in items)] == [0] * COUNT
        assert reader[str(COUNT - 1)].attributes["version"] == 0
        assert str(COUNT) not in reader
    with dp.DatumReader(path, key) as reader:
        assert {item.attributes["version"] for item in reader} == {7}


@needs_fork
def test_a_reader_that_was_open_before_a_fork(path: Path, key: str | None) -> None:
    with dp.DatumReader(path, key) as reader:
        assert len(reader) == COUNT
        put(path, 3, key)
        child = os.fork()
        if child == 0:
            status = 1
            try:
                status = int({item.attributes["version"] for item in reader} != {0})
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert len(list(reader)) == COUNT
