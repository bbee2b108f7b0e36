"""Temporary files of an export: on the disk of its output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datumpb.dataset.scratch import scratch_beside, scratch_folder
from datumpb.storage.location import location

if TYPE_CHECKING:
    from pathlib import Path


def test_the_output_itself_or_the_nearest_folder_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "there").mkdir()
    for output in (tmp_path / "there", tmp_path / "there" / "new", tmp_path / "there" / "new" / "too"):
        with scratch_beside(output):
            assert scratch_folder() == str(tmp_path / "there")
    monkeypatch.chdir(tmp_path)
    with scratch_beside(type(tmp_path)("new")):
        assert scratch_folder() == str(tmp_path)


def test_a_file_in_the_way_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with scratch_beside(tmp_path / "file"):
        assert scratch_folder() == str(tmp_path)


def test_everywhere_else_it_is_that_of_the_system(tmp_path: Path) -> None:
    assert scratch_folder() is None
    with scratch_beside(tmp_path):
        with scratch_beside(location("s3://bucket/out")):
            assert scratch_folder() is None
        assert scratch_folder() == str(tmp_path)

    def fail() -> None:
        with scratch_beside(tmp_path):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert scratch_folder() is None
