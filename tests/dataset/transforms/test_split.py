from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import datumpb as dp
from datumpb.dataset.transforms import split
from datumpb.dataset.transforms.duplicates import hash_id
from datumpb.dataset.transforms.merge import MergedSource
from datumpb.dataset.transforms.split import SplitSource
from tests.support import datasets as support
from tests.support.samples import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.dataset.memory import MemorySource

RATIOS = {"train": 0.7, "val": 0.2, "test": 0.1}
STRATIFIED = pytest.mark.parametrize("stratify", [False, True])


def _items(count: int, subset: str = "all") -> list[dp.Item]:
    return [support.labelled(f"{number:03}", number % 3, subset=subset) for number in range(count)]


def _ids(source: SplitSource) -> dict[str, list[str]]:
    return {subset: [item.id for item in items] for subset, items in support.everything(source).items()}


@STRATIFIED
def test_sizes_are_exact_and_the_order_is_kept(stratify: bool) -> None:
    source = SplitSource(support.memory(_items(30), "abc", {"x": 1}), RATIOS, stratify=stratify)
    found = _ids(source)
    assert {subset: len(ids) for subset, ids in found.items()} == {"train": 21, "val": 6, "test": 3}
    assert all(ids == sorted(ids) for ids in found.values())
    assert source.meta("val") == dp.Meta("val", {"x": 1}, dp.Categories.from_labels("abc"))
    assert found["train"] != [f"{number:03}" for number in range(21)]


@STRATIFIED
def test_a_split_is_the_same_on_every_machine(stratify: bool) -> None:
    found = _ids(SplitSource(support.memory(_items(12), "abc"), {"a": 0.5, "b": 0.5}, 7, stratify=stratify))
    expected = {False: "002 004 007 008 009 010", True: "000 004 005 008 009 010"}
    assert " ".join(found["a"]) == expected[stratify]


@STRATIFIED
def test_the_seed_decides(stratify: bool) -> None:
    def ids(seed: int) -> dict[str, list[str]]:
        return _ids(SplitSource(support.memory(_items(30), "abc"), RATIOS, seed, stratify=stratify))

    assert ids(1) == ids(1)
    assert len({str(ids(seed)) for seed in range(10)}) == 10


@given(st.permutations(range(12)), st.booleans())
def test_the_order_of_items_does_not_matter(order: list[int], stratify: bool) -> None:
    items = _items(12)
    split_plain = _ids(SplitSource(support.memory(items, "abc"), RATIOS, stratify=stratify))
    shuffled = support.memory([items[place] for place in order], "abc")
    found = _ids(SplitSource(shuffled, RATIOS, stratify=stratify))
    assert {subset: sorted(ids) for subset, ids in found.items()} == split_plain


def test_stratified_every_label_gets_its_share() -> None:
    items = [support.labelled(str(number), *([1] if number % 10 == 0 else [0, 0]), None) for number in range(100)]
    plain, stratified = (
        SplitSource(support.memory(items, ["often", "rare"]), {"train": 0.8, "val": 0.2}, stratify=stratify)
        for stratify in (False, True)
    )

    def rare(source: SplitSource, subset: str) -> int:
        return sum(any(one.label == 1 for one in item.annotations) for item in source.items(subset))

    assert (rare(stratified, "train"), rare(stratified, "val")) == (8, 2)
    assert (rare(plain, "train"), rare(plain, "val")) != (8, 2)


def test_one_id_in_two_old_subsets() -> None:
    items = [*_items(10, "old"), *_items(10, "new")]
    source = support.memory(items, "abc", {"x": 1})
    apart = SplitSource(source, {"a": 1.0})
    for ask in (apart.count, lambda subset: next(apart.items(subset)), lambda subset: apart.item("000", subset)):
        with pytest.raises(dp.DuplicateItemError) as caught:
            ask("a")
        one_line(caught.value, "'a'", "'000'", "'old'", "'new'")
    renamed = SplitSource(source, {"a": 1.0}, on_duplicate="rename")
    assert _ids(renamed)["a"] == [*(f"{n:03}" for n in range(10)), *(f"{n:03}-2" for n in range(10))]
    assert renamed.report.lines() == ["10 x id of an item, as one from an earlier subset has it (first: 000 of new)"]


def test_items_of_one_id_that_go_to_different_subsets_keep_it() -> None:
    items = [dp.Item("x", "old"), dp.Item("x", "new")]
    source = SplitSource(support.memory(items), {"a": 0.5, "b": 0.5})
    assert _ids(source) == {"a": ["x"], "b": ["x"]}
    assert not source.report


def test_infos_of_old_subsets_are_joined() -> None:
    source = SplitSource(_TwoMetas(dp.Categories()), {"a": 0.5, "b": 0.5})
    assert source.meta("a").infos == source.meta("b").infos == {"old": 1, "both": "old", "new": 1}
    assert source.report.lines() == ["1 x info of the dataset, as another was there first (first: both of new)"]


def test_old_subsets_with_different_categories() -> None:
    source = SplitSource(_TwoMetas(dp.Categories.from_labels(["a"])), {"a": 0.5, "b": 0.5})
    for ask in (source.meta, source.count, lambda subset: next(source.items(subset))):
        with pytest.raises(dp.DatasetError) as caught:
            ask("a")
        one_line(caught.value, "'old'", "'new'", "different categories")


class _TwoMetas:
    """Two subsets, the second with other infos and perhaps other categories."""

    def __init__(self, categories: dp.Categories) -> None:
        self._categories = categories

    def subsets(self) -> list[str]:
        return ["old", "new"]

    def meta(self, subset: str) -> dp.Meta:
        categories = self._categories if subset == "new" else dp.Categories()
        return dp.Meta(subset, {subset: 1, "both": subset}, categories)

    def items(self, subset: str) -> Iterator[dp.Item]:
        yield dp.Item("x", subset)

    def item(self, item_id: str, subset: str) -> dp.Item:
        return dp.Item(item_id, subset)

    def count(self, subset: str) -> int:
        return len(subset)


@pytest.mark.parametrize("how", [({"a": 0.5}, "error"), ({"a": 1}, "first"), ({"a": 1}, "")])
def test_what_cannot_be_asked(how: tuple[Any, str]) -> None:
    with pytest.raises(dp.OptionError):
        SplitSource(support.memory([]), how[0], on_duplicate=how[1])


def test_a_subset_that_is_not_there() -> None:
    source = SplitSource(support.memory(_items(3), "abc"), RATIOS)
    for ask in (source.meta, source.count, lambda subset: list(source.items(subset))):
        with pytest.raises(dp.ItemNotFoundError) as caught:
            ask("all")
        one_line(caught.value, "'all'", "train, val, test")


def test_a_dataset_that_changes_meanwhile() -> None:
    class Growing(support.CountingSource):
        def items(self, subset: str) -> Iterator[dp.Item]:
            yield from super().items(subset)
            if self.read > 3:
                yield dp.Item("late", subset)

    source = SplitSource(Growing(support.memory(_items(3), "abc")), {"a": 1.0})
    with pytest.raises(dp.DatasetError) as caught:
        list(source.items("a"))
    one_line(caught.value, "'late'", "'all'")


def test_two_items_of_one_rank_get_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(split, "hash_id", lambda item_id, salt="": 5 if " 0 " in salt else hash_id(item_id, salt))
    found = _ids(SplitSource(support.memory(_items(10), "abc"), {"a": 0.5, "b": 0.5}))
    assert [len(ids) for ids in found.values()] == [5, 5]


def test_an_id_twice_in_an_old_subset() -> None:
    class Broken(support.CountingSource):
        def items(self, subset: str) -> Iterator[dp.Item]:
            yield from super().items(subset)
            yield dp.Item("001", subset)

    with pytest.raises(dp.DuplicateItemError) as caught:
        SplitSource(Broken(support.memory(_items(3), "abc")), {"a": 1.0}).count("a")
    one_line(caught.value, "'001'", "'all'", "twice")


def test_nothing_is_read_too_early_and_items_are_gone_through_once_to_decide() -> None:
    counted = support.CountingSource(support.memory(_items(10), "abc"))
    source = SplitSource(counted, {"a": 0.5, "b": 0.5})
    assert source.subsets() == ["a", "b"]
    assert counted.asked == 0
    source.meta("a")
    assert counted.read == 0
    assert (source.count("a"), source.count("b")) == (5, 5)
    assert counted.read == 10
    assert len([*source.items("a"), *source.items("b")]) == 10
    assert counted.read == 30


@pytest.mark.parametrize(("stratify", "meanwhile"), [(False, 62), (True, 162)])
def test_memory_for_each_item(stratify: bool, meanwhile: int) -> None:
    count = 20_000
    source = SplitSource(support.MadeSource(count), RATIOS, stratify=stratify)
    kept, peak = support.memory_of(lambda: source.count("train"))
    assert kept < 12 * count + 50_000
    assert peak < meanwhile * count + 50_000


@given(support.sources(), st.integers(), st.booleans(), st.sampled_from([RATIOS, {"a": 1}, {"a": 0.25, "b": 0.75}]))
def test_every_item_goes_to_one_new_subset(
    source: MemorySource, seed: int, stratify: bool, ratios: dict[str, float]
) -> None:
    found = support.everything(SplitSource(source, ratios, seed, stratify=stratify, on_duplicate="rename"))
    before = [item for items in support.everything(source).values() for item in items]
    after = [item for items in found.values() for item in items]
    assert Counter(map(_contents, before)) == Counter(map(_contents, after))
    assert sum(map(len, found.values())) == len(before)


def _contents(item: dp.Item) -> str:
    return repr((item.media, item.attributes, item.annotations))


@given(support.sources(), st.booleans())
def test_the_parts_merged_are_the_whole(source: MemorySource, stratify: bool) -> None:
    whole = MergedSource([(name, _Only(source, name)) for name in source.subsets()[:1]])
    parts = SplitSource(whole, {"a": 0.5, "b": 0.5}, stratify=stratify)
    merged = MergedSource([(name, _Only(parts, name)) for name in parts.subsets()])
    assert merged.meta("all").categories == source.meta(source.subsets()[0]).categories
    (items,) = support.everything(merged).values()
    assert sorted(items, key=lambda item: item.id) == sorted(support.everything(whole)["all"], key=lambda item: item.id)


class _Only:
    """One subset of a source, under another name."""

    def __init__(self, source: Any, subset: str) -> None:  # noqa: ANN401 -- any source
        self._source = source
        self._subset = subset

    def subsets(self) -> list[str]:
        return ["all"]

    def meta(self, subset: str) -> dp.Meta:
        meta = self._source.meta(self._subset)
        return dp.Meta(subset, meta.infos, meta.categories, meta.media_type)

    def items(self, subset: str) -> Iterator[dp.Item]:
        for item in self._source.items(self._subset):
            yield self._renamed(item, subset)

    def item(self, item_id: str, subset: str) -> dp.Item:
        return self._renamed(self._source.item(item_id, self._subset), subset)

    def count(self, subset: str) -> int:  # noqa: ARG002 -- there is one
        return int(self._source.count(self._subset))

    def _renamed(self, item: dp.Item, subset: str) -> dp.Item:
        return dp.Item(item.id, subset, item.media, item.attributes, item.annotations)
