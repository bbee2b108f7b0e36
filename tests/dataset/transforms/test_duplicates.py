from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datumpb.dataset.transforms import duplicates
from datumpb.dataset.transforms.duplicates import OnDuplicate, hash_id, settle_duplicates
from datumpb.errors import DuplicateItemError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _part(name: str, *ids: str) -> tuple[str, Callable[[], Iterator[str]]]:
    return name, lambda: iter(ids)


def test_the_hash_is_the_same_on_every_machine() -> None:
    # Of BLAKE2b with 8 bytes, as `printf %s ... | b2sum -l 64` prints them, the lowest byte first.
    assert hash_id("").to_bytes(8, "little").hex() == "e4a6a0577479b2b4"
    assert hash_id("ü", "1 ").to_bytes(8, "little").hex() == "c92b2b74778fa658"
    assert hash_id("\ud800") != hash_id("?")


def test_ids_of_one_hash_are_not_taken_for_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "hash_id", len)
    parts = [_part("A", "a", "b", "ccc"), _part("B", "b", "d", "eee")]
    settled = settle_duplicates(parts, "train", OnDuplicate.FIRST)
    assert settled.fates == [{}, {"b": None}]
    # "b-2" and "b-3" are as long as "ccc", which is enough not to choose them.
    monkeypatch.setattr(duplicates, "hash_id", lambda item_id: 9 if item_id == "b-4" else len(item_id))
    assert settle_duplicates(parts, "train", OnDuplicate.RENAME).fates == [{}, {"b": "b-4"}]
    with pytest.raises(DuplicateItemError, match="item 'b' is both in 'A' and in 'B'"):
        settle_duplicates(parts, "train", OnDuplicate.ERROR)


def test_where_an_id_comes_from() -> None:
    settled = settle_duplicates([_part("A", "a"), _part("B", "a", "b")], "train", OnDuplicate.RENAME)
    assert settled.candidates("a") == [(0, "a")]
    assert settled.candidates("a-2") == [(1, "a")]
    assert settled.candidates("b") == [(0, "b"), (1, "b")]
