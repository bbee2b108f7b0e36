"""Coordinates: bit for bit, in the smallest encoding that is exact, and never trusted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec.coordinates import decode_coordinates, decode_numbers, encode_coordinates
from datumpb.codec.scales import MAX_DECIMALS, MAX_SUM
from datumpb.errors import DamagedFileError, DatumpbError, InvalidItemError
from tests.support import strategies


def encoded(values: object, stride: int = 1) -> messages.Coordinates:
    message = messages.Coordinates()
    encode_coordinates(values, message, stride)
    return message


def form(message: messages.Coordinates) -> str:
    return next((name for name in ("delta", "f32", "f64") if getattr(message, name)), "none")


def bits(values: object) -> list[bytes]:
    """Return the bytes of each number, those of NaN without its payload."""
    return [b"NaN" if number != number else number.tobytes() for number in np.asarray(values).ravel()]  # noqa: PLR0124 -- NaN


@given(st.sampled_from([2, 3, 4]).flatmap(lambda stride: strategies.arrays(-1, stride)))
def test_numbers_come_back_bit_for_bit(array: np.ndarray) -> None:
    stride = array.shape[1]
    message = messages.Coordinates.FromString(encoded(array, stride).SerializeToString())
    decoded = decode_coordinates(message, stride)
    assert decoded.dtype == np.float64
    assert decoded.shape == array.shape
    assert bits(decoded) == bits(array)


@given(st.integers(0, MAX_DECIMALS), st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=8))
def test_the_fewest_decimals_are_taken(decimals: int, scaled: list[int]) -> None:
    while decimals and not any(number % 10 for number in scaled):
        decimals -= 1
        scaled = [number // 10 for number in scaled]
    numbers = [number / 10**decimals for number in scaled]
    message = encoded(numbers)
    assert form(message) == "delta"
    assert message.decimals == decimals
    assert decode_coordinates(message, 1).ravel().tolist() == numbers


@given(strategies.arrays(-1))
def test_the_first_exact_encoding_is_taken(array: np.ndarray) -> None:
    message = encoded(array)
    few = range(message.decimals) if message.delta else range(MAX_DECIMALS + 1)
    for decimals in few:
        assert not array.size or not is_exact_scaled(array, decimals)
    if message.f64:
        with np.errstate(over="ignore"):
            assert array.astype(np.float32).astype(np.float64).tobytes() != array.tobytes()


def is_exact_scaled(array: np.ndarray, decimals: int) -> bool:
    """Tell the plain way whether integers over a power of ten are exact."""
    if not np.isfinite(array).all():
        return False
    products = [number * 10.0**decimals for number in array.tolist()]
    if max(map(abs, products)) > 2**53:
        return False
    scaled = [round(product) for product in products]
    return bits([number / 10.0**decimals for number in scaled]) == bits(array)


@pytest.mark.parametrize(
    ("values", "stride", "decimals", "delta"),
    [
        ([1.25, 2.5, 1.5, 2.25], 2, 2, [125, 250, 25, -25]),
        ([1.25, 2.5, 1.5, 2.25], 1, 2, [125, 125, -100, 75]),
        ([1.25, 2.5, 1.5, 2.25], 4, 2, [125, 250, 150, 225]),
        ([10, 20, 30], 3, 0, [10, 20, 30]),
        ([0], 1, 0, [0]),
        ([1, 1, 0.1], 1, 1, [10, 0, -9]),
        ([1e-12], 1, 12, [1]),
        ([9007.199254740992], 1, 12, [2**53]),
        ([2.0**53, -(2.0**53), 2.0**53], 1, 0, [2**53, -(2**54), 2**54]),
        ([-0.5, -0.25], 1, 2, [-50, 25]),
    ],
)
def test_the_wire_of_scaled_numbers(values: list[float], stride: int, decimals: int, delta: list[int]) -> None:
    message = encoded(values, stride)
    assert (message.decimals, list(message.delta), form(message)) == (decimals, delta, "delta")


SINGLE = float(np.float32(1 / 3))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], "none"),
        ([0.0], "delta"),
        ([-0.0], "f32"),
        ([1.5, -0.0], "f32"),
        ([0.1, -0.0], "f64"),
        ([float("nan")], "f32"),
        ([float("inf"), 1], "f32"),
        ([-float("inf"), 0.1], "f64"),
        ([SINGLE], "f32"),
        ([SINGLE, 0.1], "f64"),
        ([1 / 3], "f64"),
        ([1e-13], "f64"),
        ([2.0**53 + 2], "f64"),
        ([2.0**54], "f32"),
        ([2.0**53, 0.5], "f32"),
        ([1e300], "f64"),
        ([5e-324], "f64"),
        ([2.0**-149], "f32"),
        ([3.4e38], "f64"),
        ([np.finfo(np.float64).max], "f64"),
    ],
)
def test_the_encoding_that_is_due(values: list[float], expected: str) -> None:
    message = encoded(values)
    assert form(message) == expected
    assert bits(decode_coordinates(message, 1)) == bits(np.array(values, np.float64))


def test_other_arrays_are_taken_as_numbers() -> None:
    assert list(encoded(np.array([[3, 5], [1, 2]], np.int16).T, 2).delta) == [3, 1, 2, 1]
    assert list(encoded(np.arange(10.0)[::3]).delta) == [0, 3, 3, 3]
    assert list(encoded(np.array([1, 2], ">f8")).delta) == [1, 1]


@pytest.mark.parametrize("values", ["abc", ["1"], [None], [1, None], [[1], [2, 3]], [10**400], [1j], [True], object()])
def test_what_is_no_numbers_is_refused(values: object) -> None:
    with pytest.raises(InvalidItemError, match="have to be numbers"):
        encoded(values)


def test_a_wrong_count_is_refused() -> None:
    with pytest.raises(InvalidItemError, match="3 coordinates given, but a multiple of 2 expected"):
        encoded([1, 2, 3], 2)
    with pytest.raises(InvalidItemError, match="2 coordinates given, but 4 expected"):
        encode_coordinates([1, 2], messages.Coordinates(), 2, 4)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"decimals": 13, "delta": [1, 2]}, "13 decimals"),
        ({"decimals": 2**32 - 1, "delta": [1, 2]}, "4294967295 decimals"),
        ({"delta": [1, 2, 3]}, "3 coordinates found, but a multiple of 2"),
        ({"f32": [1]}, "1 coordinates found"),
        ({"f64": [1]}, "1 coordinates found"),
        ({"f32": [1, 2], "f64": [1, 2]}, "two ways"),
        ({"delta": [1, 2], "f64": [1, 2]}, "two ways"),
        ({"delta": [1, 2], "f32": [1, 2]}, "two ways"),
        ({"delta": [1], "f32": [1]}, "two ways"),
        ({"delta": [MAX_SUM + 1, 0]}, "2\\^53"),
        ({"delta": [0, -MAX_SUM - 1]}, "2\\^53"),
        ({"delta": [MAX_SUM, 0, 1, 0]}, "2\\^53"),
        ({"delta": [2**63 - 1, 0]}, "2\\^53"),
        ({"delta": [-(2**63), 0]}, "2\\^53"),
        ({"delta": [0, -1, 0, -(2**63)]}, "2\\^53"),
        ({"delta": [MAX_SUM, 0, 2**63 - 1, 0]}, "2\\^53"),
        ({"delta": [2**63 - 1, 0, 2**63 - 1, 0, 2, 0]}, "2\\^53"),
        ({"delta": [-(2**63), 0, -(2**63), 0]}, "2\\^53"),
    ],
)
def test_a_malformed_message_is_damaged(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(DamagedFileError, match=problem):
        decode_coordinates(messages.Coordinates(**fields), 2)


def test_a_wrong_count_is_damaged() -> None:
    with pytest.raises(DamagedFileError, match="0 coordinates found, but 4 expected"):
        decode_numbers(messages.Coordinates(), 4, 4)


INT64_EDGES = st.sampled_from([2**63 - 1, -(2**63), 2**54, -(2**54), 2**53, -(2**53), 2**53 + 1, 1, -1])


@given(st.integers(0, 13), st.lists(st.integers(-(2**63), 2**63 - 1) | INT64_EDGES, max_size=6))
def test_sums_are_those_of_integers_without_bounds(decimals: int, delta: list[int]) -> None:
    sums = [sum(delta[: end + 1]) for end in range(len(delta))]
    allowed = not delta or (decimals <= MAX_DECIMALS and all(abs(total) <= MAX_SUM for total in sums))
    try:
        decoded = decode_coordinates(messages.Coordinates(decimals=decimals, delta=delta), 1)
    except DatumpbError:
        assert not allowed
    else:
        assert allowed
        assert decoded.ravel().tolist() == [total / 10**decimals for total in sums]


@given(st.binary(max_size=40).filter(lambda data: len(data) % 4 == 0), st.sampled_from(["f32", "f64"]))
def test_any_bits_of_a_float_can_be_read(data: bytes, field: str) -> None:
    number = 3 if field == "f32" else 4
    data = data[: len(data) // 8 * 8]
    message = messages.Coordinates.FromString(bytes([number << 3 | 2, len(data)]) + data)
    decoded = decode_coordinates(message, 1)
    with np.errstate(invalid="ignore"):
        assert bits(decoded) == bits(np.frombuffer(data, "<f4" if field == "f32" else "<f8").astype(np.float64))


def test_decoded_numbers_are_the_callers_own() -> None:
    for message in (
        messages.Coordinates(delta=[1, 2]),
        messages.Coordinates(f32=[1, 2]),
        messages.Coordinates(f64=[1]),
    ):
        before = message.SerializeToString()
        decode_coordinates(message, 1)[0] = 99
        assert message.SerializeToString() == before
