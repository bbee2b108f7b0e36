"""A set of ids, compared with Python's."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from datumpb.container.id_set import IdSet

NAMES = st.text(max_size=3)


@given(st.lists(NAMES, max_size=80))
def test_it_says_what_a_set_of_texts_says(names: list[str]) -> None:
    ids, seen = IdSet(), set[str]()
    for name in names:
        assert ids.add(name) is (name not in seen)
        seen.add(name)
        assert len(ids) == len(seen)


def test_very_many_ids_are_kept_apart_in_little_memory() -> None:
    count = 60_000
    tracemalloc.start()
    try:
        ids = IdSet()
        assert all(ids.add(f"a folder/{number:012}") for number in range(count))
        taken, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(ids) == count
    assert taken < 17 * count
    assert peak < 17 * count
    assert not any(ids.add(f"a folder/{number:012}") for number in range(0, count, 7))
    assert len(ids) == count


def test_hashes_are_keyed() -> None:
    one, other = IdSet(), IdSet()
    one.add("a")
    other.add("a")
    assert one._tables != other._tables  # or names could be made that agree
