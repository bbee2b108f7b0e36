from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from datumpb.container.atomic import AtomicFile


def test_the_file_appears_at_the_end_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with AtomicFile(path) as atomic:
        atomic.file.write(b"new")
        assert not path.exists()
        (hidden,) = tmp_path.iterdir()
        assert hidden.name.startswith(".")
        assert hidden.suffix == ".partial"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_there_is_replaced_only_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with AtomicFile(path) as atomic:
        atomic.file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_exception_leaves_everything_as_it_was(tmp_path: Path, stop: type[BaseException]) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def interrupted() -> None:
        with AtomicFile(path) as atomic:
            atomic.file.write(b"new")
            raise stop

    with pytest.raises(stop):
        interrupted()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_at_the_end_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*{"fsync": (os, "fsync"), "replace": (Path, "replace")}[step], fail)
    with pytest.raises(OSError, match="No space"), AtomicFile(path) as atomic:
        atomic.file.write(b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_bytes_are_on_the_disk_before_the_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def seen_fsync(file: int) -> None:
        steps.append("fsync")
        fsync(file)

    def seen_replace(source: Path, target: Path) -> Path:
        steps.append("replace")
        return replace(source, target)

    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(Path, "replace", seen_replace)
    with AtomicFile(tmp_path / "file") as atomic:
        atomic.file.write(b"new")
    assert steps == (["fsync", "replace", "fsync"] if os.name == "posix" else ["fsync", "replace"])


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        AtomicFile(tmp_path / "none" / "file")


@pytest.mark.parametrize("name", ["n" * 255, "é" * 127, "漢" * 85])
def test_a_name_may_be_as_long_as_names_can_be(tmp_path: Path, name: str) -> None:
    with AtomicFile(tmp_path / name) as atomic:
        atomic.file.write(b"new")
    assert (tmp_path / name).read_bytes() == b"new"


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
def test_a_process_forked_meanwhile_writes_nothing_a_second_time(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with AtomicFile(path) as atomic:
        atomic.file.write(b"once")
        child = os.fork()
        if child == 0:
            try:
                atomic.file.close()  # as the end of the interpreter does
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        atomic.file.write(b" and once")
    assert path.read_bytes() == b"once and once"
