"""Bytes written by hand are those that protobuf writes."""

from __future__ import annotations

import numpy as np
from google.protobuf.internal.encoder import _VarintBytes  # type: ignore[attr-defined]  # private, and right
from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec import wire
from tests.support.strategies import FLOATS, INT64, UINT64


@given(UINT64 | st.integers(0, 40000) | st.sampled_from([2**bits - less for bits in range(1, 64) for less in (0, 1)]))
def test_varints(number: int) -> None:
    assert wire.varint(number) == _VarintBytes(number)


@given(st.lists(UINT64 | st.integers(0, 300)))
def test_many_varints(numbers: list[int]) -> None:
    data, ends = wire.varints(np.array(numbers, np.uint64))
    expected = list(map(_VarintBytes, numbers))
    assert data == b"".join(expected)
    assert ends.tolist() == np.cumsum([len(piece) for piece in expected]).tolist()


@given(INT64.filter(bool), FLOATS, st.binary(min_size=1, max_size=300))
def test_fields(number: int, double: float, data: bytes) -> None:
    assert messages.Annotation(id=number).SerializeToString() == b"\x08" + wire.int64(number)
    assert messages.Annotation(z_order=number).SerializeToString() == b"\x28" + wire.sint64(number)
    assert messages.Value(double_value=double).SerializeToString() == b"\x29" + wire.double(double)
    assert messages.MediaRef(data=data).SerializeToString() == wire.sized(b"\x12", data)
