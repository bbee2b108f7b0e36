from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import datumpb as dp
from datumpb.dataset.transforms.labels import RelabelledSource
from tests.support import datasets as support
from tests.support.samples import one_line

if TYPE_CHECKING:
    from datumpb.dataset.memory import MemorySource

ANIMALS = dp.Categories(
    dp.LabelCategories(
        [
            dp.LabelCategory("cat", "pet", ["tame"], {"id": 7}),
            dp.LabelCategory("pet", "", [], {"id": 3}),
            dp.LabelCategory("dog", "pet", ["loud"], {"id": 5}),
            dp.LabelCategory("car", "machine"),
        ],
        [dp.LabelGroup("all", ["cat", "dog", "car"]), dp.LabelGroup("cars", ["car"])],
    ),
    dp.MaskCategories({0: (1, 1, 1), 2: (2, 2, 2), 3: (3, 3, 3), 9: (9, 9, 9)}),
    dp.PointsCategories({2: dp.PointsCategory(["nose"])}),
)
GROUPED = dp.Item(
    "a",
    "train",
    attributes={"n": 1},
    annotations=[dp.Bbox(0, 0, 1, 1, label=0, group=4), dp.Label(label=3, group=4), dp.Caption("c", group=4)],
)


def _source() -> MemorySource:
    return support.memory([GROUPED, support.labelled("b", 2, 1, 2)], ANIMALS, {"x": 1})


def _labels_of(source: RelabelledSource) -> list[list[str | None]]:
    names = support.names_of(source.meta("train").categories)
    shown = [
        [None if one.label is None else names[one.label] for one in item.annotations]
        for item in support.everything(source)["train"]
    ]
    assert source.meta("train").infos == {"x": 1}
    return shown


def test_labels_are_renamed_at_once_and_nothing_else_changes() -> None:
    source = RelabelledSource(_source(), {"cat": "dog", "dog": "cat", "pet": "friend"})
    assert _labels_of(source) == [["dog", "car", None], ["cat", "friend", "cat"]]
    assert list(source.items("train")) == list(_source().items("train"))
    labels = source.meta("train").categories.labels
    assert labels == dp.LabelCategories(
        [
            dp.LabelCategory("dog", "friend", ["tame"], {"id": 7}),
            dp.LabelCategory("friend", "", [], {"id": 3}),
            dp.LabelCategory("cat", "friend", ["loud"], {"id": 5}),
            dp.LabelCategory("car", "machine"),
        ],
        [dp.LabelGroup("all", ["dog", "cat", "car"]), dp.LabelGroup("cars", ["car"])],
    )
    assert not source.report


def test_labels_of_one_new_name_become_one() -> None:
    source = RelabelledSource(_source(), {"cat": "beast", "dog": "beast", "car": "pet"})
    assert _labels_of(source) == [["beast", "pet", None], ["beast", "pet", "beast"]]
    changed = source.meta("train").categories
    assert changed.labels == dp.LabelCategories(
        [
            dp.LabelCategory("beast", "pet", ["tame", "loud"], {"id": 7}),
            dp.LabelCategory("pet", "machine", [], {"id": 3}),
        ],
        [dp.LabelGroup("all", ["beast", "pet"]), dp.LabelGroup("cars", ["pet"])],
    )
    assert changed.masks == dp.MaskCategories({0: (1, 1, 1), 1: (3, 3, 3), 9: (9, 9, 9)})
    assert changed.points == dp.PointsCategories({0: dp.PointsCategory(["nose"])})
    assert source.report.examples == {"colour of a label, as another was there first": "beast"}


def test_a_label_that_becomes_one_with_its_parent_is_not_its_own_parent() -> None:
    labels = RelabelledSource(_source(), {"cat": "pet"}).meta("train").categories.labels
    assert labels is not None
    assert [(label.name, label.parent) for label in labels] == [("pet", ""), ("dog", "pet"), ("car", "machine")]
    own = support.memory([], dp.Categories(dp.LabelCategories([dp.LabelCategory("person", "person")])))
    labels = RelabelledSource(own, {"person": "human"}).meta("default").categories.labels
    assert labels == dp.LabelCategories([dp.LabelCategory("human", "human")])


@pytest.mark.parametrize("how", [{"drop": ["cat", "pet"]}, {"keep": ["dog", "car"]}])
def test_dropped_labels_go_with_their_annotations(how: dict[str, Any]) -> None:
    source = RelabelledSource(_source(), {"dog": "hound"}, **how)
    assert _labels_of(source) == [["car", None], ["hound", "hound"]]
    group = source.item("a", "train")
    assert group.annotations == [dp.Label(label=1, group=4), dp.Caption("c", group=4)]
    assert group.attributes == {"n": 1}
    changed = source.meta("train").categories
    assert changed.labels == dp.LabelCategories(
        [dp.LabelCategory("hound", "", ["loud"], {"id": 5}), dp.LabelCategory("car", "machine")],
        [dp.LabelGroup("all", ["hound", "car"]), dp.LabelGroup("cars", ["car"])],
    )
    assert changed.masks == dp.MaskCategories({0: (2, 2, 2), 1: (3, 3, 3), 9: (9, 9, 9)})
    assert changed.points == dp.PointsCategories({0: dp.PointsCategory(["nose"])})
    assert not source.report


def test_a_group_of_dropped_labels_goes() -> None:
    labels = RelabelledSource(_source(), drop=["car"]).meta("train").categories.labels
    assert labels is not None
    assert labels.groups == [dp.LabelGroup("all", ["cat", "dog"])]


def test_all_labels_dropped() -> None:
    source = RelabelledSource(_source(), keep=[])
    assert _labels_of(source) == [[None], []]
    assert support.names_of(source.meta("train").categories) == []


def test_labels_of_one_name_stay_two() -> None:
    source = RelabelledSource(support.memory([support.labelled("a", 0, 1, 2)], ["cat", "cat", "dog"]), {"dog": "cat"})
    assert support.names_of(source.meta("train").categories) == ["cat", "cat"]
    assert [one.label for one in source.item("a", "train").annotations] == [0, 1, 0]


@pytest.mark.parametrize("how", [{"rename": {"dgo": "x"}}, {"drop": ["dgo"]}, {"keep": ["dgo", "cat"]}])
def test_a_label_that_is_not_there(how: dict[str, Any]) -> None:
    source = RelabelledSource(_source(), **how)
    for ask in (source.meta, source.items, lambda subset: source.item("a", subset)):
        with pytest.raises(dp.OptionError) as caught:
            ask("train")
        one_line(caught.value, "'dgo'", "did you mean 'dog'?", "cat, pet, dog, car")


@pytest.mark.parametrize(
    "how",
    [
        {"rename": {"cat": "x"}, "drop": ["cat"]},
        {"rename": {"cat": "x"}, "keep": ["dog"]},
        {"keep": ["cat"], "drop": ["cat"]},
        {"rename": {"cat": ""}},
    ],
)
def test_what_contradicts_itself(how: dict[str, Any]) -> None:
    with pytest.raises(dp.OptionError) as caught:
        RelabelledSource(_source(), **how)
    one_line(caught.value, "drop")


def test_a_label_that_is_not_among_the_categories() -> None:
    source = RelabelledSource(support.memory([support.labelled("odd", 5)], ["cat", "dog"]), drop=["dog"])
    with pytest.raises(dp.InvalidItemError) as caught:
        list(source.items("train"))
    one_line(caught.value, "'odd'", "label 5", "2 labels")


def test_disagreements_are_reported_once_for_all_subsets() -> None:
    both = [support.labelled("a", 0), support.labelled("a", 0, subset="val")]
    source = RelabelledSource(support.memory(both, ANIMALS), {"cat": "car"})
    support.everything(source)
    support.everything(source)
    assert source.report.counts == {
        "parent of a label, as another was there first": 1,
        "colour of a label, as another was there first": 1,
    }


def test_nothing_is_read_too_early_and_items_flow_one_by_one() -> None:
    counted = support.CountingSource(_source())
    source = RelabelledSource(counted, {"cat": "x"})
    assert counted.asked == 0
    source.meta("train")
    assert counted.read == 0
    next(source.items("train"))
    assert counted.read == 1


def test_items_of_the_source_are_not_changed() -> None:
    kept = _source()
    list(RelabelledSource(kept, {"cat": "dog"}, drop=["pet"]).items("train"))
    assert list(kept.items("train")) == list(_source().items("train"))


@given(support.sources(), st.data())
def test_a_bijection_and_back_is_the_identity(source: MemorySource, data: st.DataObject) -> None:
    names = sorted(set(support.names_of(source.meta(source.subsets()[0]).categories)))
    new_names = data.draw(st.permutations([*names, "new", "newer"]))[: len(names)]
    there = dict(zip(names, new_names, strict=True))
    back = RelabelledSource(RelabelledSource(source, there), {new: old for old, new in there.items()})
    assert support.everything(back) == support.everything(source)
    for subset in source.subsets():
        assert back.meta(subset) == source.meta(subset)
    assert not back.report


@given(support.sources(st.lists(st.sampled_from(support.POOL), unique=True, max_size=5)), st.data())
def test_every_annotation_has_the_new_name_of_its_label(source: MemorySource, data: st.DataObject) -> None:
    names = support.names_of(source.meta(source.subsets()[0]).categories)
    subset_of_names = st.lists(st.sampled_from(names), unique=True) if names else st.just([])
    drop = data.draw(subset_of_names)
    rest = [name for name in names if name not in drop]
    rename = data.draw(
        st.dictionaries(st.sampled_from(rest), st.sampled_from([*support.POOL, "new"])) if rest else st.just({})
    )
    changed = RelabelledSource(source, rename, drop)
    for subset, items in support.everything(changed).items():
        new_names = support.names_of(changed.meta(subset).categories)
        assert new_names == list(dict.fromkeys(rename.get(name, name) for name in rest))
        for before, after in zip(source.items(subset), items, strict=True):
            expected = [
                None if one.label is None else rename.get(names[one.label], names[one.label])
                for one in before.annotations
                if one.label is None or names[one.label] not in drop
            ]
            assert [None if one.label is None else new_names[one.label] for one in after.annotations] == expected
