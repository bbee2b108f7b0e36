"""Whole or not at all, and nothing is deleted but what is replaced."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from datumpb.dataset.export import Export
from datumpb.dataset.output import OutputFolder
from datumpb.errors import OutputExistsError

if TYPE_CHECKING:
    from collections.abc import Callable

    Tree = Callable[[Path], dict[str, bytes | None]]


def put(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


NEW = {"a": "new", "images/x": "new", "images/y": "new", "deep/er/z": "new"}


def test_a_new_folder_appears_at_the_end(tmp_path: Path, tree: Tree) -> None:
    path = tmp_path / "some" / "where" / "out"
    with OutputFolder(path, Export(overwrite=False)) as output:
        put(output.folder, NEW)
        assert not path.exists()
        assert output.folder.name.startswith(".out.")
    assert {name for name, content in tree(path).items() if content == b"new"} == set(NEW)
    assert list(path.parent.iterdir()) == [path]


def test_an_empty_folder_may_be_there(tmp_path: Path, tree: Tree) -> None:
    with OutputFolder(tmp_path, Export(overwrite=False)) as output:
        put(output.folder, NEW)
        assert output.folder.parent == tmp_path  # the folder may be a disk of its own
    assert {name for name, content in tree(tmp_path).items() if content == b"new"} == set(NEW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "deep", "images"]


def test_a_folder_with_contents_is_refused(tmp_path: Path, tree: Tree) -> None:
    put(tmp_path, {"out/.hidden": "old"})
    before = tree(tmp_path)
    with pytest.raises(OutputExistsError, match="not empty"):
        OutputFolder(tmp_path / "out", Export(overwrite=False))
    assert tree(tmp_path) == before


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_file_is_refused(tmp_path: Path, tree: Tree, overwrite: bool) -> None:
    put(tmp_path, {"out": "old"})
    before = tree(tmp_path)
    with pytest.raises(OutputExistsError, match="a file stands"):
        OutputFolder(tmp_path / "out", Export(overwrite=overwrite))
    assert tree(tmp_path) == before


def test_overwriting_replaces_files_and_keeps_all_others(tmp_path: Path, tree: Tree) -> None:
    old = {"a": "old", "b": "old", "images/x": "old", "images/mine": "old", "other/c": "old", "deep/er/mine": "old"}
    put(tmp_path, old)
    with OutputFolder(tmp_path, Export(overwrite=True)) as output:
        put(output.folder, NEW)
        assert (tmp_path / "a").read_text() == "old"
    expected = {name: text.encode() for name, text in {**old, **NEW}.items()}
    assert {name: content for name, content in tree(tmp_path).items() if content is not None} == expected
    assert not [name for name in tree(tmp_path) if name.startswith(".")]


def test_what_would_be_taken_for_a_part_of_the_new_output_goes(tmp_path: Path, tree: Tree) -> None:
    put(tmp_path, {"annotations/train.datum": "old", "annotations/val.datum": "old", "annotations/notes.txt": "old"})
    with OutputFolder(tmp_path, Export(overwrite=True)) as output:
        output.replace_all("annotations/*.datum")
        put(output.folder, {"annotations/train.datum": "new"})
    assert tree(tmp_path) == {"annotations": None, "annotations/notes.txt": b"old", "annotations/train.datum": b"new"}


@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt, OSError])
def test_an_exception_changes_nothing(tmp_path: Path, tree: Tree, stop: type[BaseException]) -> None:
    put(tmp_path, {"full/a": "old", "full/images/x": "old"})
    (tmp_path / "empty").mkdir()
    before = tree(tmp_path)

    def interrupted(path: Path) -> None:
        with OutputFolder(path, Export(overwrite=True)) as output:
            output.replace_all("*")
            put(output.folder, NEW)
            raise stop

    for name in ("full", "empty", "new", "some/where/new"):
        with pytest.raises(stop):
            interrupted(tmp_path / name)
        assert tree(tmp_path) == before


def test_a_failure_at_any_step_of_the_end_takes_everything_back(
    tmp_path: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    put(out, {"a": "old", "annotations/old.datum": "old", "images/x": "old", "images/mine": "old"})
    before = tree(tmp_path)
    rename = Path.rename
    for step in range(1, 20):
        calls: list[int] = []

        def fail(source: Path, target: Path, calls: list[int] = calls, step: int = step) -> Path:
            calls.append(1)
            if len(calls) == step:
                raise OSError(28, "No space left on device")
            return rename(source, target)

        def export() -> None:
            with OutputFolder(out, Export(overwrite=True)) as output:
                output.replace_all("annotations/*.datum")
                put(output.folder, {**NEW, "annotations/new.datum": "new"})

        monkeypatch.setattr(Path, "rename", fail)
        if step > 8:  # aside: a, old.datum, x; moved: a, new.datum, deep, x, y
            export()
            break
        with pytest.raises(OSError, match="No space"):
            export()
        monkeypatch.setattr(Path, "rename", rename)
        assert tree(tmp_path) == before
    assert (out / "images" / "mine").read_text() == "old"
    assert not (out / "annotations" / "old.datum").exists()


@pytest.mark.parametrize(("old", "new"), [("a/file", "a"), ("images/x/file", "images/x")])
def test_a_file_never_replaces_a_folder(tmp_path: Path, tree: Tree, old: str, new: str) -> None:
    put(tmp_path, {old: "old", "0": "old"})
    before = tree(tmp_path)

    def export() -> None:
        with OutputFolder(tmp_path, Export(overwrite=True)) as output:
            put(output.folder, {"0": "new", new: "new"})

    with pytest.raises(OutputExistsError, match="a folder stands"):
        export()
    assert tree(tmp_path) == before


def test_a_folder_may_replace_a_file(tmp_path: Path, tree: Tree) -> None:
    put(tmp_path, {"images": "old"})
    with OutputFolder(tmp_path, Export(overwrite=True)) as output:
        put(output.folder, {"images/x": "new"})
    assert tree(tmp_path) == {"images": None, "images/x": b"new"}


def test_nothing_is_written_through_links(tmp_path: Path, tree: Tree) -> None:
    outside, out = tmp_path / "outside", tmp_path / "out"
    put(outside, {"x": "mine", "file": "mine"})
    out.mkdir()
    (out / "images").symlink_to(outside)
    (out / "a").symlink_to(outside / "file")
    (out / "dangling").symlink_to(tmp_path / "none")
    with OutputFolder(out, Export(overwrite=True)) as output:
        put(output.folder, {"images/x": "new", "a": "new", "dangling": "new"})
    assert tree(outside) == {"file": b"mine", "x": b"mine"}
    assert tree(out) == {"a": b"new", "dangling": b"new", "images": None, "images/x": b"new"}
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("overwrite", [False, True])
def test_the_output_may_be_reached_through_a_link(tmp_path: Path, tree: Tree, overwrite: bool) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with OutputFolder(tmp_path / "link", Export(overwrite=overwrite)) as output:
        put(output.folder, {"a": "new"})
    assert (tmp_path / "link").is_symlink()
    assert tree(tmp_path / "real") == {"a": b"new"}


def test_a_path_relative_to_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tree: Tree) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("out", "."):
        with OutputFolder(name, Export(overwrite=True)) as output:
            put(output.folder, {"a": "new"})
    assert tree(tmp_path) == {"a": b"new", "out": None, "out/a": b"new"}


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_modes_are_kept(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / "out", Export(overwrite=False)) as output:
        (output.folder / "secret").touch(0o600)
    assert (tmp_path / "out" / "secret").stat().st_mode & 0o777 == 0o600
