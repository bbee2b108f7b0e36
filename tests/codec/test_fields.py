"""Single fields: bounds are hit exactly, types are strict, messages stay short."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datumpb.codec import fields
from datumpb.errors import InvalidItemError

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("check", "low", "high"),
    [
        (fields.int64, -(2**63), 2**63 - 1),
        (fields.int32, -(2**31), 2**31 - 1),
        (fields.uint32, 0, 2**32 - 1),
        (fields.uint64, 0, 2**64 - 1),
        (fields.uint8, 0, 255),
    ],
)
def test_integers_are_held_up_to_their_bounds(check: Callable[[object, str], int], low: int, high: int) -> None:
    assert check(low, "n") == low
    assert check(high, "n") == high
    for beyond in (low - 1, high + 1, 10**5000):
        with pytest.raises(InvalidItemError, match=f"is not from {low} to {high}$|n of 16610 bits"):
            check(beyond, "n")


def test_uint64_may_start_higher() -> None:
    assert fields.uint64(1, "step", 1) == 1
    with pytest.raises(InvalidItemError, match="step 0 is not from 1"):
        fields.uint64(0, "step", 1)


@pytest.mark.parametrize("value", [True, 1.0, "1", None, b"1", np.True_, np.float64(1), np.timedelta64(1), [1]])
def test_what_is_no_integer_is_refused(value: object) -> None:
    with pytest.raises(InvalidItemError, match=r"^n .* is not an integer$"):
        fields.int64(value, "n")


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int64, np.uint64])
def test_numpy_integers_become_python_integers(kind: Callable[[int], object]) -> None:
    assert type(fields.int64(kind(5), "n")) is int


@pytest.mark.parametrize("value", ["", "abc", "é😀", np.str_("abc")])
def test_text_is_text(value: str) -> None:
    assert fields.text(value, "name") == value
    assert type(fields.text(value, "name")) is str


@pytest.mark.parametrize("value", [b"abc", None, 5, "\ud800", "a\udfffb"])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(InvalidItemError, match=r"^name .*(is not text|has a lone surrogate)"):
        fields.text(value, "name")


@pytest.mark.parametrize("value", ["abc", bytearray(b"abc"), memoryview(b"abc"), None])
def test_what_is_no_bytes_is_refused(value: object) -> None:
    assert fields.octets(b"abc", "data") == b"abc"
    with pytest.raises(InvalidItemError, match=r"^data .* is not bytes$"):
        fields.octets(value, "data")


@pytest.mark.parametrize("value", [0, 1, None, "yes"])
def test_what_is_no_boolean_is_refused(value: object) -> None:
    assert fields.boolean(np.True_, "flag") is True
    with pytest.raises(InvalidItemError, match=r"^flag .* is not true or false$"):
        fields.boolean(value, "flag")


@pytest.mark.parametrize("value", ["1", None, True, 10**400, 1j])
def test_what_is_no_number_is_refused(value: object) -> None:
    assert fields.number(1, "y") == 1.0
    with pytest.raises(InvalidItemError, match=r"^y .* is not a number"):
        fields.number(value, "y")


@pytest.mark.parametrize("value", ["x" * 1000, b"x" * 1000, 10**4000, list(range(1000)), "a\nb", object()], ids=type)
def test_shown_values_are_short_and_on_one_line(value: object) -> None:
    shown = fields.shown(value)
    assert len(shown) < 80
    assert "\n" not in shown
