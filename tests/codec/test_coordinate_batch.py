"""Batches of coordinates: as one message after the other, whatever stands beside them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec.coordinate_batch import NO_DECIMALS, CoordinateBatch
from datumpb.codec.coordinates import encode_coordinates
from datumpb.errors import DamagedFileError
from tests.support import strategies


def batch_of(*parts: messages.Coordinates, stride: int = 2) -> CoordinateBatch:
    batch = CoordinateBatch(stride)
    for part in parts:
        batch.add(part)
    return batch


def same_bits(left: np.ndarray, right: np.ndarray) -> bool:
    nan = np.isnan(left)
    return bool(np.array_equal(nan, np.isnan(right)) and left[~nan].tobytes() == right[~nan].tobytes())


LONG = st.lists(st.integers(-9999, 9999), min_size=20, max_size=60).map(
    lambda numbers: np.array(numbers[: len(numbers) // 6 * 6]) / 100
)


@pytest.mark.parametrize(("piece", "count"), [(1, 1 << 15), (1 << 15, 1), (1 << 15, 100), (1 << 15, 1 << 15)])
@given(st.sampled_from([2, 3]), st.data())
def test_numbers_come_back_bit_for_bit_and_in_their_places(
    piece: int, count: int, stride: int, data: st.DataObject
) -> None:
    arrays = data.draw(st.lists(strategies.arrays(-1, stride) | LONG, max_size=8))
    arrays = [array.reshape(-1, stride) for array in arrays]
    batch = CoordinateBatch(stride)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("datumpb.codec.coordinate_batch._PIECE_SIZE", piece)
        patch.setattr("datumpb.codec.coordinate_batch._PIECE_COUNT", count)
        for array in arrays:
            message = messages.Coordinates()
            encode_coordinates(array, message, stride)
            batch.add(message)
        points, ends = batch.decode()
    assert points.shape == (sum(map(len, arrays)), stride)
    assert ends == np.cumsum([len(array) for array in arrays]).tolist()
    for array, start, end in zip(arrays, [0, *ends], ends, strict=False):
        assert same_bits(points[start:end], array)


def test_a_first_point_may_be_rice_coded_and_any_number_may_not() -> None:
    only = messages.Coordinates(rice_bits=2)  # 1, -2, 0, -1, 7, -3
    only.rice_low, only.rice_high = bytes([0b01001110, 0b0110]), bytes([0b10001111, 0b10])
    both = messages.Coordinates(delta=[10, 20, 30, 40], decimals=1)
    both.MergeFrom(only)
    none = messages.Coordinates(delta=[5, 6])
    points, ends = batch_of(only, both, none, only).decode()
    assert ends == [3, 8, 9, 12]
    first = [[1, -2], [1, -3], [8, -6]]
    second = [[1.0, 2.0], [4.0, 6.0], [4.1, 5.8], [4.1, 5.7], [4.8, 5.4]]
    assert points.tolist() == [*first, *second, [5, 6], *first]


@pytest.mark.parametrize("leading", range(1, 9))
def test_the_largest_differences_come_back_behind_any_number_of_varints(leading: int) -> None:
    # Of the largest numbers the most bits are in rice_low, and no more than two in rice_high.
    delta = [-(2**53)] * 2 + [0] * (2 * leading - 2)
    codes = messages.Coordinates(delta=delta, rice_bits=53, rice_low=bytes(14), rice_high=b"\x88")
    points, _ = batch_of(codes).decode()
    assert points[-1].tolist() == [2**52, 2**52]


def test_the_largest_step_there_is_comes_back() -> None:
    # A difference of 2^54 is beyond Rice codes, which are smaller than varints for all others around it.
    array = np.array([[0, 6e12], [1e15, 0], [1e7, -6e15], [-64, -40], [0, -(2.0**53)], [6e15, 2.0**53], [0, 0]])
    for points in (array, 0 - array):
        message = messages.Coordinates()
        encode_coordinates(points, message, 2)
        assert bool(message.rice_high) is (points is not array)
        assert same_bits(batch_of(message).decode()[0], points)


def test_decimals_are_those_of_each_message() -> None:
    parts = [messages.Coordinates(delta=[1, 2], decimals=3), messages.Coordinates(f32=[1, 2]), messages.Coordinates()]
    assert batch_of(*parts).decimals == [3, NO_DECIMALS, NO_DECIMALS]


GOOD = messages.Coordinates(delta=[2**53, -(2**53)])


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (messages.Coordinates(delta=[1, 2, 3]), "3 coordinates found, but a multiple of 2"),
        (messages.Coordinates(delta=[1, 2], decimals=13), "13 decimals"),
        (messages.Coordinates(delta=[0, 2**53 + 1]), "2\\^53"),
        (messages.Coordinates(delta=[0, 2**63 - 1, 0, 2**63 - 1, 0, 2]), "2\\^53"),
        (messages.Coordinates(delta=[1, 2], f32=[1, 2]), "two ways"),
        (messages.Coordinates(f32=[1]), "1 coordinates found"),
        (messages.Coordinates(rice_high=b"\x01", rice_bits=60), "Rice-coded"),
    ],
)
def test_one_bad_message_is_damage(bad: messages.Coordinates, problem: str) -> None:
    assert batch_of(GOOD, GOOD).decode()[0].tolist() == [[2.0**53, -(2.0**53)]] * 2
    for parts in ([bad], [bad, GOOD, GOOD], [GOOD, bad, GOOD], [GOOD, GOOD, bad]):
        with pytest.raises(DamagedFileError, match=problem):
            batch_of(*parts).decode()


def test_no_messages_have_no_points() -> None:
    points, ends = batch_of(stride=3).decode()
    assert points.shape == (0, 3)
    assert ends == []
