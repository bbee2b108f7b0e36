from __future__ import annotations

import gc
import os
import threading
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.container import bytes_source
from datumpb.container.bytes_source import BytesSource
from tests.support.samples import one_line

if TYPE_CHECKING:
    from pathlib import Path

DATA = bytes(range(256)) * 40


@pytest.fixture(params=[True, False], ids=["pread", "seek"])
def source(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BytesSource:
    if not hasattr(os, "pread") and request.param:
        pytest.skip("no pread here")
    monkeypatch.setattr(bytes_source, "_HAS_PREAD", request.param)
    (tmp_path / "file").write_bytes(DATA)
    return BytesSource(tmp_path / "file")


def test_reading_anywhere(source: BytesSource) -> None:
    with source:
        assert source.size == len(DATA)
        assert source.read_at(0, len(DATA)) == DATA
        assert source.read_at(5, 3) == DATA[5:8]
        assert source.read_at(len(DATA) - 1, 1) == DATA[-1:]
        assert source.read_at(len(DATA), 0) == b""


@pytest.mark.parametrize(("offset", "size"), [(0, len(DATA) + 1), (len(DATA), 1), (2**63, 1), (2**64 - 1, 2**64 - 1)])
def test_reading_beyond_the_end(source: BytesSource, offset: int, size: int) -> None:
    with source, pytest.raises(dp.TruncatedFileError) as caught:
        source.read_at(offset, size)
    one_line(caught.value, source.path, f"byte {offset}")


def test_a_file_that_gets_shorter(source: BytesSource) -> None:
    with source:
        os.truncate(str(source.path), 10)
        with pytest.raises(dp.TruncatedFileError, match="became shorter"):
            source.read_at(0, 20)


def test_after_close(source: BytesSource) -> None:
    source.close()
    source.close()
    with pytest.raises(dp.ClosedError) as caught:
        source.read_at(0, 1)
    one_line(caught.value, source.path)


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none", tmp_path / ("n" * 300), tmp_path / "\0"):
        with pytest.raises(dp.FileError) as caught:
            BytesSource(path)
        one_line(caught.value, tmp_path, "cannot open")


def test_threads_do_not_disturb_each_other(source: BytesSource) -> None:
    wrong: list[int] = []

    def read(start: int) -> None:
        offsets = range(start, len(DATA) - 64, 97)
        wrong.extend(at for at in offsets if source.read_at(at, 64) != DATA[at : at + 64])

    threads = [threading.Thread(target=read, args=(start,)) for start in range(8)]
    with source:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong


def test_a_file_closed_by_another_thread_meanwhile(source: BytesSource, monkeypatch: pytest.MonkeyPatch) -> None:
    class Closing(type(source._file)):  # type: ignore[misc]  # FileIO
        @property
        def closed(self) -> bool:
            return False

    with Closing(source.path) as file:
        monkeypatch.setattr(source, "_file", file)
        file.close()
        with pytest.raises(dp.ClosedError):
            source.read_at(0, 1)


def test_a_source_that_nobody_refers_to_is_closed_without_a_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(DATA)
    source = BytesSource(tmp_path / "file")
    file = source._file
    assert not file.closed
    del source
    gc.collect()
    assert file.closed
