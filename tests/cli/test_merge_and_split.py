"""`merge` and `split`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import datumpb as dp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]


def numbers(path: Path, first: int, count: int, label: str, attribute: int | None = None) -> Path:
    attributes: dict[str, dp.Value] = {} if attribute is None else {"n": attribute}
    items = [
        dp.Item(str(n), "train", attributes=attributes, annotations=[dp.Label(label=0)])
        for n in range(first, first + count)
    ]
    dp.Dataset.from_iterable(items, categories=[label]).export(path, "datumpb")
    return path


def names_of(dataset: dp.Dataset) -> list[str]:
    return [label.name for label in dataset.categories().labels or []]


def test_merge(datumpb: Run, tmp_path: Path) -> None:
    first, second = numbers(tmp_path / "a", 0, 3, "cat"), numbers(tmp_path / "b", 3, 2, "dog")
    outcome = datumpb("merge", first, second, "-o", tmp_path / "out")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.splitlines()[0] == f"{first} (datumpb) + {second} (datumpb) -> {tmp_path / 'out'} (datumpb)"
    dataset = dp.Dataset.import_from(tmp_path / "out")
    assert names_of(dataset) == ["cat", "dog"]
    assert [(item.id, item.annotations[0].label) for item in dataset] == [
        ("0", 0), ("1", 0), ("2", 0), ("3", 1), ("4", 1),
    ]  # fmt: skip


def test_merge_of_several_formats(datumpb: Run, coco: Path, tmp_path: Path) -> None:
    second = numbers(tmp_path / "b", 3, 2, "dog")
    outcome = datumpb("merge", coco, second, "-o", tmp_path / "out", "-f", "datumpb", "--save-media")
    assert outcome.status == 0
    dataset = dp.Dataset.import_from(tmp_path / "out")
    assert (len(dataset), names_of(dataset)) == (5, ["kite", "dog"])
    assert (tmp_path / "out" / "images" / "train" / "a.png").is_file()


def test_merge_of_encrypted_and_plain(datumpb: Run, encrypted: Path, key: str, tmp_path: Path) -> None:
    second = numbers(tmp_path / "b", 3, 2, "dog")
    outcome = datumpb("merge", encrypted, second, "-o", tmp_path / "out", "--encryption-key", key)
    assert outcome.status == 0
    assert len(dp.Dataset.import_from(tmp_path / "out")) == 5


def test_duplicates(datumpb: Run, tmp_path: Path) -> None:
    first, second = numbers(tmp_path / "a", 0, 2, "cat", 1), numbers(tmp_path / "b", 1, 2, "cat", 2)
    error = datumpb("merge", first, second, "-o", tmp_path / "out").error
    assert f"item '1' is both in '{first}' and in '{second}'" in error
    assert not (tmp_path / "out").exists()
    renamed = datumpb("merge", first, second, "-o", tmp_path / "renamed", "--on-duplicate", "rename")
    assert "not kept: 1 x " in renamed.err
    assert [item.id for item in dp.Dataset.import_from(tmp_path / "renamed")] == ["0", "1", "1-2", "2"]
    datumpb("merge", first, second, "-o", tmp_path / "first", "--on-duplicate", "first")
    found = dp.Dataset.import_from(tmp_path / "first")
    assert [(item.id, item.attributes["n"]) for item in found] == [("0", 1), ("1", 1), ("2", 2)]
    strict = datumpb("merge", first, second, "-o", tmp_path / "strict", "--on-duplicate", "first", "--strict")
    assert strict.status == 1
    assert not (tmp_path / "strict").exists()


def test_what_cannot_be_merged(datumpb: Run, plain: Path, tmp_path: Path) -> None:
    assert datumpb("merge", "-o", tmp_path / "out").status == 2
    twice = datumpb("merge", plain, plain, "-o", tmp_path / "out")
    assert twice.status == 2
    assert "named twice" in twice.err
    assert "no such file" in datumpb("merge", plain, tmp_path / "nowhere", "-o", tmp_path / "out").error


def test_split(datumpb: Run, tmp_path: Path) -> None:
    source = numbers(tmp_path / "a", 0, 10, "cat")
    common = ["split", "-i", source, "--ratio", "train=0.8", "--ratio", "val=0.2"]
    assert datumpb(*common, "-o", tmp_path / "out").status == 0
    subsets = dp.Dataset.import_from(tmp_path / "out").subsets()
    assert {name: len(subset) for name, subset in subsets.items()} == {"train": 8, "val": 2}
    assert sorted(item.id for subset in subsets.values() for item in subset) == [str(n) for n in range(10)]
    datumpb(*common, "-o", tmp_path / "again", "--seed", "0")
    assert list(dp.Dataset.import_from(tmp_path / "again")) == list(dp.Dataset.import_from(tmp_path / "out"))
    other = [datumpb(*common, "-o", tmp_path / str(seed), "--seed", seed).status for seed in range(1, 4)]
    assert other == [0, 0, 0]
    found = {tuple(item.id for item in dp.Dataset.import_from(tmp_path / str(seed))) for seed in range(1, 4)}
    assert len(found) > 1


def test_split_by_label(datumpb: Run, tmp_path: Path) -> None:
    datumpb(
        "merge", numbers(tmp_path / "a", 0, 90, "cat"), numbers(tmp_path / "b", 90, 10, "dog"), "-o", tmp_path / "m"
    )
    options = ["--ratio", "train=0.8", "--ratio", "val=0.2", "--stratify"]
    assert datumpb("split", "-i", tmp_path / "m", "-o", tmp_path / "out", *options).status == 0
    validation = dp.Dataset.import_from(tmp_path / "out").subsets()["val"]
    assert sorted(item.annotations[0].label or 0 for item in validation) == [0] * 18 + [1] * 2


@pytest.mark.parametrize(
    ("ratios", "status"), [(["train"], 2), (["train=x"], 2), (["a=-1"], 2), (["a=1", "a=0"], 2), (["a=0.5"], 1)]
)
def test_bad_ratios(datumpb: Run, plain: Path, tmp_path: Path, ratios: list[str], status: int) -> None:
    options = [option for ratio in ratios for option in ("--ratio", ratio)]
    outcome = datumpb("split", "-i", plain, "-o", tmp_path / "out", *options)
    assert outcome.status == status
    assert "ratio" in outcome.err
    assert not (tmp_path / "out").exists()
