"""Where an image is: in the first folder that has it, however few folders are asked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from datumpb.formats.coco.image_folders import ImageFolders
from datumpb.model.media_folder import MediaFolder

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = ["images/train", "train", "images", ""]
NAMES = ["a.jpg", "b.jpg", "c/a.jpg", "train/a.jpg", "train", "../a.jpg", "/a.jpg", "", ".", "a.jpg/", "x\0.jpg", "C:a"]


@pytest.mark.parametrize(
    "files",
    [
        [],
        ["images/train/a.jpg"],
        ["train/a.jpg", "images/a.jpg"],
        ["images/train/c/a.jpg", "images/b.jpg"],
        ["a.jpg", "images/b.jpg"],
        ["images/train"],
        ["c/a.jpg", "images/a.jpg/a.jpg"],
    ],
)
def test_the_first_folder_that_has_the_file(tmp_path: Path, files: list[str]) -> None:
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(b"here")
    found = ImageFolders.of(MediaFolder(tmp_path), FOLDERS)
    for name in NAMES:
        ref = found.locate(name)
        paths = [f"{folder}/{name}" if folder else name for folder in FOLDERS]
        inside = [path for path in paths if not path.startswith("/") and "" not in path.split("/")]
        usual = [path for path in inside if {".", ".."}.isdisjoint(path.split("/")) and not {"\0", ":"} & {*path}]
        there = [path for path in usual if (tmp_path / path).is_file()]
        assert ref.path == (there or paths)[0]
        assert ref.source is found.media


def test_links_count_as_what_they_lead_to(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "images").mkdir()
    (tmp_path / "train").mkdir()
    (tmp_path / "elsewhere" / "a.jpg").write_bytes(b"")
    (tmp_path / "images" / "a.jpg").symlink_to(tmp_path / "elsewhere" / "a.jpg")
    (tmp_path / "train" / "b").symlink_to(tmp_path / "elsewhere")
    found = ImageFolders.of(MediaFolder(tmp_path), ["train", "images"])
    assert found.holding == ["images"]
    assert found.locate("a.jpg").path == "images/a.jpg"
    assert found.locate("b/a.jpg").path == "train/b/a.jpg"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may list any folder")
def test_a_folder_that_cannot_be_listed(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"")
    folder.chmod(0o100)
    try:
        assert ImageFolders.of(MediaFolder(tmp_path), ["train", "images"]).locate("a.jpg").path == "images/a.jpg"
    finally:
        folder.chmod(0o700)


def test_the_only_folder_is_not_looked_into(tmp_path: Path) -> None:
    assert ImageFolders.of(MediaFolder(tmp_path), ["train"]).locate("a.jpg").path == "train/a.jpg"
