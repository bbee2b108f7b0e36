"""The set of numbers is a set, of few bytes for each."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb.formats.coco import number_set
from datumpb.formats.coco.number_set import NumberSet

NUMBERS = st.integers(-5, 5) | st.sampled_from([2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**80])


@given(st.lists(NUMBERS), st.lists(NUMBERS), st.lists(NUMBERS), st.integers(1, 4))
def test_as_a_set(first: list[int], second: list[int], asked: list[int], recent: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(number_set, "_RECENT", recent)
        numbers, expected = NumberSet(first), set(first)
        assert [number in numbers for number in asked] == [number in expected for number in asked]
        numbers.update(NumberSet(second))
        expected |= set(second)
        assert [number in numbers for number in asked] == [number in expected for number in asked]
        assert numbers.is_disjoint(set(asked)) == expected.isdisjoint(asked)
        numbers.add_all(set(asked))
        assert all(number in numbers for number in asked)
        assert [number in numbers for number in range(-9, 9)] == [
            number in expected | set(asked) for number in range(-9, 9)
        ]


def test_few_bytes_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(number_set, "_RECENT", 1000)
    tracemalloc.start()
    numbers = NumberSet(range(0, 300_000, 3))
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert 299_997 in numbers
    assert 299_998 not in numbers
    assert size < 11 * 100_000
