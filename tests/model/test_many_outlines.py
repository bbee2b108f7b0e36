"""Many objects measured together have the boxes and areas that each has by itself."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datumpb.model.geometry import measure_outlines
from datumpb.model.many_outlines import measure_objects
from tests.support.strategies import rounded

# What is promised: finite, and neither -0.0 nor less than 1e-4.
NUMBERS = (rounded() | st.floats(-1e15, 1e15) | st.integers(-(2**53), 2**53).map(float)).map(
    lambda number: number if abs(number) >= 1e-4 else 0.0
)
OUTLINES = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=9)


@given(st.lists(st.lists(OUTLINES, min_size=1, max_size=3), min_size=1, max_size=6))
def test_as_one_by_one(objects: list[list[list[tuple[float, float]]]]) -> None:
    outlines = [outline for parts in objects for outline in parts]
    points = np.array([point for outline in outlines for point in outline])
    boxes, areas = measure_objects(points, [0, *accumulate(map(len, outlines))], [*map(len, objects)])
    for parts, box, area in zip(objects, boxes.tolist(), areas, strict=True):
        alone = measure_outlines([[number for point in outline for number in point] for outline in parts])
        assert repr((tuple(box), area)) == repr(alone)


def test_others_beside_it_change_nothing() -> None:
    square = [[0.1, 0.1], [0.3, 0.1], [0.3, 0.7]]
    points = np.array([*square, [np.nan, 1], [np.inf, -np.inf], [1e300, 1e-300], *square])
    boxes, areas = measure_objects(points, [0, 3, 6, 9], [1, 1, 1])
    box, area = measure_outlines([[number for point in square for number in point]])
    assert boxes[0].tolist() == boxes[2].tolist() == [*(box or ())]
    assert areas[0] == areas[2] == area
