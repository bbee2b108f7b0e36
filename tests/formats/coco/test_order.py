"""The order of entries: as few as can be deviate, whatever the pieces, and they get their places again."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb.formats.coco import order


def _outliers(keys: list[int], size: int) -> list[int]:
    chunks = [np.array(keys[start : start + size], np.int64) for start in range(0, len(keys), size)]
    found = np.concatenate([np.zeros(0, bool), *order.outliers(lambda: chunks)])
    assert len(found) == len(keys)
    return np.flatnonzero(found).tolist()


def _assert_rises_without(keys: list[int], moved: list[int]) -> list[int]:
    kept = [key for place, key in enumerate(keys) if place not in moved]
    assert all(before < after for before, after in pairwise(kept))
    return kept


KEYS = st.lists(st.integers(0, 40), max_size=14) | st.permutations(range(9)) | st.permutations([*range(6), 2, 2**62])


@given(KEYS, st.integers(1, 9))
def test_outliers_are_the_fewest(keys: list[int], size: int) -> None:
    kept = _assert_rises_without(keys, _outliers(keys, size))
    longest: list[int] = []
    for place, key in enumerate(keys):
        longest.append(1 + max((longest[before] for before in range(place) if keys[before] < key), default=0))
    assert len(kept) == max(longest, default=0)


@given(KEYS, st.integers(1, 9), st.integers(1, 5))
def test_outliers_of_long_stretches(keys: list[int], size: int, at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(order, "_AT_ONCE", at_once)
        kept = _assert_rises_without(keys, _outliers(keys, size))
    assert not keys or kept


@pytest.mark.parametrize(
    ("keys", "moved"),
    [
        ([*range(100)], []),
        ([99, *range(99)], [0]),
        ([*range(1, 100), 0], [99]),
        ([*range(50), 200, *range(50, 100)], [50]),
        ([*range(40, 43), *range(40), *range(43, 90)], [0, 1, 2]),
    ],
)
def test_a_few_outliers_within_a_long_stretch(
    keys: list[int], moved: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "_AT_ONCE", 8)
    assert _outliers(keys, 5) == moved


def arranged(base: list[int], positions: dict[int, int]) -> list[int]:
    """Do what `arrange` does, entry by entry."""
    slots: list[int | None] = [None] * len(base)
    late = []
    for entry, position in sorted(positions.items(), key=lambda pair: pair[1]):
        if position < len(slots) and slots[position] is None:
            slots[position] = entry
        else:
            late.append(entry)
    others = iter([*(entry for entry in base if entry not in positions), *late])
    return [next(others) if slot is None else slot for slot in slots]


@given(st.integers(0, 9).flatmap(lambda count: st.permutations(range(count))), st.data())
def test_entries_at_their_positions(base: list[int], data: st.DataObject) -> None:
    entries = st.sampled_from(base) if base else st.nothing()
    positions = data.draw(st.dictionaries(entries, st.integers(0, 12) | st.just(2**32 - 1)))
    moved = sorted(positions)
    numbers = (base, moved, [positions[one] for one in moved])
    found = order.arrange(*(np.array(some, np.uint32) for some in numbers))
    assert found.tolist() == arranged(base, {one: positions[one] for one in moved})


def test_runs_a_few_ids_aside() -> None:
    ids = np.array([5, 8, 9, 1, 99, 2, 3])
    for cut in range(len(ids) + 1):
        pieces = [piece for piece in (ids[:cut], ids[cut:]) if len(piece)]
        assert np.concatenate([*order.runs(pieces)]).tolist() == [0, 0, 0, 1, 1, 1, 1]
