"""Shapes encoded together are those encoded one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec.coordinate_encoder import CoordinateEncoder
from datumpb.codec.coordinates import encode_coordinates
from tests.support import strategies

if TYPE_CHECKING:
    import numpy as np


@given(st.lists(st.sampled_from([1, 2, 3, 4]).flatmap(lambda stride: strategies.arrays(-1, stride)), max_size=6))
def test_together_as_one_by_one(arrays: list[np.ndarray]) -> None:
    encoder = CoordinateEncoder()
    together = [messages.Coordinates() for _ in arrays]
    for array, message in zip(arrays, together, strict=True):
        encoder.add(array, message, array.shape[1])
    encoder.encode()
    encoder.encode()  # nothing is left
    for array, message in zip(arrays, together, strict=True):
        alone = messages.Coordinates()
        encode_coordinates(array, alone, array.shape[1])
        assert message.SerializeToString() == alone.SerializeToString()
