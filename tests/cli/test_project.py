"""`create`, `import`, `project info` and `export`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import datumpb as dp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]


@pytest.fixture
def other(tmp_path: Path) -> Path:
    dataset = dp.Dataset.from_iterable([dp.Item("x", "val", annotations=[dp.Label(label=0)])], categories=["cow"])
    dataset.export(tmp_path / "other", "coco")
    return tmp_path / "other"


def test_from_create_to_export(datumpb: Run, encrypted: Path, other: Path, key: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    assert datumpb("create", "-p", project).status == 0
    imported = datumpb("import", "-p", project, "--format", "datumpb", encrypted, "--", "--encryption-key", key)
    assert imported.out == "added 'encrypted': ../encrypted (datumpb)\n"
    assert datumpb("import", "-p", project, other, "--name", "cows").status == 0
    info = datumpb("project", "info", "-p", project)
    assert [line.split() for line in info.out.splitlines()] == [
        ["name", "format", "path", "subsets", "items"],
        ["encrypted", "datumpb", "../encrypted", "-", "encrypted"],
        ["cows", "coco", "../other", "val", "1"],
    ]
    assert "train" in datumpb("project", "info", "-p", project, "--encryption-key", key).out
    options = ["--", "--save-media", "--encryption", "--no-media-encryption", "--encryption-key", key]
    exported = datumpb("export", "-p", project, "-f", "datumpb", "-o", tmp_path / "all", *options)
    assert exported.status == 0
    assert exported.err.startswith("datumpb: warning: not kept: 1 x media file that is missing (first: item 'x' ")
    dataset = dp.Dataset.import_from(tmp_path / "all", encryption_key=key)
    assert [label.name for label in dataset.categories().labels or []] == ["kite", "cow"]
    assert {name: len(subset) for name, subset in dataset.subsets().items()} == {"train": 3, "val": 1}
    assert (tmp_path / "all" / "images" / "train" / "a.png").read_bytes().startswith(b"\x89PNG")
    assert key not in (project / "datumpb-project.yaml").read_text()


def test_the_project_is_this_folder(datumpb: Run, coco: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert datumpb("create").status == 0
    assert datumpb("import", coco).out == "added 'coco': ../coco (coco)\n"
    assert datumpb("export", "-f", "datumpb", "-o", "out", "--label", "kite", "--rename-label", "kite=toy").status == 0
    labels = dp.Dataset.import_from("out").categories().labels
    assert labels is not None
    assert [label.name for label in labels] == ["toy"]


def test_keys_of_each_source(datumpb: Run, coco: Path, key: str, other_key: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    datumpb("create", "-p", project)
    for name, secret in (("a", key), ("b", other_key)):
        (tmp_path / f"{name}.key").write_text(secret)
        dataset = dp.Dataset.import_from(coco)
        dataset.export(tmp_path / name, "datumpb", encryption=True, encryption_key=secret)
        assert datumpb("import", "-p", project, tmp_path / name, "--key-file", tmp_path / f"{name}.key").status == 0
    common = ["export", "-p", project, "-f", "datumpb", "-o", tmp_path / "out", "--on-duplicate", "rename"]
    assert "wrong key" in datumpb(*common, "--key-file", tmp_path / "a.key").error
    both = ["--key-file", tmp_path / "a.key", "--source-key-file", f"b={tmp_path / 'b.key'}"]
    assert datumpb(*common, *both).status == 0
    assert len(dp.Dataset.import_from(tmp_path / "out")) == 6
    wrong = datumpb(*common, "--source-key-file", "c=x.key")
    assert wrong.status == 2
    assert "NAME=FILE expected, of: a, b" in wrong.err


def test_what_is_refused(datumpb: Run, coco: Path, key: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    assert "`datumpb create`" in datumpb("import", "-p", project, coco).error
    datumpb("create", "-p", project)
    assert "there is a project already" in datumpb("create", "-p", project).error
    assert "no datasets" in datumpb("export", "-p", project, "-f", "coco", "-o", tmp_path / "out").error
    assert "not encrypted" in datumpb("import", "-p", project, coco, "--encryption-key", key).error
    assert "no option --task" in datumpb("import", "-p", project, coco, "--", "--task", "segment").error
    assert "no such file" in datumpb("import", "-p", project, tmp_path / "nowhere").error
    datumpb("import", "-p", project, coco)
    assert "choose another name" in datumpb("import", "-p", project, coco).error
    common = ["export", "-p", project, "-f", "datumpb", "-o", tmp_path / "out"]
    assert "not encrypted" in datumpb(*common, "--encryption-key", key).error
    assert not (tmp_path / "out").exists()


def test_a_source_that_is_gone(datumpb: Run, coco: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    datumpb("create", "-p", project)
    datumpb("import", "-p", project, coco)
    coco.rename(tmp_path / "moved")
    info = datumpb("project", "info", "-p", project)
    assert info.status == 0
    assert "no such file or folder" in info.err
    assert "no such file" in datumpb("export", "-p", project, "-f", "coco", "-o", tmp_path / "out").error
