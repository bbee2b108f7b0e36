import tracemalloc
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb.codec.rice import MAX_BITS, MAX_COUNT, RiceCodes, RiceDecoder
from datumpb.errors import DamagedFileError
from tests.support.rice import encode_one

LARGEST = 2**54 - 1
deltas = st.lists(
    st.one_of(st.integers(-50, 50), st.integers(-5000, 5000), st.integers(-LARGEST, LARGEST)), min_size=1, max_size=60
)


GOOD = (2, b"N\x06", b"\x8f\x02")


def bits_of(data: bytes) -> list[int]:
    return [(byte >> place) & 1 for byte in data for place in range(8)]


def decode_by_the_book(bits: int, low: bytes, high: bytes) -> list[int]:
    """Read the codes bit by bit, as coordinates.proto describes them."""
    low_bits, quotient = bits_of(low), 0
    numbers: list[int] = []
    for bit in bits_of(high):
        if not bit:
            quotient += 1
            continue
        start = len(numbers) * bits
        remainder = sum(one << place for place, one in enumerate(low_bits[start : start + bits]))
        unsigned = quotient << bits | remainder
        numbers.append(unsigned // 2 if unsigned % 2 == 0 else -(unsigned + 1) // 2)
        quotient = 0
    return numbers


def codes_of(*parts: tuple[int, bytes, bytes]) -> RiceCodes:
    """Put codes into one buffer, with something before, between and behind them."""
    data, spans = b"\xff", []
    for bits, low, high in parts:
        spans.append((bits, len(data), len(low), len(data) + len(low) + 1, len(high)))
        data += low + b"\xff" + high + b"\xff\xff"
    return RiceCodes(np.frombuffer(data + b"\xff" * 8, np.uint8), *np.array(spans).T)


def decode_rice(codes: RiceCodes, leads: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    decoder = RiceDecoder(codes, leads)
    if not decoder.counts.any():
        return np.zeros(0, np.int64), decoder.counts
    return decoder.differences(slice(0, len(leads))), decoder.counts


def decode_one(bits: int, low: bytes, high: bytes) -> list[int]:
    numbers, counts = decode_rice(codes_of((bits, low, high)), np.array([0]))
    assert counts.tolist() == [numbers.size]
    decoded: list[int] = numbers.tolist()
    return decoded


def varint_size(delta: int) -> int:
    unsigned = 2 * delta if delta >= 0 else -2 * delta - 1
    return max(1, (unsigned.bit_length() + 6) // 7)


@given(deltas)
def test_codes_are_those_of_the_schema_and_smaller_than_varints(numbers: list[int]) -> None:
    encoded = encode_one(np.array(numbers, np.int64))
    if encoded is None:
        return
    assert decode_by_the_book(*encoded) == numbers
    assert decode_one(*encoded) == numbers
    # The two fields may each fill up a last byte.
    assert len(encoded[1]) + len(encoded[2]) <= sum(map(varint_size, numbers)) + 1


def test_known_bytes() -> None:
    # u = 2, 3, 0, 1, 14, 5; with rice_bits 2: q = 0, 0, 0, 0, 3, 1 and r = 2, 3, 0, 1, 2, 1
    assert encode_one(np.array([1, -2, 0, -1, 7, -3])) == (2, bytes([0b01001110, 0b0110]), bytes([0b10001111, 0b10]))
    assert decode_one(2, bytes([0b01001110, 0b0110]), bytes([0b10001111, 0b10])) == [1, -2, 0, -1, 7, -3]


def test_few_numbers_stay_varints() -> None:
    assert encode_one(np.array([100, 200, 300, 400, 500])) is None


def test_a_far_outlier_stays_varints() -> None:
    assert encode_one(np.array([0] * 50 + [2**53])) is None


def test_many_numbers() -> None:
    numbers = np.random.default_rng(3).integers(-4000, 4000, 200_001)
    encoded = encode_one(numbers)
    assert encoded is not None
    assert decode_one(*encoded) == numbers.tolist()


def test_large_numbers_do_not_overflow_the_sum() -> None:
    numbers = np.full(3000, LARGEST, np.int64)
    encoded = encode_one(numbers)
    assert encoded is not None
    assert decode_by_the_book(*encoded) == numbers.tolist()


@pytest.mark.parametrize(
    ("bits", "low", "high"),
    [
        (MAX_BITS + 1, bytes(7), b"\x01"),  # more bits than a number has
        (9, b"", b"\x01"),  # no remainder for the number
        (1, b"\x00\x00", b"\x01"),  # more remainders than numbers
        (3, b"", b"\x00\x00"),  # no number at all
        (0, b"", b"\xff" * (MAX_COUNT // 8 + 1)),  # too many numbers
        (54, bytes(7), b"\x04"),  # a quotient of 2 shifted by 54: out of range
        (2**31, b"\x00", b"\x01"),
    ],
)
def test_malformed_codes_are_refused(bits: int, low: bytes, high: bytes) -> None:
    with pytest.raises(DamagedFileError, match="Rice-coded"):
        decode_one(bits, low, high)
    with pytest.raises(DamagedFileError, match="Rice-coded"):
        decode_rice(codes_of(GOOD, (bits, low, high), GOOD), np.array([0, 2, 0]))


@given(st.integers(0, 60), st.binary(max_size=40), st.binary(max_size=12))
def test_arbitrary_bytes_decode_or_are_refused(bits: int, low: bytes, high: bytes) -> None:
    try:
        decoded = decode_one(bits, low, high)
    except DamagedFileError:
        return
    assert decoded == decode_by_the_book(bits, low, high)


@pytest.mark.parametrize("high", [b"\xff" * (64 << 20), bytes(64 << 20), bytes(64 << 20) + b"\x80"])
def test_a_claim_of_very_many_numbers_costs_no_more_than_the_most_that_are_allowed(high: bytes) -> None:
    codes = codes_of((0, b"", high))
    tracemalloc.start()
    try:
        with suppress(DamagedFileError):
            decode_rice(codes, np.array([0]))
        assert tracemalloc.get_traced_memory()[1] < 100 << 20
    finally:
        tracemalloc.stop()


def test_as_many_numbers_as_are_allowed() -> None:
    delta = np.arange(MAX_COUNT, dtype=np.int64) % 1000 - 500
    code = encode_one(delta)
    assert code is not None
    assert decode_one(*code) == delta.tolist()
    bits, low, high = code
    with pytest.raises(DamagedFileError, match="malformed"):
        decode_one(bits, low, high + b"\x01")


@given(st.lists(st.tuples(deltas, st.integers(0, 20)), min_size=1, max_size=6), st.data())
def test_several_messages_are_decoded_as_one_by_one(parts: list[tuple[list[int], int]], data: st.DataObject) -> None:
    coded, expected = [], []
    for numbers, lead in parts:
        code = encode_one(np.array(numbers, np.int64)) if data.draw(st.booleans()) else None
        if code is None:  # what a message without codes says of bits means nothing
            coded.append(((data.draw(st.integers(0, 2**32 - 1)), data.draw(st.binary(max_size=3)), b""), lead, 0))
        else:
            coded.append((code, lead, len(numbers)))
            expected += numbers
    leads = np.array([lead for _, lead, _ in coded])
    decoded, counts = decode_rice(codes_of(*(code for code, _, _ in coded)), leads)
    assert counts.tolist() == [lead + count for _, lead, count in coded]
    room = np.concatenate([np.arange(lead + count) < lead for _, lead, count in coded])
    assert decoded[~room].tolist() == expected


@pytest.mark.parametrize("limit", ["_PIECE", "_MAX_COPIED"])
def test_long_codes_are_read_as_short_ones(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(f"datumpb.codec.rice.{limit}", 3)
    test_several_messages_are_decoded_as_one_by_one()
