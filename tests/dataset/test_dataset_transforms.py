"""Datasets made of datasets, as their users see them."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from tests.support.datasets import labelled, names_of
from tests.support.samples import one_line

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def dataset() -> dp.Dataset:
    items = [labelled(f"{number:02}", number % 2) for number in range(10)]
    return dp.Dataset.from_iterable([*items, labelled("v", None, subset="val")], categories=["cat", "dog"])


def test_select(dataset: dp.Dataset) -> None:
    cats = dataset.select(subsets=["train"], labels=["cat"], ids=["0[0-5]"])
    assert [item.id for item in cats] == ["00", "02", "04"]
    assert len(cats) == 3
    assert list(cats.subsets()) == ["train"]
    assert cats.get("01") is None


def test_relabel(dataset: dp.Dataset) -> None:
    assert names_of(dataset.relabel({"cat": "lion"}).categories()) == ["lion", "dog"]
    assert names_of(dataset.relabel(drop=["cat"]).categories()) == ["dog"]
    assert names_of(dataset.relabel(keep=["cat"]).categories()) == ["cat"]
    assert names_of(dataset.categories()) == ["cat", "dog"]


def test_split(dataset: dp.Dataset) -> None:
    parts = dataset.select(subsets=["train"]).split({"a": 0.6, "b": 0.4}, seed=3, stratify=True).subsets()
    assert {name: len(part) for name, part in parts.items()} == {"a": 6, "b": 4}
    labels = {name: sorted(one.label or 0 for item in part for one in item.annotations) for name, part in parts.items()}
    assert labels == {"a": [0, 0, 0, 1, 1, 1], "b": [0, 0, 1, 1]}


def test_merge(dataset: dp.Dataset) -> None:
    other = dp.Dataset.from_iterable([labelled("00", 0), labelled("new", 1)], categories=["emu", "cat"])
    with pytest.raises(dp.DuplicateItemError) as caught:
        len(dp.Dataset.merge([dataset, other]))
    one_line(caught.value, "'00'", "'dataset 1'", "'dataset 2'")
    with pytest.raises(dp.DuplicateItemError, match="in 'old' and in 'new'"):
        len(dp.Dataset.merge({"old": dataset, "new": other}))
    merged = dp.Dataset.merge([dataset, other], on_duplicate="rename")
    assert len(merged) == 13
    assert names_of(merged.categories()) == ["cat", "dog", "emu"]
    assert [one.label for name in ("00-2", "new") for one in merged.subsets()["train"].get(name).annotations] == [2, 0]  # type: ignore[union-attr]  # they are there


def test_a_chain_of_transforms_reports_once_what_each_could_not_keep(dataset: dp.Dataset, tmp_path: Path) -> None:
    merged = dp.Dataset.merge([dataset, dataset], on_duplicate="first").relabel({"dog": "cat"}).split({"all": 1})
    for _ in range(2):
        losses = merged.export(tmp_path / "out", "datumpb", overwrite=True)
        assert losses.lines() == [
            "11 x item left out, as an earlier dataset has one of this id (first: 00 of dataset 2)"
        ]
    assert len(dp.Dataset.import_from(tmp_path / "out")) == 11
    assert not dataset.export(tmp_path / "plain", "datumpb")


def test_a_transform_can_be_sent_to_a_worker(dataset: dp.Dataset) -> None:
    made = dp.Dataset.merge([dataset.relabel({"cat": "dog"}).select(ids=["0*"])]).split({"a": 0.5, "b": 0.5})
    assert list(pickle.loads(pickle.dumps(made))) == list(made)  # noqa: S301 -- its own
