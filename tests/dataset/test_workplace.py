"""What a killed writer of a folder leaves is put back and cleared away; whoever comes too early is told."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.dataset.export import Export
from datumpb.dataset.output import OutputFolder
from datumpb.dataset.workplace import Workplace, settle

if TYPE_CHECKING:
    from collections.abc import Callable

    Tree = Callable[[Path], dict[str, bytes | None]]


def put(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


OLD = {"a": "old", "annotations/x.datum": "old", "annotations/gone.datum": "old", "images/mine": "old"}
NEW = {"a": "new", "annotations/x.datum": "new", "images/y": "new", "deep/er/z": "new"}


def export(path: Path) -> None:
    with OutputFolder(path, Export(overwrite=True)) as output:
        output.replace_all("annotations/*.datum")
        put(output.folder, NEW)


def killed_at(step: int, path: Path) -> bool:
    """Overwrite a folder in a process that is killed before a rename; tell whether it came to that."""
    child = os.fork()
    if child == 0:
        try:
            rename, calls = Path.rename, 0

            def counted(source: Path, target: Path) -> Path:
                nonlocal calls
                calls += 1
                if calls == step:
                    os._exit(9)
                return rename(source, target)

            Path.rename = counted  # type: ignore[method-assign, assignment]  # in this process only
            export(path)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize("step", range(1, 9))
def test_killed_between_any_two_renames(tmp_path: Path, tree: Tree, step: int) -> None:
    out = tmp_path / "out"
    put(out, OLD)
    before = tree(tmp_path)
    assert killed_at(step, out) == (step <= 7)  # aside: a, two files; moved: a, x.datum, deep, y
    if step <= 7:
        assert [name for name in tree(tmp_path) if name.endswith("journal.json")]
        settle(out)
        assert tree(tmp_path) == before
    export(out)
    assert {name: text for name, text in tree(out).items() if text is not None} == {
        name: text.encode() for name, text in {**NEW, "images/mine": "old"}.items()
    }


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_reader_makes_the_folder_what_it_was(tmp_path: Path, tree: Tree) -> None:
    out = tmp_path / "out"
    dp.Dataset.from_iterable([dp.Item("old", "x")]).export(out, "datumpb")
    put(out, {"a": "old"})
    before = tree(tmp_path)
    assert killed_at(3, out)
    assert [item.id for item in dp.Dataset.import_from(out)] == ["old"]
    assert tree(tmp_path) == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_the_folder_may_be_moved_before_it_is_put_back(tmp_path: Path, tree: Tree) -> None:
    put(tmp_path / "out", OLD)
    before = tree(tmp_path / "out")
    assert killed_at(5, tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / "moved")
    settle(tmp_path / "moved")
    assert tree(tmp_path / "moved") == before


def test_a_failure_that_cannot_be_taken_back_now_is_later(
    tmp_path: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "out", OLD)
    before = tree(tmp_path)
    rename, calls = Path.rename, 0

    def failing(source: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls > 4:
            raise OSError(5, "Input/output error")
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="Input/output"):
        export(tmp_path / "out")
    with pytest.raises(dp.DatasetError, match="cannot be put back: Input/output error"):
        settle(tmp_path / "out")
    monkeypatch.setattr(Path, "rename", rename)
    settle(tmp_path / "out")
    assert tree(tmp_path) == before


@pytest.mark.parametrize("exists", [False, True])
def test_a_second_writer_is_told(tmp_path: Path, exists: bool) -> None:
    out = tmp_path / "out"
    if exists:
        out.mkdir()
    with OutputFolder(out, Export()) as first:
        put(first.folder, {"a": "first"})
        with pytest.raises(dp.OutputBusyError, match="another writer"):
            OutputFolder(out, Export(overwrite=True))
        assert (first.folder / "a").exists()
    assert (out / "a").read_text() == "first"


def test_a_second_writer_is_told_though_the_folder_was_made_meanwhile(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with OutputFolder(out, Export()) as first:
        put(first.folder, {"a": "first"})
        out.mkdir()
        with pytest.raises(dp.OutputBusyError):
            OutputFolder(out, Export())
    assert (out / "a").read_text() == "first"


@pytest.mark.parametrize("exists", [False, True])
def test_what_was_put_there_meanwhile_is_not_replaced(tmp_path: Path, tree: Tree, exists: bool) -> None:
    out = tmp_path / "out"
    if exists:
        out.mkdir()

    def interfered() -> None:
        with OutputFolder(out, Export()) as output:
            put(output.folder, {"a": "new"})
            put(out, {"mine": "mine"})

    with pytest.raises(dp.OutputExistsError):
        interfered()
    assert tree(tmp_path) == {"out": None, "out/mine": b"mine"}


def test_leftovers_of_a_writer_that_began_before_the_folder_was_there(tmp_path: Path, tree: Tree) -> None:
    out = tmp_path / "out"
    beside = Workplace(out, inside=False)
    put(beside.folder, {"a": "half"})
    out.mkdir()
    with OutputFolder(out, Export()) as output:
        put(output.folder, {"a": "new"})
    assert tree(tmp_path) == {"out": None, "out/a": b"new"}


def test_a_reader_is_told_while_files_are_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    dp.Dataset.from_iterable([dp.Item("old", "x")]).export(out, "datumpb")
    workplace = Workplace(out.resolve(), inside=True).claim()
    put(workplace.attic, {"journal.json": "[]"})
    with pytest.raises(dp.OutputBusyError):
        dp.Dataset.import_from(out)
    (workplace.attic / "journal.json").unlink()
    assert len(dp.Dataset.import_from(out)) == 1
    workplace.leave()


@pytest.mark.parametrize(
    "journal",
    [
        "",
        '[["TMP/mine", "b"]]',
        "[1]",
        '[["a"]]',
        '[["a", 1]]',
        '[["../mine", "b"]]',
        '[["images/../../mine", "b"]]',
        '[["link/mine", "b"]]',
        '[["a", "."]]',
        '[["a\\u0000", "b"]]',
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_a_journal_of_somebody_else_moves_nothing_outside(tmp_path: Path, tree: Tree, journal: str) -> None:
    out = tmp_path / "out"
    put(tmp_path, {"mine": "mine", "out/b": "theirs"})
    (out / "link").symlink_to(tmp_path)
    put(Workplace(out, inside=True).attic, {"journal.json": journal.replace("TMP", str(tmp_path))})
    before = tree(tmp_path)
    with pytest.raises(dp.DatasetError, match="not a journal of datumpb"):
        settle(out)
    assert tree(tmp_path) == before


def test_an_attic_that_is_a_link_is_none(tmp_path: Path, tree: Tree) -> None:
    put(tmp_path, {"elsewhere/journal.json": "[]", "out/a": "old"})
    Workplace(tmp_path / "out", inside=True).attic.symlink_to(tmp_path / "elsewhere")
    before = tree(tmp_path)
    settle(tmp_path / "out")
    assert tree(tmp_path) == before


def test_files_behind_a_link_are_not_set_aside(tmp_path: Path, tree: Tree) -> None:
    put(tmp_path, {"elsewhere/x.datum": "mine", "out/a": "old"})
    (tmp_path / "out" / "annotations").symlink_to(tmp_path / "elsewhere")
    export(tmp_path / "out")
    assert tree(tmp_path / "elsewhere") == {"x.datum": b"mine"}
