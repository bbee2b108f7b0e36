from __future__ import annotations

import numpy as np
import pytest
from datumaro.components import annotation as dm

import datumpb as dp
from datumpb.integrations.datumaro.categories import categories_from_datumaro, categories_to_datumaro
from tests.support.bridge import CATEGORIES


def test_categories_come_back_as_they_were() -> None:
    losses = dp.LossReport()
    assert categories_from_datumaro(categories_to_datumaro(CATEGORIES, losses), losses) == CATEGORIES
    assert categories_from_datumaro(categories_to_datumaro(dp.Categories(), losses), losses) == dp.Categories()
    assert not losses


def test_categories_of_datumaro_come_back_as_they_were() -> None:
    theirs = {
        dm.AnnotationType.label: dm.LabelCategories.from_iterable(["a", ("b", "a"), ("c", "", {"x", "y"})]),
        dm.AnnotationType.mask: dm.MaskCategories.generate(3),
        dm.AnnotationType.points: dm.PointsCategories.from_iterable(
            [(0, ["p", "q"], {(0, 1)}, [0, 0, 8, 4]), (1, ["r"])]
        ),
        dm.AnnotationType.tabular: dm.TabularCategories.from_iterable([("x", int, {1, 2}), ("y", float), ("z", str)]),
    }
    losses = dp.LossReport()
    back = categories_to_datumaro(categories_from_datumaro(theirs, losses), losses)
    assert back == theirs
    assert {kind: one.attributes for kind, one in back.items()} == {
        kind: one.attributes for kind, one in theirs.items()
    }
    assert not losses


def test_what_datumaro_cannot_hold_is_counted() -> None:
    categories = dp.Categories(
        dp.LabelCategories([dp.LabelCategory("a", infos={"id": 7, "x": 1})], [dp.LabelGroup("", ["a"])]),
        points=dp.PointsCategories(
            {
                0: dp.PointsCategory(["p", "q"], positions=np.array([[0, 0], [9, 3]])),
                1: dp.PointsCategory(["p", "q"], positions=np.array([[0, 0]])),
            }
        ),
        tabular=dp.TabularCategories([dp.TabularCategory("x", "date"), dp.TabularCategory("y", "int", [1, None])]),
    )
    losses = dp.LossReport()
    theirs = categories_to_datumaro(categories, losses)
    assert theirs[dm.AnnotationType.points][0].positions == [0, 0, 1, pytest.approx(1 / 3)]
    assert losses.counts == {
        "info of a label": 2,
        "group of labels without a name": 1,
        "positions of keypoints, which Datumaro scales to a square from 0 to 1": 1,
        "positions of keypoints that are not as many as their names": 1,
        "column of tables that Datumaro cannot have": 1,
        "label of a column that is there twice, or neither text nor number": 1,
    }


@pytest.mark.parametrize("names", [["a", "b", "a"], [""]])
def test_labels_that_datumaro_cannot_tell_apart_are_refused(names: list[str]) -> None:
    with pytest.raises(dp.InvalidItemError, match="tells labels apart by their names"):
        categories_to_datumaro(dp.Categories.from_labels(names), dp.LossReport())


def test_a_kind_that_datumpb_does_not_have_is_counted() -> None:
    losses = dp.LossReport()
    assert categories_from_datumaro({dm.AnnotationType.caption: dm.Categories()}, losses) == dp.Categories()
    assert losses.counts == {"categories of a kind that datumpb does not have (caption)": 1}
