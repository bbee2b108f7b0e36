"""New files: there whole, or not at all, and never in place of another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from datumpb.container.new_file import NewFile

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_written_is_there_and_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    monkeypatch.setattr(os, "fsync", lambda file: sizes.append(os.fstat(file).st_size))
    with NewFile(tmp_path / "file") as new:
        new.file.write(b"new")
    assert new.file.closed
    assert sizes == [3]
    assert (tmp_path / "file").read_bytes() == b"new"


def test_another_file_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        NewFile(tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"old"


@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt, GeneratorExit])
def test_none_is_left_where_the_block_raises(tmp_path: Path, stop: type[BaseException]) -> None:
    def interrupted() -> None:
        with NewFile(tmp_path / "file") as new:
            new.file.write(b"half")
            raise stop

    with pytest.raises(stop):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_none_is_left_where_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"), NewFile(tmp_path / "file") as new:
        new.file.write(b"new")
    assert new.file.closed
    assert list(tmp_path.iterdir()) == []
