"""Subsets written in shards: where they are cut, what they are called, and that nothing else changes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

import datumpb as dp
from datumpb import messages
from datumpb.container.verify import verify_file
from datumpb.dataset.directory import DatasetFolder
from datumpb.errors import OptionError
from tests.support.samples import KEY, one_line, some_items
from tests.support.shards import shard, sharded, shards
from tests.support.walker import split

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def counts(folder: Path, key: str | None = None) -> list[int]:
    return [verify_file(file, key).items or 0 for file in shards(folder)]


@pytest.mark.parametrize(
    ("count", "num_shards", "expected"),
    [(20, 4, [5] * 4), (10, 3, [3, 3, 4]), (2, 4, [0, 1, 0, 1]), (5, 1, [5])],
)
def test_so_many_shards(tmp_path: Path, count: int, num_shards: int, expected: list[int]) -> None:
    folder = sharded(tmp_path / "set", count, num_shards=num_shards)
    assert [file.name for file in shards(folder)] == [shard(folder, i, num_shards).name for i in range(num_shards)]
    assert counts(folder) == expected
    assert list(dp.Dataset.import_from(folder)) == some_items(count)


def test_no_items(tmp_path: Path) -> None:
    dp.Dataset.from_iterable([]).export(tmp_path / "set", "datumpb", num_shards=2)
    assert counts(tmp_path / "set") == [0, 0]
    assert len(dp.Dataset.import_from(tmp_path / "set")) == 0
    dp.Dataset.from_iterable([]).export(tmp_path / "one", "datumpb", shard_size="1MB")
    assert [file.name for file in shards(tmp_path / "one")] == ["default-00000-of-00001.datum"]


@pytest.mark.parametrize("key", [None, KEY])
def test_shards_of_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None) -> None:
    monkeypatch.setattr("datumpb.container.block_cutter.BLOCK_SIZE", 1000)
    size = 7000
    folder = sharded(tmp_path / "set", 300, key, shard_size=size)
    sizes = [file.stat().st_size for file in shards(folder)]
    assert max(sizes) <= size
    assert min(sizes[:-1]) > size - 2000
    assert sum(counts(folder, key)) == 300


def test_one_block_is_never_divided(tmp_path: Path) -> None:
    folder = sharded(tmp_path / "set", 10, shard_size=1)
    assert counts(folder) == [10]


@pytest.mark.parametrize(
    ("text", "size"), [("1", 1), ("12 kB", 12000), ("1.5MiB", 3 << 19), ("2g", 2 * 10**9), (77, 77), ("1TB", 10**12)]
)
def test_sizes(text: str | int, size: int) -> None:
    from datumpb.dataset.shard_writer import Sharding  # noqa: PLC0415 -- of this test alone

    sharding = Sharding.of(None, text)
    assert sharding is not None
    assert sharding.size == size


@pytest.mark.parametrize(
    "options",
    [
        {"num_shards": 0}, {"num_shards": -1}, {"num_shards": 100000}, {"num_shards": 2, "shard_size": 100},
        {"shard_size": 0}, {"shard_size": "0MB"}, {"shard_size": "much"}, {"shard_size": "-3"}, {"shard_size": ""},
        {"shard_size": "5 parsecs"}, {"shard_size": "0.1"},
    ],
)  # fmt: skip
def test_options_that_make_no_sense(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(OptionError):
        sharded(tmp_path / "set", 3, **options)
    assert not (tmp_path / "set").exists()


def test_a_subset_must_not_be_called_like_a_shard(tmp_path: Path) -> None:
    dataset = dp.Dataset.from_iterable([dp.Item("a", "train-00001-of-00002")])
    with pytest.raises(dp.InvalidItemError, match="what a shard is called"):
        dataset.export(tmp_path / "set", "datumpb")


def test_equal_input_gives_equal_bytes_and_nothing_but_the_files_differs(tmp_path: Path) -> None:
    first, second = (sharded(tmp_path / name, 30) for name in ("first", "second"))
    assert [file.read_bytes() for file in shards(first)] == [file.read_bytes() for file in shards(second)]
    whole, again = tmp_path / "whole", tmp_path / "again"
    for source, target in ((first, whole), (sharded(tmp_path / "seven", 30, num_shards=7), again)):
        dp.Dataset.import_from(source).export(target, "datumpb")
    assert (whole / "annotations" / "train.datum").read_bytes() == (again / "annotations" / "train.datum").read_bytes()


def test_the_chain_as_the_document_has_it(tmp_path: Path) -> None:
    previous = b""
    for index, file in enumerate(shards(sharded(tmp_path / "set", 20))):
        records = split(file.read_bytes())
        with dp.DatumReader(file) as reader:
            assert reader.meta_message.shard == messages.Shard(index=index, previous=previous)
            assert reader.footer.last_shard == (index == 3)
        previous = hashlib.sha256(records[-2]).digest()


def test_ids_twice_in_different_shards(tmp_path: Path) -> None:
    class Twice(DatasetFolder):
        def items(self, subset: str) -> Iterator[dp.Item]:
            assert subset == "train"
            return iter([*some_items(10), some_items(1)[0]])

    folder = sharded(tmp_path / "set", 11)
    with pytest.raises(dp.DuplicateItemError, match="item-0"):
        dp.Dataset(Twice(folder)).export(tmp_path / "out", "datumpb", num_shards=3)
    assert not (tmp_path / "out").exists()


def test_overwriting_leaves_no_old_shards(tmp_path: Path) -> None:
    folder = sharded(tmp_path / "set", 20, num_shards=7)
    sharded(folder, 20, num_shards=2, overwrite=True)
    assert len(shards(folder)) == 2
    dp.Dataset.import_from(folder).export(folder, "datumpb", overwrite=True)
    assert [file.name for file in shards(folder)] == ["train.datum"]


def test_the_files_of_a_dataset_by_name(tmp_path: Path) -> None:
    folder = sharded(tmp_path / "set", 20)
    shard(folder, 1).unlink()
    with pytest.raises(dp.ShardError) as caught:
        dp.Dataset.import_from(folder)
    one_line(caught.value, shard(folder, 1), "shard 1 of 4", "missing")
    shard(folder, 2).rename(shard(folder, 1, 3))
    with pytest.raises(dp.ShardError, match="missing"):
        dp.Dataset.import_from(folder)


def test_shards_of_two_writings_and_a_whole_file(tmp_path: Path) -> None:
    folder = sharded(tmp_path / "set", 20)
    (folder / "annotations" / "train.datum").write_bytes(shard(folder, 0).read_bytes())
    with pytest.raises(dp.ShardError, match="as a whole") as caught:
        dp.Dataset.import_from(folder)
    one_line(caught.value, folder / "annotations" / "train.datum")
    (folder / "annotations" / "train.datum").rename(shard(folder, 0, 2))
    with pytest.raises(dp.ShardError, match="a shard of 2 beside shards of 4") as caught:
        dp.Dataset.import_from(folder)
    one_line(caught.value, shard(folder, 0, 2))
    shard(folder, 0, 2).rename(shard(folder, 4))
    with pytest.raises(dp.ShardError, match="no shard 4 of 4"):
        dp.Dataset.import_from(folder)


def test_a_shard_that_is_called_as_if_it_were_the_subset(tmp_path: Path) -> None:
    folder = sharded(tmp_path / "set", 20)
    for index in (1, 2, 3):
        shard(folder, index).unlink()
    shard(folder, 0).rename(folder / "annotations" / "train.datum")
    with pytest.raises(dp.ShardError, match="is a shard"):
        len(dp.Dataset.import_from(folder))


def test_a_shard_alone_has_its_items(tmp_path: Path) -> None:
    folder = sharded(tmp_path / "set", 20)
    dataset = dp.Dataset.import_from(shard(folder, 1))
    assert list(dataset) == some_items(10)[5:]
    assert list(dataset.subsets()) == ["train"]
