"""The parts of a datumpb folder: read in any process, they are the items that there are."""

from __future__ import annotations

import itertools
import os
import pickle
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

import datumpb as dp
from datumpb.dataset import divided_folder
from datumpb.dataset.directory import DatasetFolder
from datumpb.dataset.source import DividedSource
from datumpb.errors import ChangedFileError, DamagedFileError
from datumpb.formats import datumpb as format_
from datumpb.storage.location import location
from tests.support.samples import KEY, some_items
from tests.support.shards import shard, sharded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Tree = Callable[[Path], dict[str, bytes | None]]


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datumpb.container.block_cutter.BLOCK_SIZE", 500)


def opened(path: Path, key: str | None = None) -> divided_folder.DividedFolder:
    source = format_.read(path, encryption_key=key)
    assert isinstance(source, divided_folder.DividedFolder)
    return source


def sent(part: divided_folder.BlockPart) -> divided_folder.BlockPart:
    received = pickle.loads(pickle.dumps(part))  # noqa: S301 -- our own
    assert isinstance(received, divided_folder.BlockPart)
    return received


@pytest.mark.parametrize("key", [None, KEY])
@pytest.mark.parametrize("shards", [None, 3])
def test_a_part_is_a_block(tmp_path: Path, key: str | None, shards: int | None) -> None:
    options: dict[str, Any] = {} if key is None else {"encryption": True, "encryption_key": key}
    dataset = dp.Dataset.from_iterable(some_items(60), categories=["cat", "dog", "emu"])
    dataset.export(tmp_path / "out", "datumpb", num_shards=shards, **options)
    source: DividedSource = opened(tmp_path / "out", key)
    assert isinstance(source, DividedSource)
    starts = opened(tmp_path / "out", key).reader("train").block_starts
    here = [[*part.items()] for part in source.parts("train")]
    assert [len(part) for part in here] == [stop - start for start, stop in itertools.pairwise(starts)]
    assert len(here) > 5
    assert [[*sent(part).items()] for part in opened(tmp_path / "out", key).parts("train")] == here
    assert [item for part in here for item in part] == [*source.items("train")]
    assert KEY not in repr(next(source.parts("train")))


def test_a_file_that_was_replaced(tmp_path: Path) -> None:
    def write(count: int) -> None:
        dp.Dataset.from_iterable(some_items(count)[count - 30 :], categories=["cat", "dog", "emu"]).export(
            tmp_path / "out", "datumpb", overwrite=True
        )

    write(30)
    source = opened(tmp_path / "out")
    parts = [*source.parts("train")]
    messages = [pickle.dumps(part) for part in parts]
    pickle.loads(messages[0])  # noqa: S301 -- our own
    write(40)
    with pytest.raises(ChangedFileError, match="replaced while it was read"):
        [*pickle.loads(messages[1]).items()]  # noqa: S301 -- our own
    assert [item for part in parts for item in part.items()] == some_items(30)  # the file that was opened


def test_a_damaged_block_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    dp.Dataset.from_iterable(some_items(400), categories=["cat", "dog", "emu"]).export(folder, "datumpb")
    path = folder / "annotations" / "train.datum"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(DamagedFileError) as caught:
        [*opened(folder).items("train")]

    def count(part: divided_folder.BlockPart) -> int | str:
        try:
            return len([*sent(part).items()])
        except DamagedFileError as error:
            return str(error)

    found = Counter(map(count, opened(folder).parts("train")))
    assert found.pop(str(caught.value)) == 1
    assert sum(int(size) * times for size, times in found.items()) < 400
    assert found


def test_a_shard_of_another_writing(tmp_path: Path) -> None:
    one, other = sharded(tmp_path / "one"), sharded(tmp_path / "other", first=20)
    shard(other, 2).replace(shard(one, 2))
    found: list[dp.Item] = []
    with pytest.raises(dp.ShardError, match="another writing"):
        found.extend(item for part in opened(one).parts("train") for item in part.items())
    with pytest.raises(dp.ShardError, match="another writing"):
        [*opened(one).items("train")]
    assert found == some_items(20)[: len(found)]


def test_large_by_the_sizes_of_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = sharded(tmp_path / "out")
    size = sum(path.stat().st_size for path in (folder / "annotations").iterdir())
    for limit, large in ((size, True), (size + 1, False)):
        monkeypatch.setattr(divided_folder, "_LARGE", limit)
        assert opened(folder).is_large() == large
    source = opened(folder)
    os.truncate(shard(folder, 0), 0)
    shard(folder, 1).unlink()
    assert not source.is_large()


def test_what_is_behind_a_url_is_read_by_this_process_alone(tmp_path: Path) -> None:
    pytest.importorskip("fsspec", reason="fsspec is not installed: pip install 'datumpb[remote]'")
    sharded(tmp_path / "out")
    source = format_.read(location((tmp_path / "out").as_uri().replace("file://", "local://")))
    assert type(source) is DatasetFolder
    assert not isinstance(source, DividedSource)


def frames(count: int) -> list[dp.Item]:
    """Return items of which two in a row are pictures, and two frames of videos that have one name."""
    videos = [dp.Video(dp.MediaRef(f"from/{folder}/street.mp4")) for folder in "ab"]

    def medium(number: int) -> dp.Media:
        if number // 2 % 2:
            return dp.VideoFrame(videos[number // 20 % 2], number)
        return dp.Image(dp.MediaRef(f"from/{number}.jpg"), 4, 5)

    return [dp.Item(f"{number:03}", "train", medium(number), {"text": "x" * 90}) for number in range(count)]


@pytest.mark.parametrize("media_type", [dp.MediaType.IMAGE, dp.MediaType.VIDEO_FRAME])
@pytest.mark.parametrize("shards", [None, 3])
def test_media_that_items_share(tmp_path: Path, tree: Tree, media_type: dp.MediaType, shards: int | None) -> None:
    frames_only = media_type is dp.MediaType.VIDEO_FRAME
    items = [item for item in frames(120) if not frames_only or isinstance(item.media, dp.VideoFrame)]
    dataset = dp.Dataset.from_iterable(items, media_type=media_type)
    dataset.export(tmp_path / "in", "datumpb", num_shards=shards)
    for workers in (1, 2):
        dp.Dataset.import_from(tmp_path / "in").export(tmp_path / f"{workers}", "datumpb", num_workers=workers)
    assert tree(tmp_path / "1") == tree(tmp_path / "2")
    paths = {one.media.video.file.path for one in dp.Dataset.import_from(tmp_path / "2") if shared(one)}  # type: ignore[union-attr]  # a video
    assert paths == {"videos/train/street.mp4", "videos/train/street_1.mp4"}


def shared(item: dp.Item) -> bool:
    return isinstance(item.media, dp.VideoFrame)


@pytest.mark.parametrize("encryption", [False, True])
def test_encrypted_media_stay_what_they_are_where_they_are_not_saved(tmp_path: Path, encryption: bool) -> None:
    (tmp_path / "a.jpg").write_bytes(b"picture")
    items = [
        dp.Item(f"{number:03}", "train", dp.Image(dp.MediaRef(str(tmp_path / "a.jpg")), 4, 5), {"text": "x" * 90})
        for number in range(40)
    ]
    key: dict[str, Any] = {"encryption": True, "encryption_key": KEY}
    dp.Dataset.from_iterable(items).export(tmp_path / "in", "datumpb", save_media=True, **key)
    found = []
    for workers in (1, 2):
        again = dp.Dataset.import_from(tmp_path / "in", encryption_key=KEY)
        again.export(tmp_path / f"{workers}", "datumpb", num_workers=workers, **(key if encryption else {}))
        key_of = {"encryption_key": KEY} if encryption else {}
        found.append([item.media for item in dp.Dataset.import_from(tmp_path / f"{workers}", **key_of)])
    assert found[0] == found[1]
    assert {one.file.encrypted for one in found[0] if isinstance(one, dp.Image) and one.file} == {encryption}
