"""Which annotations are one object, and what their source says of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import datumpb as dp
from datumpb.formats.coco.grouping import objects_of as coco_objects_of
from datumpb.model.objects import is_crowd, objects_of, stated_area

TRIANGLE = np.array([(0, 0), (4, 0), (0, 3)])


def _shape(kind: int, group: int, label: int | None) -> dp.Annotation:
    if kind == 0:
        return dp.Polygon(TRIANGLE, group=group, label=label)
    if kind == 1:
        return dp.Bbox(1, 2, 3, 4, group=group, label=label)
    return dp.Points(TRIANGLE, group=group, label=label)


def test_shapes_of_one_group_and_label_are_one_object_wherever_they_stand() -> None:
    first, alone = dp.Polygon(TRIANGLE, group=7, label=1), dp.Polygon(TRIANGLE, label=1)
    other_label, second = dp.Bbox(0, 0, 4, 3, group=7, label=2), dp.Mask(1, 1, b"01", group=7, label=1)
    found = objects_of([first, alone, other_label, second, dp.Polygon(TRIANGLE, label=1)])
    assert [len(shapes) for shapes in found] == [2, 1, 1, 1]
    assert found[0][0] is first
    assert found[0][1] is second
    assert found[1] == [alone]


def test_what_is_no_shape_makes_no_object() -> None:
    others = [dp.Label(label=0), dp.Caption("x"), dp.Cuboid3d(*np.ones((3, 3))), dp.FeatureVector(np.ones(4))]
    assert objects_of(others) == []
    assert objects_of([]) == []


def test_a_second_box_begins_another_object() -> None:
    boxes = [dp.Bbox(0, 0, 1, 1, group=1), dp.Bbox(5, 5, 1, 1, group=1), dp.Polygon(TRIANGLE, group=1)]
    assert [[type(shape).__name__ for shape in shapes] for shapes in objects_of(boxes)] == [
        ["Bbox"],
        ["Bbox", "Polygon"],
    ]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.none() | st.integers(0, 1)), max_size=12))
def test_an_export_to_coco_has_the_same_objects(rows: list[tuple[int, int, int | None]]) -> None:
    item = dp.Item("x", annotations=[_shape(*row) for row in rows])
    expected = [sorted(map(id, parts.shapes())) for parts in coco_objects_of(item, dp.LossReport())]
    assert [sorted(map(id, shapes)) for shapes in objects_of(item.annotations)] == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(True, True), (1, True), (False, False), (None, False), ("yes", False)]
)
def test_crowds(value: dp.Value, expected: bool) -> None:
    assert is_crowd([dp.Polygon(TRIANGLE, attributes={"is_crowd": value})]) is expected
    assert not is_crowd([dp.Polygon(TRIANGLE)])


@pytest.mark.parametrize("area", [None, "7", True, float("nan"), 10**400, [1]])
def test_an_area_that_is_no_number_is_not_stated(area: dp.Value) -> None:
    assert stated_area([dp.Polygon(TRIANGLE, attributes={"coco": {"values": {"area": area}}})]) is None


def test_a_stated_area() -> None:
    assert stated_area([dp.Polygon(TRIANGLE, attributes={"coco": {"values": {"area": 7}}})]) == 7.0
    attributes: list[dict[str, dp.Value]] = [{}, {"coco": 1}, {"coco": {"values": 1}}, {"coco": {}}]
    for one in attributes:
        assert stated_area([dp.Polygon(TRIANGLE, attributes=one)]) is None
