"""Shapes become the pixels that pycocotools, pillow and plain arithmetic say; nothing hostile crashes or grows."""

from __future__ import annotations

import math

import numpy as np
import PIL.Image
import PIL.ImageDraw
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco

import datumpb as dp
from datumpb.model import rle
from datumpb.model.drawing import draw
from datumpb.model.geometry import rotated_corners

SIDES = st.integers(1, 40)
NEAR = st.floats(-30, 70, allow_nan=False)
HUGE = st.floats(allow_nan=False, allow_infinity=False)
CORNERS = st.lists(st.tuples(NEAR, NEAR), min_size=3, max_size=9)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools with NumPy 2
@given(CORNERS, SIDES, SIDES)
def test_polygons_are_those_of_pycocotools(corners: list[tuple[float, float]], height: int, width: int) -> None:
    flat = [number for corner in corners for number in corner]
    packed = coco.frPyObjects([flat], height, width)  # type: ignore[arg-type]  # the stubs know no polygons of floats
    expected = coco.decode(packed)[..., 0]
    np.testing.assert_array_equal(draw(dp.Polygon(np.array(flat)), height, width), expected)


@given(st.integers(-5, 45), st.integers(-5, 45), st.integers(0, 50), st.integers(0, 50), SIDES, SIDES)
def test_boxes_of_whole_pixels_are_these_pixels(x: int, y: int, w: int, h: int, height: int, width: int) -> None:
    expected = np.zeros((height, width), bool)
    expected[max(y, 0) : max(y + h, 0), max(x, 0) : max(x + w, 0)] = True
    np.testing.assert_array_equal(draw(dp.Bbox(x, y, w, h), height, width), expected)
    np.testing.assert_array_equal(draw(dp.RotatedBbox(x + w / 2, y + h / 2, w, h, 0), height, width), expected)


@given(st.lists(st.tuples(HUGE, HUGE), max_size=8), SIDES, SIDES)
def test_any_finite_outline_can_be_drawn(corners: list[tuple[float, float]], height: int, width: int) -> None:
    bitmap = draw(dp.Polygon(np.array(corners).reshape(-1, 2)), height, width)
    assert bitmap.shape == (height, width)
    assert bitmap.dtype == bool


@pytest.mark.parametrize("far", [5000.0, 1e6, 1e9, 2.0**31, 1e300, 1.7e308])
def test_what_is_far_outside_does_not_change_what_is_inside(far: float) -> None:
    half = dp.Polygon(np.array([(-far, -far), (10, -far), (10, far), (-far, far)]))
    np.testing.assert_array_equal(draw(half, 20, 30), np.arange(30)[None, :].repeat(20, 0) < 10)
    slope = dp.Polygon(np.array([(-far, -far), (far, far), (-far, far)]))  # all below the diagonal
    rows, columns = np.indices((20, 30))
    inside = draw(slope, 20, 30)
    assert inside[rows > columns + 1].all()
    assert not inside[rows < columns - 1].any()
    assert not draw(dp.Polygon(np.array([(far, 0), (far, 9), (far / 2, 4)])), 20, 30).any()


@given(st.floats(2, 30), st.floats(2, 30), st.floats(0, 360), st.floats(10, 30), st.floats(10, 30))
def test_turned_boxes_are_what_pillow_and_arithmetic_say_but_for_their_edge(
    w: float, h: float, r: float, cx: float, cy: float
) -> None:
    box = dp.RotatedBbox(cx, cy, w, h, r)
    picture = PIL.Image.new("1", (40, 40))
    PIL.ImageDraw.Draw(picture).polygon([(x - 0.5, y - 0.5) for x, y in rotated_corners(box)], fill=1)
    found = draw(box, 40, 40)
    rows, columns = np.indices((40, 40)) + 0.5
    cos, sin = math.cos(math.radians(r)), math.sin(math.radians(r))
    across = abs((columns - cx) * cos + (rows - cy) * sin) - w / 2
    down = abs(-(columns - cx) * sin + (rows - cy) * cos) - h / 2
    outside = np.maximum(across, down)
    assert found[outside < -0.75].all()
    assert not found[outside > 0.75].any()
    assert np.all(abs(outside[found != np.asarray(picture)]) < 2)


@given(*[st.floats(-20, 60)] * 4)
def test_a_pixel_is_of_an_ellipse_where_its_centre_is_inside(x1: float, y1: float, x2: float, y2: float) -> None:
    found = draw(dp.Ellipse(x1, y1, x2, y2), 30, 40)
    for row in range(0, 30, 3):
        for column in range(0, 40, 3):
            across, down = 2 * (column + 0.5) - x1 - x2, 2 * (row + 0.5) - y1 - y2
            far = math.hypot(across / (x2 - x1), down / (y2 - y1)) if x1 != x2 and y1 != y2 else math.inf
            if abs(far - 1) > 1e-9:
                assert found[row, column] == (far < 1)


@given(*[HUGE] * 4)
def test_any_finite_ellipse_can_be_drawn(x1: float, y1: float, x2: float, y2: float) -> None:
    assert draw(dp.Ellipse(x1, y1, x2, y2), 5, 6).shape == (5, 6)


def test_masks_are_unpacked() -> None:
    bits = np.indices((6, 9)).sum(0) % 3 == 0
    np.testing.assert_array_equal(draw(dp.Mask(6, 9, rle.from_bitmap(bits)), 6, 9), bits)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", range(4))
def test_coordinates_that_are_not_finite_are_refused(bad: float, place: int) -> None:
    numbers = [1.0, 2.0, 5.0, 6.0]
    numbers[place] = bad
    for shape in (dp.Polygon(np.array([*numbers, 3, 9])), dp.Ellipse(*numbers), dp.Bbox(*numbers)):
        with pytest.raises(dp.InvalidItemError, match="finite"):
            draw(shape, 9, 9)
    with pytest.raises(dp.InvalidItemError, match="finite"):
        draw(dp.RotatedBbox(numbers[0], numbers[1], numbers[2], numbers[3], 30), 9, 9)


def test_what_cannot_be_drawn_is_refused_before_memory_is_taken() -> None:
    triangle = dp.Polygon(np.array([0, 0, 3, 0, 0, 3.0]))
    long = dp.Polygon(np.tile([[0.0, 0.0], [4000.0, 1.0]], (2000, 1)))
    huge = dp.Mask(1 << 15, 1 << 15, rle.encode_runs([1 << 30]))
    wrong = dp.Mask(2, 3, rle.encode_runs([6]))
    cases: list[tuple[dp.Annotation, int, int]] = [
        (triangle, 1 << 20, 1 << 20),
        (triangle, -1, 5),
        (long, 10, 10),
        (huge, 1 << 15, 1 << 15),
        (wrong, 3, 2),
        (dp.Mask(2, 3, b"\xff"), 2, 3),
        (dp.PolyLine(np.array([0, 0, 5, 5.0])), 9, 9),
        (dp.Label(label=1), 9, 9),
    ]
    for shape, height, width in cases:
        with pytest.raises(dp.InvalidItemError):
            draw(shape, height, width)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_corners_cover_nothing(count: int) -> None:
    assert not draw(dp.Polygon(np.arange(2 * count) * 3.0), 9, 9).any()


@pytest.mark.parametrize(("height", "width"), [(0, 0), (0, 5), (5, 0)])
def test_empty_pictures_stay_empty(height: int, width: int) -> None:
    for shape in (dp.Polygon(np.array([0, 0, 3, 0, 0, 3.0])), dp.Ellipse(0, 0, 4, 4), dp.Bbox(0, 0, 2, 2)):
        assert draw(shape, height, width).shape == (height, width)
