"""Shapes encoded together are those encoded one by one; what they are is tested where they are read."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datumpb.codec.rice_encoder import encode_rice

LARGEST = 2**54 - 1
NUMBERS = st.integers(-50, 50) | st.integers(-5000, 5000) | st.integers(-LARGEST, LARGEST)


@given(st.lists(st.lists(NUMBERS, max_size=60), max_size=6))
def test_together_as_one_by_one(shapes: list[list[int]]) -> None:
    arrays = [np.array(shape, np.int64) for shape in shapes]
    unsigned = [array << 1 ^ array >> 63 for array in arrays]
    together = encode_rice(
        np.concatenate([np.zeros(0, np.int64), *unsigned]), np.array(list(map(len, shapes)), np.int64)
    )
    assert together == [code for array in unsigned for code in encode_rice(array, np.array([len(array)]))]
