"""The block cache: within its bound, and the block that was used last stays longest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from datumpb.container.block_cache import BlockCache, CachedBlock
from datumpb.container.decoded_block import decode_block
from datumpb.container.remote_media import media_folder
from datumpb.model.annotations import Polygon
from datumpb.model.item import Item
from tests.support.item_messages import encode_item


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datumpb.container.block_cache.MAX_SIZE", 1 << 20)


def block(size: int) -> CachedBlock:
    return CachedBlock([bytes(size)])


def numbers(cache: BlockCache) -> list[int]:
    return [number for number in range(100) if cache.get(number) is not None]


def test_blocks_are_found_again() -> None:
    cache, one = BlockCache(), block(10)
    assert cache.get(3) is None
    cache.add(3, one)
    assert cache.get(3) is one


def test_the_block_that_was_not_used_for_longest_makes_room() -> None:
    cache = BlockCache()
    for number in range(3):
        cache.add(number, block(300_000))
    assert cache.get(0) is not None
    cache.add(3, block(300_000))
    assert numbers(cache) == [0, 2, 3]


def test_small_blocks_count_for_more_than_their_bytes() -> None:
    cache = BlockCache()
    for number in range(100):
        cache.add(number, block(1))
    assert len(numbers(cache)) == (1 << 20) // block(1).size


def test_fewer_blocks_may_take_fewer_bytes() -> None:
    cache = BlockCache(4)
    for number in range(10):
        cache.add(number, block(1))
    assert numbers(cache) == [9]  # 64 KiB


def test_a_block_beyond_the_bound_is_the_only_one() -> None:
    cache = BlockCache()
    for number in range(3):
        cache.add(number, block(300_000))
    cache.add(7, block(2_000_000))
    assert numbers(cache) == [7]


def test_what_is_decoded_counts_too() -> None:
    cache = BlockCache()
    first, second = block(300_000), block(300_000)
    cache.add(0, first)
    cache.add(1, second)
    item = Item("a", annotations=[Polygon(np.zeros((40_000, 2)))])
    decoded = decode_block([[encode_item(item).SerializeToString()]], "train", media_folder(Path(), None))
    assert decoded is not None
    second.keep(decoded)
    cache.trim()
    assert numbers(cache) == [1]


def test_all_are_decoded_once_an_eighth_was_asked_for() -> None:
    assert [CachedBlock([b"x"]).ask() for _ in range(3)] == [True] * 3
    many = CachedBlock([b"x"] * 80)
    assert [many.ask() for _ in range(100)] == [False] * 10 + [True] + [False] * 89
