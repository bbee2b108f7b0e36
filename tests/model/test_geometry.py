"""What follows from shapes: boxes with few decimals, areas as pycocotools has them."""

from __future__ import annotations

import numpy as np
import pytest

from datumpb.model import rle
from datumpb.model.annotations import (
    Annotation,
    Bbox,
    Caption,
    Cuboid2d,
    Ellipse,
    Label,
    Mask,
    Points,
    Polygon,
    PolyLine,
    RotatedBbox,
)
from datumpb.model.geometry import bbox_of, box_of_corners, extent, mask_area, polygon_area, polygons_area

MASK = Mask(3, 4, rle.from_bitmap(np.array([[0, 0, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0]])))


def _points(*numbers: float) -> np.ndarray:
    return np.array(numbers, np.float64)


@pytest.mark.parametrize(
    ("corners", "box"),
    [
        ((0.1, 0.2, 0.3, 0.4), (0.1, 0.2, 0.2, 0.2)),
        ((1.08, 187.69, 612.67, 473.53), (1.08, 187.69, 611.59, 285.84)),
        ((1, 2, 4, 4), (1, 2, 3, 2)),
        ((1e-9, 0, 1, 1), (1e-9, 0, 1 - 1e-9, 1)),
    ],
)
def test_a_width_has_the_decimals_of_its_corners(corners: tuple[float, ...], box: tuple[float, ...]) -> None:
    assert box_of_corners(*corners) == box


def test_corners_that_are_no_numbers() -> None:
    assert np.isnan(box_of_corners(float("-inf"), 0, float("inf"), float("nan"))[3])


@pytest.mark.parametrize(
    ("annotation", "box"),
    [
        (Bbox(1, 2, 3, 4), (1, 2, 3, 4)),
        (Polygon(_points(1, 2, 5, 2, 5, 9)), (1, 2, 4, 7)),
        (PolyLine(_points(1, 2, 5, 3)), (1, 2, 4, 1)),
        (Points(_points(1, 2, 5, 3)), (1, 2, 4, 1)),
        (Polygon(_points()), None),
        (MASK, (1, 1, 2, 2)),
        (Mask(2, 2, rle.encode_runs([4])), None),
        (Ellipse(1, 2, 3, 5), (1, 2, 2, 3)),
        (Cuboid2d(np.arange(16.0)), (0, 1, 14, 14)),
        (RotatedBbox(5, 5, 4, 2, 0), (3, 4, 4, 2)),
        (RotatedBbox(5, 5, 4, 2, 90), (4, 3, 2, 4)),
        (Label(label=1), None),
        (Caption("x"), None),
    ],
)
def test_extent(annotation: Annotation, box: tuple[float, ...] | None) -> None:
    assert extent(annotation) == (None if box is None else pytest.approx(box))


def test_the_box_of_an_object() -> None:
    parts: list[Annotation] = [
        Polygon(_points(1, 2, 5, 2, 5, 9)),
        Polygon(_points(0.5, 3, 1, 3, 1, 4)),
        Points(_points(90, 90)),
    ]
    assert bbox_of(parts) == (0.5, 2, 4.5, 7)
    assert bbox_of([*parts, Bbox(1, 1, 1, 1)]) == (1, 1, 1, 1)
    assert bbox_of([Polygon(_points(8, 8, 9, 9)), MASK]) == (1, 1, 8, 8)
    assert bbox_of([Points(_points(90, 90)), Label()]) is None
    assert bbox_of([]) is None


def test_areas() -> None:
    assert polygon_area([0, 4, 4], [0, 0, 4]) == 8
    assert polygon_area([4, 4, 0], [4, 0, 0]) == 8
    assert polygon_area([], []) == 0
    assert polygons_area([Polygon(_points(0, 0, 4, 0, 4, 4)), Polygon(_points(0, 0, 1, 0, 1, 1))]) == 8.5
    assert mask_area(MASK) == 3
