from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import datumpb as dp
from datumpb.dataset.transforms.merge import MergedSource
from tests.support import datasets as support
from tests.support.samples import one_line

if TYPE_CHECKING:
    from datumpb.dataset.memory import MemorySource

NAMES = st.lists(st.sampled_from(support.POOL), unique=True, max_size=5)


def _merged(*sources: Any, on_duplicate: str = "error") -> MergedSource:  # noqa: ANN401 -- any source
    return MergedSource(list(zip(("north", "south", "east"), sources, strict=False)), on_duplicate)


def _shown(source: MergedSource, subset: str) -> list[tuple[str, list[str | None]]]:
    names = support.names_of(source.meta(subset).categories)
    return [
        (item.id, [None if one.label is None else names[one.label] for one in item.annotations])
        for item in support.everything(source)[subset]
    ]


def test_subsets_and_labels_are_united() -> None:
    north = support.memory([support.labelled("a", 0, None), support.labelled("b", 1)], ["cat", "dog"])
    south = support.memory([support.labelled("c", 0, 1), support.labelled("a", 1, subset="val")], ["emu", "dog"])
    merged = _merged(north, south)
    assert merged.subsets() == ["train", "val"]
    assert support.names_of(merged.meta("val").categories) == ["cat", "dog", "emu"]
    assert _shown(merged, "train") == [("a", ["cat", None]), ("b", ["dog"]), ("c", ["emu", "dog"])]
    assert _shown(merged, "val") == [("a", ["dog"])]
    assert not merged.report


def test_infos_and_media_types_are_united() -> None:
    north = support.memory([], [], {"a": 1, "b": [1]})
    south = support.memory([], [], {"a": True, "c": 3}, dp.MediaType.VIDEO)
    merged = _merged(north, south)
    assert merged.meta("default") == dp.Meta(
        "default", {"a": 1, "b": [1], "c": 3}, dp.Categories.from_labels([]), dp.MediaType.MIXED
    )
    merged.meta("default")
    assert merged.report.lines() == ["1 x info of the dataset, as another was there first (first: a of south)"]


@pytest.mark.parametrize(
    ("kinds", "united"),
    [
        (["IMAGE", "IMAGE"], "IMAGE"),
        (["NONE", "VIDEO"], "VIDEO"),
        (["IMAGE", "UNSPECIFIED", "IMAGE"], "IMAGE"),
        (["NONE", "NONE"], "NONE"),
        (["IMAGE", "VIDEO", "IMAGE"], "MIXED"),
    ],
)
def test_media_types(kinds: list[str], united: str) -> None:
    merged = _merged(*(support.memory([], media_type=dp.MediaType[kind]) for kind in kinds))
    assert merged.meta("default").media_type is dp.MediaType[united]


def test_an_id_twice_is_an_error() -> None:
    sources = support.memory([dp.Item("x", "val"), dp.Item("a/b", "train")]), support.memory([dp.Item("a/b", "train")])
    merged = _merged(support.memory([]), *sources)
    assert [item.id for item in merged.items("val")] == ["x"]
    for ask in (merged.count, lambda subset: next(merged.items(subset)), lambda subset: merged.item("a/b", subset)):
        with pytest.raises(dp.DuplicateItemError) as caught:
            ask("train")
        one_line(caught.value, "'train'", "'a/b'", "'south'", "'east'")


def test_an_id_twice_is_renamed_to_one_that_nobody_has() -> None:
    north = support.memory([dp.Item("a", "train"), dp.Item("b", "train"), dp.Item("a", "val")])
    south = support.memory([dp.Item("a", "train", attributes={"s": 1}), dp.Item("a-2", "train")])
    east = support.memory([dp.Item("a-4", "train"), dp.Item("a", "train", attributes={"e": 1}), dp.Item("c", "train")])
    merged = _merged(north, south, east, on_duplicate="rename")
    found = support.everything(merged)
    assert [item.id for item in found["train"]] == ["a", "b", "a-3", "a-2", "a-4", "a-5", "c"]
    assert [item.id for item in found["val"]] == ["a"]
    assert merged.item("a-3", "train").attributes == {"s": 1}
    assert merged.item("a-5", "train").attributes == {"e": 1}
    assert merged.report.lines() == ["2 x id of an item, as an earlier dataset has one of this id (first: a of south)"]


def test_the_first_of_an_id_stays_alone() -> None:
    north = support.memory([dp.Item("a", "train"), dp.Item("b", "train")])
    south = support.memory([dp.Item("c", "train"), dp.Item("a", "train", attributes={"s": 1})])
    merged = _merged(north, south, south, on_duplicate="first")
    assert support.everything(merged) == {"train": [dp.Item(name, "train") for name in "abc"]}
    assert merged.report.lines() == ["3 x item left out, as an earlier dataset has one of this id (first: a of south)"]


def test_items_that_look_alike_are_two() -> None:
    source = support.memory([dp.Item("a")])
    with pytest.raises(dp.DuplicateItemError):
        _merged(source, source).count("default")
    assert _merged(source, source, on_duplicate="rename").count("default") == 2


@pytest.mark.parametrize(
    "problem", [([], "error"), ([("a", support.memory([]))], "last"), ([("a", support.memory([]))], "")]
)
def test_what_cannot_be_merged(problem: tuple[Any, str]) -> None:
    with pytest.raises(dp.OptionError) as caught:
        MergedSource(*problem)
    one_line(caught.value)


def test_a_subset_that_is_not_there() -> None:
    merged = _merged(support.memory([dp.Item("a", "train")]))
    for ask in (merged.meta, merged.count, lambda subset: list(merged.items(subset))):
        with pytest.raises(dp.ItemNotFoundError) as caught:
            ask("val")
        one_line(caught.value, "'val'", "train")


@pytest.mark.parametrize("labels", [["cat"], ["cat", "dog"]])
def test_an_index_without_a_label_never_means_that_of_another_dataset(labels: list[str]) -> None:
    merged = _merged(support.memory([support.labelled("odd", 2)], labels), support.memory([], ["emu", "fox"]))
    with pytest.raises(dp.InvalidItemError) as caught:
        list(merged.items("train"))
    one_line(caught.value, "'odd'", "label 2", f"{len(labels)} labels")


def test_items_are_passed_on_as_they_are_where_labels_are_a_prefix() -> None:
    north, south = support.labelled("a", 0), support.labelled("b", 0, 1)
    merged = _merged(support.memory([north], ["cat"]), support.memory([south], ["cat", "dog"]))
    first, second = merged.items("train")
    assert first is north
    assert second is south


def test_nothing_is_read_too_early_and_items_flow_one_by_one() -> None:
    north = support.CountingSource(support.memory([dp.Item("a", "train"), dp.Item("b", "train")]))
    south = support.CountingSource(support.memory([dp.Item("a", "val"), dp.Item("b", "val")]))
    merged = _merged(north, south)
    assert north.asked == south.asked == 0
    merged.meta("train")
    assert north.read == south.read == 0
    next(merged.items("val"))
    assert (north.read, south.read) == (0, 1)


def test_ids_are_compared_once_and_only_where_subsets_meet() -> None:
    sources = [support.CountingSource(support.memory([dp.Item(name, "train")])) for name in "ab"]
    merged = _merged(*sources)
    assert merged.count("train") == merged.count("train") == 2
    assert [source.read for source in sources] == [1, 1]
    assert len(list(merged.items("train"))) == 2
    assert [source.read for source in sources] == [2, 2]


def test_memory_for_each_item() -> None:
    count = 20_000
    others = support.memory([dp.Item("x", "all")])
    merged = _merged(support.MadeSource(count), others, others, on_duplicate="first")
    kept, peak = support.memory_of(lambda: merged.count("all"))
    assert kept < 50_000
    assert peak < 30 * count + 50_000


@given(st.lists(support.sources(NAMES, 5), min_size=1, max_size=3), st.sampled_from(["rename", "first"]))
def test_a_merge_is_what_a_plain_list_would_be(sources: list[MemorySource], on_duplicate: str) -> None:
    merged = _merged(*sources, on_duplicate=on_duplicate)
    found = support.everything(merged)
    for subset, items in found.items():
        names = support.names_of(merged.meta(subset).categories)
        expected: list[tuple[str, dp.Item, list[str | None]]] = []
        for source in sources:
            own = support.names_of(source.meta(subset).categories)
            before = {item_id for item_id, _, _ in expected}
            for item in source.items(subset) if subset in source.subsets() else []:
                if item.id not in before or on_duplicate == "rename":
                    labels = [None if one.label is None else own[one.label] for one in item.annotations]
                    expected.append((item.id, item, labels))
        assert len(items) == len(expected)
        ids = [item.id for item in items]
        assert len(set(ids)) == len(ids)
        given: set[str] = set()
        everyone = {item_id for item_id, _, _ in expected}
        for item, (item_id, old, labels) in zip(items, expected, strict=True):
            if item_id in given:
                assert item.id.startswith(f"{item_id}-")
                assert item.id not in everyone
            else:
                assert item.id == item_id
            given.add(item_id)
            assert [None if one.label is None else names[one.label] for one in item.annotations] == labels
            assert (item.subset, item.attributes, item.media) == (subset, old.attributes, old.media)


@given(support.sources())
def test_a_merge_of_one_is_the_same(source: MemorySource) -> None:
    merged = _merged(source)
    assert support.everything(merged) == support.everything(source)
    assert [merged.meta(subset) for subset in merged.subsets()] == [source.meta(name) for name in source.subsets()]
    assert not merged.report
