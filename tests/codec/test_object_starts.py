"""Which shapes are one object: what the model's `objects_of` says, for many items at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec.object_starts import NO_SHAPE, object_starts
from datumpb.model.annotations import Annotation, Bbox, Caption, Points, PolyLine
from datumpb.model.objects import objects_of

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPE = int(messages.AnnotationType.ANNOTATION_TYPE_POLY_LINE)
BBOX = int(messages.AnnotationType.ANNOTATION_TYPE_BBOX)
POINTS = int(messages.AnnotationType.ANNOTATION_TYPE_POINTS)
NO_POINTS = np.zeros((0, 2))
MODELS: dict[int, Callable[[], Annotation]] = {
    NO_SHAPE: lambda: Caption("text"),
    SHAPE: lambda: PolyLine(NO_POINTS),
    BBOX: lambda: Bbox(1, 2, 3, 4),
    POINTS: lambda: Points(NO_POINTS),
}
ROWS = st.lists(
    st.tuples(st.sampled_from([*MODELS]), st.integers(-1, 2), st.integers(-1, 1)),  # kind, group, label
    max_size=12,
)


def starts_of(items: list[list[tuple[int, int, int]]]) -> list[int]:
    rows = [row for item in items for row in item]
    kinds, groups, labels = np.array(rows, np.int64).reshape(-1, 3).T
    numbers = np.arange(len(items)).repeat([len(item) for item in items])
    starts: list[int] = object_starts(numbers, kinds, groups, labels).tolist()
    return starts


@given(st.lists(ROWS, min_size=1, max_size=3))
def test_objects_are_those_of_the_model(items: list[list[tuple[int, int, int]]]) -> None:
    expected, before = [], 0
    for item in items:
        annotations: list[Annotation] = []
        for kind, group, label in item:
            annotations.append(MODELS[kind]())
            annotations[-1].group, annotations[-1].label = group, None if label < 0 else label
        first = {id(part): id(one[0]) for one in objects_of(annotations) for part in one}
        places = {id(one): before + place for place, one in enumerate(annotations)}
        expected += [places[first.get(id(one), id(one))] for one in annotations]
        before += len(item)
    assert starts_of(items) == expected


def test_a_second_box_begins_another_object() -> None:
    assert starts_of([[(BBOX, 1, 0), (SHAPE, 1, 0), (BBOX, 1, 0), (POINTS, 1, 0), (SHAPE, 1, 0)]]) == [0, 0, 2, 2, 2]


def test_shapes_of_one_group_need_not_be_neighbours() -> None:
    assert starts_of([[(SHAPE, 1, 0), (SHAPE, 2, 0), (SHAPE, 1, 0)], [(SHAPE, 1, 0)]]) == [0, 1, 0, 3]
