from __future__ import annotations

import pytest
from google.protobuf.internal.encoder import _VarintBytes  # type: ignore[attr-defined]  # private, and right
from hypothesis import given
from hypothesis import strategies as st

from datumpb.container.varint import VarintError, decode_prefix, encode_varint

EDGES = [0, 1, 127, 128, 16383, 16384, 2**21 - 1, 2**21, 2**28 - 1, 2**28, 2**32, 2**35 - 1]


@given(st.integers(0, 2**64 - 1) | st.sampled_from(EDGES))
def test_varints_are_those_of_protobuf(number: int) -> None:
    assert encode_varint(number) == _VarintBytes(number)


@pytest.mark.parametrize("number", EDGES)
@pytest.mark.parametrize("rest", [b"", b"\x00", b"\xff" * 9])
def test_a_prefix_is_read_whatever_follows(number: int, rest: bytes) -> None:
    data = _VarintBytes(number)
    assert decode_prefix(data + rest) == (number, len(data))


@pytest.mark.parametrize("data", [b"\x80\x00", b"\x81\x00", b"\xff\xff\x80\x00", b"\x80\x80\x80\x80\x00"])
def test_a_padded_prefix_is_refused(data: bytes) -> None:
    with pytest.raises(VarintError, match="padded"):
        decode_prefix(data)


@pytest.mark.parametrize("data", [b"\x80" * 5, b"\xff" * 5 + b"\x00", _VarintBytes(2**35), _VarintBytes(2**64 - 1)])
def test_a_prefix_of_more_than_five_bytes_is_refused(data: bytes) -> None:
    with pytest.raises(VarintError, match="no end"):
        decode_prefix(data)


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xff\xff\xff\xff"])
def test_a_prefix_that_is_cut_off(data: bytes) -> None:
    with pytest.raises(VarintError, match="cut off"):
        decode_prefix(data)
