from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import datumpb as dp
from datumpb.dataset.transforms.selection import SelectedSource
from tests.support import datasets as support
from tests.support.samples import one_line

if TYPE_CHECKING:
    from datumpb.dataset.memory import MemorySource

CAT = dp.Bbox(0, 0, 1, 1, label=0, attributes={"occluded": True})
DOG = dp.Bbox(0, 0, 1, 1, label=1, attributes={"occluded": False, "score": 1})
SOME = dp.Caption("some", attributes={"score": 1.0})
ITEMS = [
    dp.Item("street/1", "train", attributes={"time": "night", "lux": None}, annotations=[CAT, DOG]),
    dp.Item("street/2", "train", attributes={"time": "day"}, annotations=[DOG, SOME]),
    dp.Item("Street", "train"),
    dp.Item("street/1", "val", attributes={"time": "1"}, annotations=[CAT]),
]


def _source() -> MemorySource:
    return support.memory(ITEMS, ["cat", "dog", "emu"], {"x": 1})


def _ids(asked: dict[str, Any]) -> list[tuple[str, str]]:
    found = support.everything(SelectedSource(_source(), **asked))
    return [(subset, item.id) for subset, items in found.items() for item in items]


ALL = [("train", "street/1"), ("train", "street/2"), ("train", "Street"), ("val", "street/1")]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ALL),
        ({"subsets": ["val", "train"]}, ALL),
        ({"subsets": ["val"]}, ALL[3:]),
        ({"labels": ["cat"]}, [ALL[0], ALL[3]]),
        ({"labels": ["cat", "dog"]}, [ALL[0], ALL[1], ALL[3]]),
        ({"labels": ["emu"]}, []),
        ({"labels": []}, []),
        ({"ids": ["street/*"]}, [ALL[0], ALL[1], ALL[3]]),
        ({"ids": ["s*"]}, [ALL[0], ALL[1], ALL[3]]),
        ({"ids": ["street"]}, []),
        ({"ids": ["*/2", "S*"]}, ALL[1:3]),
        ({"ids": ["street/[!2]"]}, [ALL[0], ALL[3]]),
        ({"ids": []}, []),
        ({"attributes": {"time": "night"}}, [ALL[0]]),
        ({"attributes": {"time": "1"}}, [ALL[3]]),
        ({"attributes": {"time": '"day"'}}, [ALL[1]]),
        ({"attributes": {"lux": "null"}}, [ALL[0]]),
        ({"attributes": {"occluded": "true"}}, [ALL[0], ALL[3]]),
        ({"attributes": {"occluded": "True"}}, []),
        ({"attributes": {"occluded": "1"}}, []),
        ({"attributes": {"score": "1"}}, ALL[:2]),
        ({"attributes": {"score": "1.0"}}, [ALL[1]]),
        ({"attributes": {"time": "night", "occluded": "false"}}, [ALL[0]]),
        ({"attributes": {"score": "1", "occluded": "true"}}, []),
        ({"labels": ["cat"], "attributes": {"score": "1"}}, []),
        ({"labels": ["cat"], "attributes": {"time": "night"}}, [ALL[0]]),
        ({"subsets": ["train"], "ids": ["*1"], "labels": ["dog"]}, [ALL[0]]),
    ],
)  # fmt: skip
def test_what_is_selected(asked: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert _ids(asked) == expected


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ({"labels": ["dog"]}, [[DOG], [DOG]]),
        ({"labels": ["dog", "cat"]}, [[CAT, DOG], [DOG], [CAT]]),
        ({"attributes": {"occluded": "false"}}, [[DOG], [DOG]]),
        ({"attributes": {"time": "day"}}, [[DOG, SOME]]),
        ({"ids": ["*2"]}, [[DOG, SOME]]),
    ],
)
def test_other_annotations_are_left_out_where_asked(asked: dict[str, Any], left: list[list[dp.Annotation]]) -> None:
    source = _source()
    found = support.everything(SelectedSource(source, **asked, drop_others=True))
    assert [item.annotations for items in found.values() for item in items] == left
    assert list(source.items("train")) == ITEMS[:3]


def test_no_subset_at_all() -> None:
    with pytest.raises(dp.OptionError, match="no subset"):
        SelectedSource(_source(), subsets=[])


def test_what_holds_for_a_subset_stays() -> None:
    source = SelectedSource(_source(), labels=["dog"])
    assert source.subsets() == ["train", "val"]
    assert source.count("val") == 0
    assert source.meta("val") == _source().meta("val")


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"subsets": ["trian"]}, ["subset 'trian'", "did you mean 'train'?", "train, val"]),
        ({"labels": ["cat", "bat"]}, ["label 'bat'", "cat, dog, emu"]),
    ],
)
def test_what_is_not_there(asked: dict[str, Any], names: list[str]) -> None:
    source = SelectedSource(_source(), **asked)
    for ask in (
        lambda: list(source.items("train")),
        lambda: source.item("street/1", "train"),
        lambda: source.count("train"),
    ):
        with pytest.raises(dp.OptionError) as caught:
            ask()
        one_line(caught.value, *names)


def test_a_subset_that_was_not_chosen() -> None:
    source = SelectedSource(_source(), subsets=["val"])
    for ask in (
        lambda: list(source.items("train")),
        lambda: source.item("street/1", "train"),
        lambda: source.count("train"),
    ):
        with pytest.raises(dp.ItemNotFoundError) as caught:
            ask()
        one_line(caught.value, "'train'", "val")


def test_nothing_is_read_too_early_and_a_count_is_remembered() -> None:
    counted = support.CountingSource(_source())
    source = SelectedSource(counted, labels=["dog"], subsets=["train"])
    assert counted.asked == 0
    next(source.items("train"))
    assert counted.read == 1
    assert (source.count("train"), source.count("train")) == (2, 2)
    assert counted.read == 4
    assert SelectedSource(counted, subsets=["val"]).count("val") == 1
    assert counted.read == 4


@given(support.sources(), st.sampled_from(["a*", "*2", "c/?", "*-[2]", "é"]))
def test_a_selection_and_its_complement_are_all(source: MemorySource, pattern: str) -> None:
    found = support.everything(SelectedSource(source, ids=[pattern]))
    for subset, items in support.everything(source).items():
        complement = [item for item in items if not fnmatch.fnmatchcase(item.id, pattern)]
        assert [item for item in items if item in found[subset] or item in complement] == items
        assert len(found[subset]) + len(complement) == len(items)


@given(support.sources(), st.sampled_from(support.POOL), st.booleans())
def test_a_label_selects_what_a_plain_list_would(source: MemorySource, name: str, drop_others: bool) -> None:
    names = support.names_of(source.meta(source.subsets()[0]).categories)
    if name not in names:
        return
    found = support.everything(SelectedSource(source, labels=[name], drop_others=drop_others))
    for subset, items in found.items():
        fitting = [
            (item.id, [one for one in item.annotations if one.label is not None and names[one.label] == name])
            for item in source.items(subset)
        ]
        expected = {item_id: annotations for item_id, annotations in fitting if annotations}
        assert [item.id for item in items] == list(expected)
        for item in items:
            whole = source.item(item.id, subset).annotations
            assert item.annotations == (expected[item.id] if drop_others else whole)
