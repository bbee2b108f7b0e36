from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest

import datumpb as dp
from datumpb.container.writer import DatumWriter
from datumpb.dataset import shard_parts
from datumpb.dataset.shard_parts import bind_parts
from tests.support.samples import KEY, flipped, one_line, some_items

if TYPE_CHECKING:
    from pathlib import Path

META = dp.Meta("train", {"from": "a test"}, dp.Categories.from_labels(["cat", "dog", "emu"]))


def parts_of(folder: Path, sizes: list[int], key: str | None = None, *, twice: bool = False) -> list[Path]:
    """Write so many items to each part."""
    items = some_items(sum(sizes))
    if twice:
        items[-1].id = items[0].id
    rest = iter(items)
    files = []
    for number, size in enumerate(sizes):
        files.append(folder / f"part-{number}.datum")
        with DatumWriter(files[-1], subset="train", categories=META.categories, infos=META.infos, key=key) as writer:
            for _ in range(size):
                writer.write(next(rest))
    return files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "out" / "annotations").mkdir(parents=True)
    return tmp_path / "out"


@pytest.mark.parametrize("key", [None, KEY])
@pytest.mark.parametrize("sizes", [[5], [3, 4, 2], [0, 2, 0]])
def test_parts_become_shards_in_their_order(root: Path, tmp_path: Path, sizes: list[int], key: str | None) -> None:
    bind_parts(root, META, parts_of(tmp_path, sizes, key), key)
    names = [path.name for path in sorted((root / "annotations").iterdir())]
    assert names == [f"train-{index:05}-of-{len(sizes):05}.datum" for index in range(len(sizes))]
    found = dp.Dataset.import_from(root, **({} if key is None else {"encryption_key": key})).subsets()["train"]
    assert list(found) == some_items(sum(sizes))
    assert (found.infos(), found.categories()) == (META.infos, META.categories)


@pytest.mark.parametrize("key", [None, KEY])
def test_no_parts_are_a_subset_without_items(root: Path, key: str | None) -> None:
    bind_parts(root, META, [], key)
    found = dp.Dataset.import_from(root, **({} if key is None else {"encryption_key": key})).subsets()["train"]
    assert (len(found), found.categories()) == (0, META.categories)


def test_ids_that_are_there_twice(root: Path, tmp_path: Path) -> None:
    with pytest.raises(dp.DuplicateItemError) as caught:
        bind_parts(root, META, parts_of(tmp_path, [3, 4, 2], twice=True), None)
    assert one_line(caught.value) == "item 'item-0' is there twice in subset 'train'"


def test_ids_of_one_checksum_are_not_the_same(root: Path, tmp_path: Path) -> None:
    names = "plumless", "buckeroo"
    assert zlib.crc32(names[0].encode()) == zlib.crc32(names[1].encode())
    files = []
    for name in names:
        files.append(tmp_path / f"{name}.datum")
        with DatumWriter(files[-1], subset="train", categories=META.categories, infos=META.infos) as writer:
            writer.write(dp.Item(name, "train"))
    bind_parts(root, META, files, None)
    assert [item.id for item in dp.Dataset.import_from(root)] == list(names)


def test_a_damaged_part(root: Path, tmp_path: Path) -> None:
    files = parts_of(tmp_path, [3, 3])
    data = files[1].read_bytes()
    files[1].write_bytes(flipped(data, 4 * len(data)))
    with pytest.raises(dp.DamagedFileError):
        bind_parts(root, META, files, None)


def test_a_name_that_is_that_of_a_shard(root: Path) -> None:
    with pytest.raises(dp.InvalidItemError, match="what a shard is called"):
        bind_parts(root, dp.Meta("train-00000-of-00002"), [], None)


def test_too_many_parts(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard_parts, "MAX_SHARDS", 2)
    with pytest.raises(dp.OptionError, match="would get 3 shards: 2 are possible"):
        bind_parts(root, META, parts_of(tmp_path, [1, 1, 1]), None)


def test_a_reader_tells_the_checksums_of_ids(tmp_path: Path) -> None:
    (file,) = parts_of(tmp_path, [4])
    with dp.DatumReader(file) as reader:
        assert reader.id_crc32.dtype == np.uint32
        assert reader.id_crc32.tolist() == [zlib.crc32(item.id.encode()) for item in some_items(4)]
