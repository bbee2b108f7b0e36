"""One writer at a time, told by a lock that dies with its process."""

from __future__ import annotations

import errno
import fcntl
import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.container.atomic import AtomicFile
from datumpb.container.claim import Claim, hidden_name

if TYPE_CHECKING:
    from pathlib import Path


def test_a_second_writer_is_told_and_the_first_one_finishes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with AtomicFile(path) as first:
        with pytest.raises(dp.OutputBusyError, match="another writer") as caught:
            AtomicFile(path)
        assert str(tmp_path) in str(caught.value)
        first.file.write(b"first")
    with AtomicFile(path) as second:
        second.file.write(b"second")
    assert path.read_bytes() == b"second"


def test_a_second_writer_of_items_is_told(tmp_path: Path) -> None:
    path = tmp_path / "train.datum"
    with dp.DatumWriter(path) as writer:
        with pytest.raises(dp.OutputBusyError):
            dp.DatumWriter(path)
        writer.write(dp.Item("a"))
    assert [item.id for item in dp.DatumReader(path)] == ["a"]


def test_writers_of_other_files_are_not_disturbed(tmp_path: Path) -> None:
    names = ["a" * 100 + end for end in "bc"]
    with AtomicFile(tmp_path / names[0]), AtomicFile(tmp_path / names[1]):
        assert len(list(tmp_path.iterdir())) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def _die_while_writing(path: Path) -> None:
    AtomicFile(path).file.write(b"half")
    os._exit(9)


def test_what_a_dead_writer_left_is_removed_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "file"
    process = multiprocessing.get_context("spawn").Process(target=_die_while_writing, args=(path,))
    process.start()
    process.join()
    assert process.exitcode == 9
    assert [entry.name for entry in tmp_path.iterdir()] == [hidden_name(path, ".partial")]
    with AtomicFile(path) as atomic:
        atomic.file.write(b"whole")
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == {"file": b"whole"}


def test_of_many_at_once_one_at_a_time_has_it(tmp_path: Path) -> None:
    path = tmp_path / "hidden"
    held: list[int] = []

    def work(number: int) -> int:
        won = 0
        for _ in range(200):
            try:
                claim = Claim(path)
            except dp.OutputBusyError:
                continue
            held.append(number)
            assert held == [number]
            claim.file.write(b"x")
            assert path.read_bytes() == b"x"
            held.remove(number)
            claim.remove()
            won += 1
        return won

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(work, range(6))) > 0
    assert not list(tmp_path.iterdir())


def test_a_claim_taken_for_a_leftover_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "hidden"
    flock, calls = fcntl.flock, 0

    def late(file: int, operation: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            path.unlink()  # as another writer does that saw the file unlocked
        flock(file, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    claim = Claim(path)
    assert calls == 2
    assert os.path.samestat(os.fstat(claim.file.fileno()), path.stat())
    claim.remove()


def test_links_are_not_followed(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("mine")
    path = tmp_path / "hidden"
    path.symlink_to(mine)
    with pytest.raises(OSError, match="symbolic links"):
        Claim(path)
    assert mine.read_text() == "mine"


def test_without_locks_a_file_that_is_there_is_a_claim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    path = tmp_path / "hidden"
    claim = Claim(path)
    with pytest.raises(dp.OutputBusyError, match=f"{path}.*remove this file"):
        Claim(path)
    claim.remove()
    Claim(path).remove()


def test_another_error_of_locking_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(fcntl, "flock", broken)
    with pytest.raises(OSError, match="Input/output"):
        Claim(tmp_path / "hidden")


def test_removing_twice_does_not_remove_the_next_claim(tmp_path: Path) -> None:
    path = tmp_path / "hidden"
    first = Claim(path)
    first.remove()
    second = Claim(path)
    first.remove()
    assert path.exists()
    second.remove()
