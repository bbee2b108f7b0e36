"""Shards on the command line: written, looked into, verified, recovered, and given another key."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, TypeAlias

import pytest

import datumpb as dp
from tests.support.samples import KEY, OTHER_KEY, some_items
from tests.support.shards import shard, sharded, shards

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run: TypeAlias = Callable[..., Outcome]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sharded(tmp_path / "set", 20)


@pytest.mark.parametrize("command", ["convert", "merge", "filter", "split"])
def test_writing(datumpb: Run, tmp_path: Path, folder: Path, command: str) -> None:
    out = tmp_path / "out"
    arguments: dict[str, list[object]] = {
        "convert": ["convert", "-i", folder, "-f", "datumpb"],
        "merge": ["merge", folder],
        "filter": ["filter", "-i", folder, "--subset", "train"],
        "split": ["split", "-i", folder, "--ratio", "train=1"],
    }
    outcome = datumpb(*arguments[command], "-o", out, "--num-shards", 3)
    assert outcome.status == 0, outcome.err
    assert len(shards(out)) == 3
    assert sorted(item.id for item in dp.Dataset.import_from(out)) == sorted(item.id for item in some_items(20))
    outcome = datumpb(*arguments[command], "-o", out, "--overwrite", "--shard-size", "2kB")
    assert outcome.status == 0, outcome.err
    assert len(list(dp.Dataset.import_from(out))) == 20


def test_another_format_has_no_shards(datumpb: Run, tmp_path: Path, folder: Path) -> None:
    outcome = datumpb("convert", "-i", folder, "-o", tmp_path / "out", "-f", "coco", "--num-shards", 3)
    assert "no option 'num_shards'" in outcome.error


def test_info_and_cat(datumpb: Run, folder: Path) -> None:
    found = json.loads(datumpb("info", folder, "--json").out)
    assert (found["items"], found["subsets"]) == (20, [{"name": "train", "items": 20, "annotations": 40}])
    assert [file["shard"] for file in found["files"]] == [0, 1, 2, 3]
    assert "20 in 1 subset" in datumpb("info", folder).out
    ids = [json.loads(line)["id"] for line in datumpb("cat", folder).out.splitlines()]
    assert ids == [item.id for item in some_items(20)]
    dynamic = datumpb("cat", folder, "--dynamic", "--subset", "train").out.splitlines()
    assert [json.loads(line)["id"] for line in dynamic] == ids
    assert json.loads(datumpb("cat", folder, "--id", "item-13").out)["id"] == "item-13"
    shard(folder, 2).unlink()
    for command in (["info", folder], ["cat", folder], ["cat", folder, "--dynamic"]):
        assert str(shard(folder, 2)) in datumpb(*command).error


def test_verify(datumpb: Run, tmp_path: Path, folder: Path) -> None:
    found = json.loads(datumpb("verify", folder, "--json").out)
    assert (found["sound"], found["items"], len(found["files"])) == (True, 20, 4)
    shutil.copy(shard(folder, 1), shard(folder, 2))
    found = json.loads(datumpb("verify", folder, "--json").out)
    assert [(fault["path"], fault["what"]) for fault in found["faults"]] == [
        (str(shard(folder, 2)), "shard 1 is in the place of shard 2"),
        (str(shard(folder, 3)), "it was not written behind this shard 2: one of the two is from another writing"),
    ]
    shard(folder, 2).unlink()
    outcome = datumpb("verify", folder)
    assert (outcome.status, "shard 2 of 4 of subset 'train' is missing" in outcome.out) == (1, True)
    encrypted = sharded(tmp_path / "encrypted", 20, KEY)
    shard(encrypted, 1).unlink()
    assert datumpb("verify", encrypted).status == 1  # also without the key


def test_verify_finds_ids_that_stand_in_two_shards(datumpb: Run, tmp_path: Path) -> None:
    from datumpb.codec.meta import encode_meta  # noqa: PLC0415 -- of this test alone
    from datumpb.container.annotation_file import AnnotationFile  # noqa: PLC0415 -- the same
    from datumpb.container.block_cutter import BlockCutter, pack  # noqa: PLC0415 -- the same
    from datumpb.container.item_encoder import ItemEncoder  # noqa: PLC0415 -- the same
    from datumpb.container.shard_place import ShardPlace  # noqa: PLC0415 -- the same

    folder = tmp_path / "set"
    (folder / "annotations").mkdir(parents=True)
    digest = b""
    categories = dp.Categories()
    for index in range(2):
        place = ShardPlace(index, digest)
        file = AnnotationFile(shard(folder, index, 2), place.mark(encode_meta(dp.Meta("train"))), None)
        items = map(ItemEncoder("train", categories, 10**6), some_items(4)[index : index + 3])
        for block in BlockCutter("train").cut(items):
            file.write(pack(block))
        digest = file.close(last_shard=index == 1)
    found = json.loads(datumpb("verify", folder, "--json").out)
    assert [fault["what"] for fault in found["faults"]] == [
        "item 'item-1' is there already in shard 0",
        "item 'item-2' is there already in shard 0",
    ]


@pytest.mark.parametrize("key", [None, KEY])
def test_recover(datumpb: Run, tmp_path: Path, key: str | None) -> None:
    folder = sharded(tmp_path / "set", 20, key)
    keys = [] if key is None else ["--encryption-key", key]
    shard(folder, 1).unlink()
    damaged = bytearray(shard(folder, 2).read_bytes())
    shard(folder, 2).write_bytes(damaged[:-100])
    outcome = datumpb("recover", folder, "-o", tmp_path / "new", *keys)
    assert (outcome.status, "shard 1 of 4" in outcome.out) == (3, True)
    assert datumpb("verify", tmp_path / "new", *keys).status == 0
    assert len(shards(tmp_path / "new")) == 3
    options = {} if key is None else {"encryption_key": key}
    expected = some_items(20)
    assert list(dp.Dataset.import_from(tmp_path / "new", **options)) == expected[:5] + expected[10:]


def test_recover_takes_an_item_that_is_there_twice_once(datumpb: Run, tmp_path: Path, folder: Path) -> None:
    shutil.copy(shard(folder, 1), shard(folder, 2))
    assert datumpb("recover", folder, "-o", tmp_path / "new").status == 3
    expected = some_items(20)
    assert list(dp.Dataset.import_from(tmp_path / "new")) == expected[:10] + expected[15:]


def test_recover_of_a_sound_dataset_gives_the_same_files(datumpb: Run, tmp_path: Path, folder: Path) -> None:
    for item in some_items(20):
        assert item.media is not None
    datumpb("recover", folder, "-o", tmp_path / "new")
    assert [file.read_bytes() for file in shards(folder)] == [file.read_bytes() for file in shards(tmp_path / "new")]


def test_a_shard_alone_is_recovered_as_a_file_of_its_own(datumpb: Run, tmp_path: Path, folder: Path) -> None:
    assert datumpb("recover", shard(folder, 1), "-o", tmp_path / "part.datum").status == 0
    with dp.DatumReader(tmp_path / "part.datum") as reader:
        assert list(reader) == some_items(10)[5:]
        assert not reader.meta_message.HasField("shard")


def test_another_key(datumpb: Run, tmp_path: Path, folder: Path) -> None:
    before = [file.read_bytes() for file in shards(folder)]
    assert datumpb("encrypt", folder, "--encryption-key", KEY).status == 0
    assert list(dp.Dataset.import_from(folder, encryption_key=KEY)) == some_items(20)
    outcome = datumpb("rekey", folder, "--encryption-key", KEY, "--new-encryption-key", OTHER_KEY)
    assert outcome.status == 0, outcome.err
    assert list(dp.Dataset.import_from(folder, encryption_key=OTHER_KEY)) == some_items(20)
    assert datumpb("decrypt", folder, "--encryption-key", OTHER_KEY).status == 0
    assert [file.read_bytes() for file in shards(folder)] == before
    new_key = ["--encryption-key", KEY, "-o", tmp_path / "x.datum"]
    assert "a shard" in datumpb("encrypt", shard(folder, 1), *new_key).error
    shard(folder, 1).unlink()
    assert "missing" in datumpb("encrypt", folder, "--encryption-key", KEY).error
    assert [file.name for file in shards(folder)] == [shard(folder, index).name for index in (0, 2, 3)]
