"""`filter`, and the same options of `convert`."""

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
def zoo(tmp_path: Path) -> Path:
    cat, dog = dp.Bbox(1, 2, 3, 4, label=0, attributes={"wet": True}), dp.Bbox(5, 6, 7, 8, label=1)
    size = dp.Image(height=20, width=30)
    items = [
        dp.Item("street/1", "train", size, annotations=[cat, dog]),
        dp.Item("street/2", "train", size, attributes={"time": "night"}, annotations=[dog]),
        dp.Item("house/1", "val", size, annotations=[cat]),
        dp.Item("house/2", "val", size),
    ]
    dp.Dataset.from_iterable(items, categories=["cat", "dog"]).export(tmp_path / "zoo", "datumpb")
    return tmp_path / "zoo"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--subset", "val"], ["house/1", "house/2"]),
        (["--label", "dog"], ["street/1", "street/2"]),
        (["--label", "dog", "--label", "cat", "--subset", "val"], ["house/1"]),
        (["--id", "*/2"], ["street/2", "house/2"]),
        (["--id", "street/*", "--attribute", "time=night"], ["street/2"]),
        (["--attribute", "wet=true"], ["street/1", "house/1"]),
    ],
)
def test_filter(datumpb: Run, zoo: Path, tmp_path: Path, options: list[str], expected: list[str]) -> None:
    outcome = datumpb("filter", "-i", zoo, "-o", tmp_path / "out", *options)
    assert (outcome.status, outcome.err) == (0, "")
    found = list(dp.Dataset.import_from(tmp_path / "out", "datumpb"))
    assert [item.id for item in found] == expected
    originals = {item.id: item for item in dp.Dataset.import_from(zoo)}
    assert found == [originals[item_id] for item_id in expected]


def test_filter_drops_other_annotations(datumpb: Run, zoo: Path, tmp_path: Path) -> None:
    datumpb("filter", "-i", zoo, "-o", tmp_path / "out", "-f", "datumpb", "--label", "dog", "--drop-others")
    assert [len(item.annotations) for item in dp.Dataset.import_from(tmp_path / "out")] == [1, 1]


def test_filter_to_another_format(datumpb: Run, zoo: Path, tmp_path: Path) -> None:
    assert datumpb("filter", "-i", zoo, "-o", tmp_path / "out", "-f", "coco", "--label", "dog").status == 0
    assert dp.Dataset.detect(tmp_path / "out") == "coco"


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        ([], 2, "say which items"),
        (["--drop-others", "--id", "*"], 2, "--drop-others needs"),
        (["--attribute", "night"], 2, "'night': two parts with '='"),
        (["--label", "cow"], 1, "'cow'"),
        (["--subset", "test"], 1, "'test'"),
    ],
)
def test_filter_refuses(datumpb: Run, zoo: Path, tmp_path: Path, options: list[str], status: int, message: str) -> None:
    outcome = datumpb("filter", "-i", zoo, "-o", tmp_path / "out", *options)
    assert outcome.status == status
    assert message in outcome.err
    assert not (tmp_path / "out").exists()


def test_convert_changes_labels(datumpb: Run, zoo: Path, tmp_path: Path) -> None:
    options = ["--subset", "train", "--rename-label", "dog=hound", "--drop-label", "cat"]
    outcome = datumpb("convert", "-i", zoo, "-o", tmp_path / "out", "-f", "datumpb", *options)
    assert (outcome.status, outcome.err) == (0, "")
    dataset = dp.Dataset.import_from(tmp_path / "out")
    assert [label.name for label in dataset.categories().labels or []] == ["hound"]
    assert [[one.label for one in item.annotations] for item in dataset] == [[0], [0]]


def test_convert_keeps_labels_and_puts_them_together(datumpb: Run, zoo: Path, tmp_path: Path) -> None:
    common = ["convert", "-i", zoo, "-f", "datumpb"]
    datumpb(*common, "-o", tmp_path / "kept", "--keep-label", "cat")
    kept = dp.Dataset.import_from(tmp_path / "kept")
    assert [len(item.annotations) for item in kept] == [1, 0, 1, 0]
    datumpb(*common, "-o", tmp_path / "one", "--rename-label", "cat=animal", "--rename-label", "dog=animal")
    labels = dp.Dataset.import_from(tmp_path / "one").categories().labels
    assert [label.name for label in labels or []] == ["animal"]


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (["--rename-label", "cat"], 2, "'cat': two parts"),
        (["--rename-label", "cow=x"], 1, "no label 'cow'"),
        (["--drop-label", "cat", "--keep-label", "cat"], 1, "'cat'"),
    ],
)
def test_convert_refuses(
    datumpb: Run, zoo: Path, tmp_path: Path, options: list[str], status: int, message: str
) -> None:
    outcome = datumpb("convert", "-i", zoo, "-o", tmp_path / "out", "-f", "datumpb", *options)
    assert outcome.status == status
    assert message in outcome.err
    assert not (tmp_path / "out").exists()


def test_strict(datumpb: Run, zoo: Path, tmp_path: Path) -> None:
    error = datumpb("convert", "-i", zoo, "-o", tmp_path / "out", "-f", "yolo", "--strict").error
    assert "2 x attribute of an annotation" in error
    assert not (tmp_path / "out").exists()
    assert datumpb("convert", "-i", zoo, "-o", tmp_path / "out", "-f", "datumpb", "--strict").status == 0


def test_linked_media(datumpb: Run, coco: Path, tmp_path: Path) -> None:
    outcome = datumpb("convert", "-i", coco, "-o", tmp_path / "out", "-f", "datumpb", "--link-media")
    assert outcome.status == 0
    assert (tmp_path / "out" / "images" / "train" / "a.png").samefile(coco / "images" / "train" / "a.png")
    assert outcome.out.splitlines()[3].startswith("  media        ")
