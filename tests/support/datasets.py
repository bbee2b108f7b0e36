"""Small datasets for transforms: made at random, counted while they are read, and compared as plain lists."""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING

from hypothesis import strategies as st

import datumpb as dp
from datumpb.dataset.memory import MemorySource
from tests.support.strategies import ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from datumpb.dataset.source import DatasetSource

POOL = ("cat", "dog", "emu", "fox", "a b", "é")
SUBSETS = ("train", "val", "test")
LABEL_NAMES = st.lists(st.sampled_from(POOL), max_size=5)
IDS = st.sampled_from([f"{stem}{end}" for stem in ("a", "b", "c/d", "é") for end in ("", "-2", "-3", "1", "2")])
_COLOURS = st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))


class CountingSource:
    """Passes a source on, and counts how many items were read of it."""

    def __init__(self, source: DatasetSource) -> None:
        self._source = source
        self.read = 0
        self.asked = 0

    def subsets(self) -> list[str]:
        self.asked += 1
        return self._source.subsets()

    def meta(self, subset: str) -> dp.Meta:
        self.asked += 1
        return self._source.meta(subset)

    def items(self, subset: str) -> Iterator[dp.Item]:
        self.asked += 1
        for item in self._source.items(subset):
            self.read += 1
            yield item

    def item(self, item_id: str, subset: str) -> dp.Item:
        self.asked += 1
        return self._source.item(item_id, subset)

    def count(self, subset: str) -> int:
        self.asked += 1
        return self._source.count(subset)


class MadeSource:
    """As many items as asked, each made when it is read."""

    def __init__(self, count: int) -> None:
        self._count = count

    def subsets(self) -> list[str]:
        return ["all"]

    def meta(self, subset: str) -> dp.Meta:
        return dp.Meta(subset)

    def items(self, subset: str) -> Iterator[dp.Item]:
        for number in range(self._count):
            yield dp.Item(str(number), subset, annotations=[dp.Label(label=number % 7)])

    def item(self, item_id: str, subset: str) -> dp.Item:
        return dp.Item(item_id, subset)

    def count(self, subset: str) -> int:  # noqa: ARG002 -- there is one
        return self._count


def memory_of(work: Callable[[], object]) -> tuple[int, int]:
    """Return how many bytes some work keeps, and how many it needed at once."""
    tracemalloc.start()
    try:
        work()
        _, peak = tracemalloc.get_traced_memory()
        gc.collect()
        return tracemalloc.get_traced_memory()[0], peak
    finally:
        tracemalloc.stop()


def memory(
    items: Iterable[dp.Item],
    labels: Iterable[str] | dp.Categories = (),
    infos: dict[str, dp.Value] | None = None,
    media_type: dp.MediaType = dp.MediaType.IMAGE,
) -> MemorySource:
    """Make a source of items."""
    categories = labels if isinstance(labels, dp.Categories) else dp.Categories.from_labels(labels)
    return MemorySource(items, infos or {}, categories, media_type)


def labelled(item_id: str, *labels: int | None, subset: str = "train") -> dp.Item:
    """Make an item with a box of each label."""
    return dp.Item(item_id, subset, annotations=[dp.Bbox(1, 2, 3, 4, label=label) for label in labels])


def everything(source: DatasetSource) -> dict[str, list[dp.Item]]:
    """Return the items of each subset, having seen that `count` and `item` say the same as `items`."""
    found = {subset: list(source.items(subset)) for subset in source.subsets()}
    for subset, items in found.items():
        assert source.count(subset) == len(items)
        assert [source.item(item.id, subset) for item in items] == items
        assert {item.subset for item in items} <= {subset}
        assert source.meta(subset).subset == subset
        gone = {item.id for others in found.values() for item in others} - {item.id for item in items}
        for item_id in [*gone, "no such id"]:
            assert dp.Dataset(source).get(item_id, subset) is None
    return found


def names_of(categories: dp.Categories) -> list[str]:
    """Return the names of all labels."""
    return [label.name for label in categories.labels or ()]


@st.composite
def categories(draw: st.DrawFn, names: st.SearchStrategy[list[str]] = LABEL_NAMES) -> dp.Categories:
    """Draw labels with all that may refer to them; two may have one name."""
    chosen = draw(names)
    parents = st.sampled_from(["", "animal", *chosen])
    attributes = st.lists(st.sampled_from("xyz"), unique=True, max_size=2)
    labels = [dp.LabelCategory(name, draw(parents), draw(attributes), draw(ATTRIBUTES)) for name in chosen]
    members = st.lists(st.sampled_from([*chosen, "animal"]), unique=True, max_size=3)
    kinds = st.sampled_from(dp.LabelGroupType)
    groups = [
        dp.LabelGroup(name, draw(members), draw(kinds)) for name in draw(st.lists(st.sampled_from("gh"), max_size=2))
    ]
    indexes = st.integers(0, len(chosen) + 1)
    keypoints = st.builds(dp.PointsCategory, st.lists(st.sampled_from("nm"), max_size=2))
    return dp.Categories(
        dp.LabelCategories(labels, groups, draw(attributes)),
        draw(st.none() | st.builds(dp.MaskCategories, st.dictionaries(indexes, _COLOURS, max_size=3), attributes)),
        draw(st.none() | st.builds(dp.PointsCategories, st.dictionaries(indexes, keypoints, max_size=3), attributes)),
        draw(st.none() | st.builds(dp.TabularCategories, st.just([dp.TabularCategory("age", "int", [1, 2])]))),
    )


@st.composite
def items(draw: st.DrawFn, labels: int, most: int = 12) -> list[dp.Item]:
    """Draw items of several subsets whose annotations have labels below a number, or none."""
    label = st.none() | st.integers(0, labels - 1) if labels else st.none()
    numbers = {"id": st.integers(0, 9), "group": st.integers(0, 2), "attributes": st.just({}) | ATTRIBUTES}
    boxes = st.builds(dp.Bbox, st.floats(0, 9), st.just(1), st.just(2), st.just(3), label=label, **numbers)
    annotation = boxes | st.builds(dp.Label, label=label) | st.builds(dp.Caption, st.sampled_from("uv"))
    item = st.builds(
        dp.Item,
        IDS,
        st.sampled_from(SUBSETS),
        st.none(),
        st.just({}) | ATTRIBUTES,
        st.lists(annotation, max_size=4),
    )
    return draw(st.lists(item, max_size=most, unique_by=lambda one: (one.subset, one.id)))


@st.composite
def sources(draw: st.DrawFn, names: st.SearchStrategy[list[str]] = LABEL_NAMES, most: int = 12) -> MemorySource:
    """Draw a dataset."""
    known = draw(categories(names))
    return memory(draw(items(len(known.labels or ()), most)), known, draw(st.just({}) | ATTRIBUTES))
