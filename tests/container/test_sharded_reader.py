"""ShardedReader: several files as one sequence of items, and every way in which they do not belong together."""

from __future__ import annotations

import multiprocessing
import pickle
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.container import sharded_reader
from datumpb.dataset.directory import is_encrypted
from tests.support.samples import KEY, OTHER_KEY, one_line, some_items, write
from tests.support.shards import shard, sharded, shards
from tests.support.workers import check

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COUNT = 20


@pytest.fixture(params=[None, KEY], ids=["plain", "encrypted"])
def key(request: pytest.FixtureRequest) -> str | None:
    chosen: str | None = request.param
    return chosen


@pytest.fixture
def folder(tmp_path: Path, key: str | None) -> Path:
    return sharded(tmp_path / "set", COUNT, key)


def test_all_ways_to_get_at_items(folder: Path, key: str | None) -> None:
    expected = some_items(COUNT)
    with dp.ShardedReader(shards(folder), key) as reader:
        assert list(reader) == expected
        assert len(reader) == COUNT
        assert [reader[index] for index in range(-COUNT, COUNT)] == expected + expected
        assert [reader[item.id] for item in expected] == expected
        for part in (slice(None), slice(3, 17), slice(None, None, -3), slice(18, 99), slice(5, 5)):
            assert reader[part] == expected[part]
        assert all(item.id in reader for item in expected)
        assert "item-99" not in reader
        assert reader.block_starts == [0, 5, 10, 15, 20]
        assert 3 not in reader
        assert [message.id for message in reader.messages()] == [item.id for item in expected]
        assert reader.subset == "train"
        assert reader.encrypted == (key is not None)
        assert reader.categories == dp.Categories.from_labels(["cat", "dog", "emu"])
        for wrong in (COUNT, -COUNT - 1, "item-99"):
            with pytest.raises(dp.ItemNotFoundError):
                reader[wrong]


def test_threads_processes_and_pickles(folder: Path, key: str | None) -> None:
    reader = dp.ShardedReader(shards(folder), key)
    assert check(pickle.loads(pickle.dumps(reader)), 3) == 0  # noqa: S301 -- our own
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(check, [reader] * 4, range(4))) == [0] * 4
    for method in ("fork", "spawn"):
        if method in multiprocessing.get_all_start_methods():
            with multiprocessing.get_context(method).Pool(2) as pool:
                assert pool.starmap(check, [(reader, start) for start in range(2)]) == [0, 0]


def test_few_files_are_open_at_once(folder: Path, key: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharded_reader, "OPEN_SHARDS", 2)
    reader = dp.ShardedReader(shards(folder), key)
    assert check(reader, 5) == 0
    assert sum(bool(one._files) for one in reader._readers) <= 2


def test_iteration_opens_a_shard_when_it_comes_to_it(folder: Path, key: str | None) -> None:
    reader = dp.ShardedReader(shards(folder), key)
    assert [one for one in reader._readers if one._files] == []
    items = iter(reader)
    next(items)
    # The first, and the one by which it is known that none is missing at the end.
    assert [bool(one._files) for one in reader._readers] == [True, False, False, True]


def test_after_close(folder: Path, key: str | None) -> None:
    reader = dp.ShardedReader(shards(folder), key)
    assert len(reader) == COUNT
    reader.close()
    reader.close()
    for use in (len, list, lambda one: one[3], lambda one: "item-3" in one, lambda one: one.meta):
        with pytest.raises(dp.ClosedError):
            use(reader)


def older(tmp_path: Path, key: str | None) -> Path:
    """Write another version of the dataset, its first shard the same but for encryption."""
    items = some_items(COUNT)
    items[7].attributes["number"] = -1
    dataset = dp.Dataset.from_iterable(items, categories=["cat", "dog", "emu"])
    encrypted = key is not None
    dataset.export(tmp_path / "older", "datumpb", num_shards=4, encryption=encrypted, encryption_key=key)
    return tmp_path / "older"


def swap(folder: Path, other: Path) -> None:
    shutil.copy(shard(other, 1), shard(folder, 1))


def lose_last(folder: Path, _other: Path) -> None:
    shard(folder, 3).unlink()
    for index in range(3):
        shard(folder, index).rename(shard(folder, index, 3))


def double(folder: Path, _other: Path) -> None:
    shutil.copy(shard(folder, 1), shard(folder, 2))


def exchange(folder: Path, _other: Path) -> None:
    shard(folder, 1).rename(folder / "kept")
    shard(folder, 2).rename(shard(folder, 1))
    (folder / "kept").rename(shard(folder, 2))


def more(folder: Path, _other: Path) -> None:
    for index in range(4):
        shard(folder, index).rename(shard(folder, index, 5))
    shutil.copy(shard(folder, 3, 5), shard(folder, 4, 5))


def whole(folder: Path, _other: Path) -> None:
    encrypted = is_encrypted(shard(folder, 1))
    write(shard(folder, 1), some_items(3), KEY if encrypted else None)


@pytest.mark.parametrize(
    ("change", "place", "text"),
    [
        (swap, 2, "another writing"),
        (lose_last, 2, "those behind it are missing"),
        (double, 2, "shard 1 is in the place of shard 2"),
        (exchange, 1, "shard 2 is in the place of shard 1"),
        (more, 4, "shard 3 is in the place of shard 4"),
        (whole, 1, "holds a whole subset"),
    ],
)
def test_shards_that_do_not_belong_together(
    folder: Path, tmp_path: Path, key: str | None, change: Callable[[Path, Path], None], place: int, text: str
) -> None:
    change(folder, older(tmp_path, key))
    files = shards(folder)
    if key is not None and change is swap:
        place = 1  # every encrypted file is one of its kind
    for use in (len, list, lambda one: one[19], lambda one: "item-99" in one):
        with dp.ShardedReader(files, key) as reader, pytest.raises(dp.ShardError) as caught:
            use(reader)
        assert text in one_line(caught.value, files[place])


def test_what_stands_before_a_wrong_shard_can_be_read(tmp_path: Path) -> None:
    folder = sharded(tmp_path / "set", COUNT)
    double(folder, folder)
    read: list[dp.Item] = []
    with pytest.raises(dp.ShardError):
        read.extend(iter(dp.ShardedReader(shards(folder))))
    assert read in ([], some_items(10))


def test_another_meta(tmp_path: Path) -> None:
    folder = sharded(tmp_path / "set", COUNT)
    other = dp.Dataset.from_iterable(some_items(COUNT), categories=["cat", "dog", "fox"])
    other.export(tmp_path / "other", "datumpb", num_shards=4)
    shutil.copy(shard(tmp_path / "other", 1), shard(folder, 1))
    with pytest.raises(dp.ShardError, match="META is not that of shard 0"):
        len(dp.ShardedReader(shards(folder)))


def test_keys(tmp_path: Path) -> None:
    folder = sharded(tmp_path / "set", COUNT, KEY)
    with pytest.raises(dp.MissingKeyError):
        len(dp.ShardedReader(shards(folder)))
    with pytest.raises(dp.WrongKeyError):
        len(dp.ShardedReader(shards(folder), OTHER_KEY))
    plain = sharded(tmp_path / "plain", COUNT)
    shutil.copy(shard(plain, 2), shard(folder, 2))
    with pytest.raises(dp.UnexpectedKeyError):
        len(dp.ShardedReader(shards(folder), KEY))


def test_no_shards() -> None:
    with pytest.raises(dp.ShardError):
        dp.ShardedReader([])


def test_the_key_is_not_shown(tmp_path: Path) -> None:
    reader = dp.ShardedReader([tmp_path / "a", tmp_path / "b"], KEY)
    assert KEY not in repr(reader)
    assert str(tmp_path / "a") in repr(reader)
