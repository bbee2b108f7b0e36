"""Shapes encoded together are those encoded one by one, in the plainest way."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datumpb.codec.coordinate_encoder import CoordinateEncoder
from tests.support import strategies
from tests.support.plain_encoder import plain_coordinates


@given(st.lists(st.sampled_from([1, 2, 3, 4]).flatmap(lambda stride: strategies.arrays(-1, stride)), max_size=6))
def test_together_as_one_by_one(arrays: list[np.ndarray]) -> None:
    encoder = CoordinateEncoder()
    for array in arrays:
        encoder.add(array, array.shape[1])
    together = encoder.encode()
    assert encoder.encode() == []
    assert together == [plain_coordinates(array, array.shape[1]) for array in arrays]


@given(
    st.integers(2, 4), st.lists(st.integers(-(2**53), 2**53) | st.integers(-3, 3), min_size=8, max_size=40), st.data()
)
def test_differences_of_any_size(stride: int, numbers: list[int], data: st.DataObject) -> None:
    array = np.array(numbers[: len(numbers) // stride * stride]) / 10 ** data.draw(st.integers(0, 4))
    encoder = CoordinateEncoder()
    encoder.add(array, stride)
    assert encoder.encode() == [plain_coordinates(array, stride)]
