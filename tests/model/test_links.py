"""Links in a folder: those that lead out of it are seen, wherever they stand in a path."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from datumpb.model.links import leads_out

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "in" / "a" / "b").mkdir(parents=True)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "file").touch()
    (tmp_path / "in" / "a" / "b" / "file").touch()
    return tmp_path / "in"


@pytest.mark.parametrize("path", ["a", "a/b/file", "a/missing", "missing/too", ".", "a/b/file/beyond"])
def test_without_links(root: Path, path: str) -> None:
    assert not leads_out(root, path)


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
@pytest.mark.parametrize(
    ("place", "target", "path", "out"),
    [
        ("link", "../out", "link", True),
        ("link", "../out", "link/file", True),
        ("a/link", "../../out/file", "a/link", True),
        ("a/link", "b", "a/link/file", False),
        ("a/link", "../a/b", "a/link/file", False),
        ("a/link", "link", "a/link/file", True),
        ("a/link", "/", "a/link/etc", True),
        ("a/link", "../../in/a", "a/link/b/file", False),
    ],
)
def test_a_link(root: Path, place: str, target: str, path: str, out: bool) -> None:
    (root / place).symlink_to(target)
    assert leads_out(root, path) == out


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_folder_that_is_itself_behind_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "other").symlink_to(root)
    assert not leads_out(tmp_path / "other", "a/b/file")
    (root / "link").symlink_to("a")
    assert not leads_out(tmp_path / "other", "link/b")
    (root / "away").symlink_to(tmp_path)
    assert leads_out(tmp_path / "other", "away")
