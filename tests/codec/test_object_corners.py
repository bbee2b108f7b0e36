"""Boxes of objects by the ends of their shapes: what the model makes of the same ends, one object after the other."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datumpb.codec.coordinate_batch import NO_DECIMALS
from datumpb.codec.object_corners import ObjectCorners
from datumpb.model.geometry import Box, box_of_corners

COUNT = 5
CENTS = st.integers(-(10**6), 10**6).map(lambda number: number / 100)
FLOATS = st.floats(-1e18, 1e18)


def shapes(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[list[tuple[int, tuple[float, ...]]]]:
    ends = st.tuples(numbers, numbers, numbers, numbers)
    return st.lists(st.tuples(st.integers(0, COUNT - 1), ends), max_size=6)


@given(st.lists(shapes(CENTS), max_size=2), shapes(FLOATS), shapes(FLOATS))
def test_boxes_are_those_of_the_model(
    cents: list[list[tuple[int, tuple[float, ...]]]],
    floats: list[tuple[int, tuple[float, ...]]],
    single: list[tuple[int, Box]],
) -> None:
    found = ObjectCorners()
    for part, decimals in [*((part, 2) for part in cents), (floats, NO_DECIMALS)]:
        corners = np.array([ends for _, ends in part]).reshape(-1, 4).T
        found.add(np.array([number for number, _ in part], np.int64), corners, np.full(len(part), decimals))
    for number, box in single:
        found.add_one(number, box)
    by_object: dict[int, list[tuple[float, ...]]] = {}
    for number, ends in [*(one for part in cents for one in part), *floats, *single]:
        by_object.setdefault(number, []).append(ends)
    expected = [[0.0] * 4 for _ in range(COUNT)]
    for number, parts in by_object.items():
        left, top, right, bottom = zip(*parts, strict=True)
        expected[number] = list(box_of_corners(min(left), min(top), max(right), max(bottom)))
    assert found.xywh(COUNT).tolist() == expected


def test_objects_without_corners_have_empty_boxes() -> None:
    assert ObjectCorners().xywh(2).tolist() == [[0] * 4] * 2
