from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.dataset.project import PROJECT_FILE, Project
from tests.support.samples import KEY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def street(tmp_path: Path) -> Path:
    items = [dp.Item("a", annotations=[dp.Bbox(1, 2, 3, 4, label=0)])]
    dp.Dataset.from_iterable(items, categories=["car"]).export(tmp_path / "data" / "street", "coco")
    return tmp_path / "data" / "street"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    dataset = dp.Dataset.from_iterable([dp.Item("b", "val")], categories=["car"])
    dataset.export(tmp_path / "data" / "secret", "datumpb", encryption=True, encryption_key=KEY)
    return tmp_path / "data" / "secret"


def test_a_project_lists_datasets(street: Path, secret: Path, tmp_path: Path) -> None:
    project = Project.create(tmp_path / "project")
    project.add(street, "coco")
    project.add(secret, "datumpb", name="hidden", encryption_key=KEY)
    again = Project.open(tmp_path / "project")
    assert again.sources == project.sources
    assert [(one.name, one.path, one.format) for one in again.sources.values()] == [
        ("street", "../data/street", "coco"),
        ("hidden", "../data/secret", "datumpb"),
    ]
    (item,) = again.open_source("street")
    assert item.id == "a"
    (item,) = again.open_source("hidden", KEY)
    assert item.id == "b"
    assert list(again.open_source("street", KEY)) == list(again.open_source("street"))


def test_the_file_holds_no_key(secret: Path, tmp_path: Path) -> None:
    Project.create(tmp_path).add(secret, "datumpb", encryption_key=KEY)
    text = (tmp_path / PROJECT_FILE).read_text()
    assert KEY not in text
    assert "encryption_key" not in text
    with pytest.raises(dp.MissingKeyError):
        len(Project.open(tmp_path).open_source("secret"))
    (tmp_path / PROJECT_FILE).write_text(f"{text}  options: {{encryption_key: {KEY}}}\n")
    with pytest.raises(dp.OptionError, match="never keeps a key") as caught:
        Project.open(tmp_path)
    assert KEY not in str(caught.value)


def test_options_for_reading_are_kept(tmp_path: Path) -> None:
    item = dp.Item("a", media=dp.Image(height=10, width=10), annotations=[dp.Bbox(1, 2, 3, 4, label=0)])
    dp.Dataset.from_iterable([item], categories=["car"]).export(tmp_path / "in", "yolo")
    project = Project.create(tmp_path / "project")
    project.add(tmp_path / "in", "yolo", task="detect")
    assert Project.open(tmp_path / "project").sources["in"].options == {"task": "detect"}
    with pytest.raises(dp.OptionError, match="'tusk'"):
        project.add(tmp_path / "in", "yolo", name="x", tusk="detect")
    assert list(Project.open(tmp_path / "project").sources) == ["in"]


def test_project_and_datasets_can_be_moved_together(street: Path, tmp_path: Path) -> None:
    Project.create(tmp_path / "data" / "project").add(street, "coco")
    shutil.move(tmp_path / "data", tmp_path / "elsewhere")
    assert len(Project.open(tmp_path / "elsewhere" / "project").open_source("street")) == 1


def test_what_cannot_be_added(street: Path, secret: Path, tmp_path: Path) -> None:
    project = Project.create(tmp_path)
    project.add(street, "coco")
    with pytest.raises(dp.DatasetError, match="'street' already"):
        project.add(street, "coco")
    with pytest.raises(dp.DatasetError, match="no such file or folder"):
        project.add(tmp_path / "nowhere", "coco")
    with pytest.raises(dp.UnknownFormatError):
        project.add(street, "cocoa", name="x")
    with pytest.raises(dp.MissingKeyError):
        project.add(secret, "datumpb")
    assert list(Project.open(tmp_path).sources) == ["street"]
    with pytest.raises(dp.DatasetError, match="no source 'hidden'; it has: street"):
        project.open_source("hidden")


def test_there_is_one_project_in_a_folder(tmp_path: Path) -> None:
    with pytest.raises(dp.DatasetError, match="datumpb create"):
        Project.open(tmp_path)
    Project.create(tmp_path)
    with pytest.raises(dp.OutputExistsError):
        Project.create(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version: 1\nsources: [\n", "line 3: not YAML"),
        ("sources: []\n", "version: a project of version 1"),
        ("version: 2\nsources: []\n", "version: a project of version 1"),
        ("version: 1\n", "sources: a list"),
        ("version: 1\nsources: {a: b}\n", "sources: a list"),
        ("version: 1\nsources: [a]\n", "sources[0]: name, path and format"),
        ("version: 1\nsources: [{name: a, path: b}]\n", "sources[0].format: a text"),
        ("version: 1\nsources: [{name: a, path: 1, format: coco}]\n", "sources[0].path: a text"),
        ("version: 1\nsources: [{name: a, path: b, format: coco, key: x}]\n", "sources[0]: unknown key 'key'"),
        ("version: 1\nsources: [{name: a, path: b, format: coco, options: [x]}]\n", "sources[0].options: options"),
        (
            "version: 1\nsources: [{name: a, path: b, format: c}, {name: a, path: b, format: c}]\n",
            "sources[1]: two sources have the name 'a'",
        ),
    ],
)
def test_bad_files(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / PROJECT_FILE).write_text(text)
    with pytest.raises(dp.SourceFormatError) as caught:
        Project.open(tmp_path)
    assert str(tmp_path / PROJECT_FILE) in str(caught.value)
    assert message in str(caught.value)
