"""Annotations: arrays take their shape and type, and what does not fit is refused at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from datumpb.errors import InvalidItemError
from datumpb.model import annotations as model


@pytest.mark.parametrize("kind", [model.Polygon, model.PolyLine, model.Points])
def test_points_take_their_shape(kind: Any) -> None:  # noqa: ANN401 -- classes of one shape
    shape = kind([1, 2, 3, 4])
    assert shape.points.dtype == np.float64
    assert shape.points.shape == (2, 2)
    with pytest.raises(InvalidItemError, match="odd coordinate count"):
        kind([1, 2, 3])


def test_points_are_visible_unless_told() -> None:
    visibility = model.Points(np.zeros(6)).visibility
    assert visibility.dtype == np.uint8
    assert visibility.tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    "given", [[0, 1, 2], (0.0, 1.0, 2.0), np.array([0, 1, 2], np.int64), np.array([0, 1, 2], "u1")]
)
def test_visibility_becomes_uint8(given: Any) -> None:  # noqa: ANN401 -- what callers give
    points = model.Points(np.zeros(6), given)
    assert points.visibility.dtype == np.uint8
    assert points.visibility.tolist() == [0, 1, 2]


def test_no_points_have_no_visibility() -> None:
    for points in (model.Points(np.zeros(0), np.array([])), model.Points(np.zeros(0))):
        assert points.visibility.dtype == np.uint8
        assert points.visibility.shape == (0,)


@pytest.mark.parametrize(
    "given", [[1], [1, 2, 3], [[1, 2]], [-1, 1], [256, 1], [1.5, 1], [float("nan"), 1], ["1", "2"], 2]
)
def test_visibility_that_does_not_fit_is_refused(given: Any) -> None:  # noqa: ANN401 -- wrong on purpose
    with pytest.raises(InvalidItemError, match="visibility has to be"):
        model.Points(np.zeros(4), np.array(given))


@pytest.mark.parametrize(("kind", "count"), [(model.Bbox, 4), (model.Ellipse, 4), (model.RotatedBbox, 5)])
def test_numbers_become_floats(kind: Any, count: int) -> None:  # noqa: ANN401 -- classes of one shape
    shape = kind(*np.arange(count, dtype=np.float32))
    names = list(kind.__annotations__)
    assert [type(getattr(shape, name)) for name in names] == [float] * count


def test_cuboids_take_their_shapes() -> None:
    cuboid = model.Cuboid3d(np.arange(3), np.zeros((3, 1)), np.ones(3))
    assert [array.shape for array in (cuboid.position, cuboid.rotation, cuboid.scale)] == [(3,)] * 3
    corners = model.Cuboid2d(np.arange(16), 2)
    assert corners.points.shape == (8, 2)
    assert type(corners.y_3d) is float
    assert model.Cuboid2d(np.arange(16)).y_3d is None


@pytest.mark.parametrize("size", [0, 2, 4])
def test_a_cuboid_of_other_size_is_refused(size: int) -> None:
    with pytest.raises(InvalidItemError, match=f"3 numbers expected, {size} given"):
        model.Cuboid3d(np.zeros(3), np.zeros(size), np.zeros(3))
    with pytest.raises(InvalidItemError, match="16 numbers expected, 14 given"):
        model.Cuboid2d(np.zeros(14))


@pytest.mark.parametrize(
    ("given", "dtype"),
    [
        (np.zeros(2, np.float32), np.float32),
        (np.zeros(2, np.float64), np.float64),
        (np.zeros(2, np.float16), np.float64),
        (np.zeros(2, np.int32), np.float64),
        (np.zeros(0), np.float32),
        (np.zeros((1, 2), np.float32), np.float32),
    ],
)
def test_vectors_are_single_or_double(given: np.ndarray, dtype: type) -> None:
    vector = model.FeatureVector(given).vector
    assert vector.dtype == dtype
    assert vector.shape == (given.size,)


def test_common_fields_are_keywords() -> None:
    caption = model.Caption("a cat", id=1, group=2, label=3, object_id=4, z_order=5, attributes={"a": 1})
    assert (caption.caption, caption.id, caption.group, caption.label) == ("a cat", 1, 2, 3)
    assert (caption.object_id, caption.z_order, caption.attributes) == (4, 5, {"a": 1})
    assert model.Label().attributes is not model.Label().attributes
    with pytest.raises(TypeError):
        model.Label(1)  # type: ignore[call-arg]  # wrong on purpose
