"""Shapes encoded together are those encoded one by one; what they are is tested where they are read."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datumpb.codec.rice_encoder import encode_rice
from tests.support.rice import encode_one

LARGEST = 2**54 - 1
NUMBERS = st.integers(-50, 50) | st.integers(-5000, 5000) | st.integers(-LARGEST, LARGEST)


@given(st.lists(st.lists(NUMBERS, max_size=60), max_size=6))
def test_together_as_one_by_one(shapes: list[list[int]]) -> None:
    together = np.array([number for shape in shapes for number in shape], np.int64)
    codes = encode_rice(together << 1 ^ together >> 63, np.array([len(shape) for shape in shapes], np.int64))
    assert codes == [encode_one(np.array(shape, np.int64)) for shape in shapes]
