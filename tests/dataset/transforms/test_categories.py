from __future__ import annotations

import numpy as np
from hypothesis import given

import datumpb as dp
from datumpb.dataset.transforms.categories import UnitedCategories
from tests.support import datasets as support


def _united(*parts: dp.Categories) -> tuple[dp.Categories, list[list[int | None]], dict[str, str]]:
    report = dp.LossReport()
    united = UnitedCategories(report)
    targets = [united.add(part, name) for part, name in zip(parts, "ABC", strict=False)]
    found = united.categories()
    assert set(report.counts.values()) <= {1}
    endings = {what.removesuffix(", as another was there first"): where for what, where in report.examples.items()}
    return found, targets, endings


def _labels(*labels: dp.LabelCategory, groups: list[dp.LabelGroup] | None = None) -> dp.Categories:
    return dp.Categories(dp.LabelCategories([*labels], groups or []))


def test_labels_are_united_by_name_in_order_of_appearance() -> None:
    united, targets, report = _united(*map(dp.Categories.from_labels, (["a", "b"], ["c", "b", "d"], ["d", "a"])))
    assert united == dp.Categories.from_labels(["a", "b", "c", "d"])
    assert targets == [[0, 1], [2, 1, 3], [3, 0]]
    assert not report


def test_what_only_one_of_them_has_is_added() -> None:
    united, _, report = _united(
        _labels(dp.LabelCategory("a", "", ["x"], {"k": 1}), groups=[dp.LabelGroup("g", ["a"])]),
        dp.Categories(
            dp.LabelCategories(
                [dp.LabelCategory("a", "p", ["y", "x"], {"l": 2})], [dp.LabelGroup("g", ["b", "a"])], ["z"]
            ),
            dp.MaskCategories({0: (1, 2, 3)}, ["m"]),
            dp.PointsCategories({0: dp.PointsCategory(["n"])}, ["o"]),
            dp.TabularCategories([dp.TabularCategory("age", "int", [1])]),
        ),
    )
    assert united == dp.Categories(
        dp.LabelCategories(
            [dp.LabelCategory("a", "p", ["x", "y"], {"k": 1, "l": 2})], [dp.LabelGroup("g", ["a", "b"])], ["z"]
        ),
        dp.MaskCategories({0: (1, 2, 3)}, ["m"]),
        dp.PointsCategories({0: dp.PointsCategory(["n"])}, ["o"]),
        dp.TabularCategories([dp.TabularCategory("age", "int", [1])]),
    )
    assert not report


def test_the_first_counts_where_they_disagree() -> None:
    first = dp.Categories(
        dp.LabelCategories([dp.LabelCategory("a", "p", infos={"k": 1})], [dp.LabelGroup("g", ["a"])]),
        dp.MaskCategories({0: (1, 2, 3)}),
        dp.PointsCategories({0: dp.PointsCategory(["n"], [], np.array([[1.0, 2.0]]))}),
        dp.TabularCategories([dp.TabularCategory("age", "int")]),
    )
    second = dp.Categories(
        dp.LabelCategories(
            [dp.LabelCategory("b"), dp.LabelCategory("a", "q", infos={"k": True})],
            [dp.LabelGroup("g", [], dp.LabelGroupType.INCLUSIVE)],
        ),
        dp.MaskCategories({1: (1, 2, 4)}),
        dp.PointsCategories({1: dp.PointsCategory(["n"], [], np.array([[1.0, 2.5]]))}),
        dp.TabularCategories([dp.TabularCategory("age", "float", [1.5])]),
    )
    united, _, report = _united(first, second)
    assert united == dp.Categories(
        dp.LabelCategories(
            [dp.LabelCategory("a", "p", infos={"k": 1}), dp.LabelCategory("b")], [dp.LabelGroup("g", ["a"])]
        ),
        first.masks,
        first.points,
        first.tabular,
    )
    assert report == {
        "parent of a label": "a: q of B",
        "info of a label": "a: k of B",
        "type of a group of labels": "g: INCLUSIVE of B",
        "colour of a label": "a of B",
        "keypoints of a label": "a of B",
        "type of a column": "age: float of B",
    }


def test_columns_are_united_by_name_and_their_values_added() -> None:
    def columns(*columns: dp.TabularCategory) -> dp.Categories:
        return dp.Categories(tabular=dp.TabularCategories([*columns]))

    united, _, report = _united(
        columns(dp.TabularCategory("age", "int", [1, 2])),
        columns(dp.TabularCategory("sex", "str"), dp.TabularCategory("age", "int", [2, True, 3])),
    )
    assert united == columns(dp.TabularCategory("age", "int", [1, 2, True, 3]), dp.TabularCategory("sex", "str"))
    assert not report


def test_a_colour_of_no_label_never_becomes_that_of_a_label() -> None:
    void = dp.Categories(dp.LabelCategories.from_names(["a"]), dp.MaskCategories({1: (9, 9, 9), 255: (5, 5, 5)}))
    united, _, report = _united(void, dp.Categories.from_labels(["b"]))
    assert united.masks == dp.MaskCategories({255: (5, 5, 5)})
    assert report == {"colour of no label": "1"}
    assert _united(void)[0] == void


def test_the_parts_are_not_changed() -> None:
    first, second = _labels(dp.LabelCategory("a")), _labels(dp.LabelCategory("a", "p", ["x"], {"k": [1]}))
    _united(first, second)
    assert first == _labels(dp.LabelCategory("a"))


@given(support.categories())
def test_categories_united_with_themselves_are_themselves(categories: dp.Categories) -> None:
    united, targets, report = _united(categories, categories, categories)
    assert united == categories
    assert targets == [list(range(len(categories.labels or ())))] * 3
    assert not report


@given(support.categories(), support.categories(), support.categories())
def test_every_label_finds_one_of_its_name(first: dp.Categories, second: dp.Categories, third: dp.Categories) -> None:
    report = dp.LossReport()
    united = UnitedCategories(report)
    targets = [united.add(part) for part in (first, second, third)]
    labels = united.categories().labels
    for part, indexes in zip((first, second, third), targets, strict=True):
        assert part.labels is not None
        assert labels is not None
        assert None not in indexes
        assert len(set(indexes)) == len(indexes)
        assert [labels[index].name for index in indexes if index is not None] == support.names_of(part)
