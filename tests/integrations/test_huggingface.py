from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image
import pytest

import datumpb as dp
from datumpb.model import rle
from tests.support.pictures import picture

if TYPE_CHECKING:
    from pathlib import Path

hf = pytest.importorskip("datasets", reason="Hugging Face's datasets is not installed")
from datumpb.integrations.huggingface import load, row_of  # noqa: E402 -- needs datasets

SQUARE = np.array([[0, 0], [4, 0], [4, 4], [0, 4]], float)
KEY = dp.generate_key()


@pytest.fixture(params=["plain", "encrypted"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """A dataset of two subsets with pictures, and the options to read it."""
    (tmp_path / "a.png").write_bytes(picture())
    image = dp.Image.from_file(str(tmp_path / "a.png"), 10, 15)
    bits = np.zeros((10, 15), bool)
    bits[2:4, 3:8] = True
    shapes = [
        dp.Polygon(SQUARE, id=7, label=1, group=5, attributes={"is_crowd": True}),
        dp.Polygon(SQUARE + 4, label=1, group=5),
        dp.Points(SQUARE[:2], np.array([1, 2]), label=0, group=6),
        dp.Mask(10, 15, rle.from_bitmap(bits)),
        dp.Caption("é"),
        dp.Label(label=1),
    ]
    items = [dp.Item("a", "train", image, {"n": 2**60}, shapes), dp.Item("b", "train"), dp.Item("c", "val", image)]
    options: dict[str, Any] = {"encryption_key": KEY} if request.param == "encrypted" else {}
    dp.Dataset.from_iterable(items, categories=["cat", "dog"]).export(
        tmp_path / "out", "datumpb", save_media=True, encryption=bool(options), **options
    )
    return tmp_path / "out", options


@pytest.mark.parametrize("streaming", [False, True])
def test_features(folder: tuple[Path, dict[str, Any]], streaming: bool) -> None:
    path, options = folder
    loaded = load(path, streaming=streaming, **options)
    assert type(loaded) is (hf.IterableDatasetDict if streaming else hf.DatasetDict)
    assert list(loaded) == ["train", "val"]
    assert loaded["train"].features["labels"].feature.names == ["cat", "dog"]
    first, second = loaded["train"]
    assert isinstance(first["image"], PIL.Image.Image)
    assert first["image"].size == (15, 10)
    assert (first["id"], first["height"], first["width"]) == ("a", 10, 15)
    assert first["attributes"] == '{"n":{"$int":"1152921504606846976"}}'
    assert (first["labels"], first["captions"]) == ([1], ["é"])
    objects = first["objects"]
    assert objects["id"] == [7, 0, 0]
    assert objects["category"] == [1, 0, None]
    assert objects["bbox"] == [[0, 0, 8, 8], None, [3, 2, 5, 2]]
    assert objects["area"] == [32, 0, 10]
    assert objects["iscrowd"] == [True, False, False]
    assert objects["segmentation"][0] == [SQUARE.reshape(-1).tolist(), (SQUARE + 4).reshape(-1).tolist()]
    assert objects["keypoints"] == [[], [[0, 0, 1], [4, 0, 2]], []]
    (mask,) = objects["masks"][2]
    assert rle.to_bitmap(mask["counts"].encode(), *mask["size"]).sum() == 10
    assert second["image"] is None
    assert second["objects"]["category"] == []


def test_nothing_is_written_to_a_cache(
    folder: tuple[Path, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, options = folder
    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setattr(hf.config, "HF_DATASETS_CACHE", cache)
    monkeypatch.setenv("TMPDIR", str(cache))
    table = load(path, split="train", **options)
    assert [row["id"] for row in table.map(lambda row: {"id": row["id"] * 2})] == ["aa", "b" * 2]
    assert len(list(load(path, split="train", streaming=True, **options))) == 2
    assert not [file for file in cache.rglob("*") if file.stat().st_size]  # an empty lock is nothing


def test_shards_share_out_the_items(tmp_path: Path) -> None:
    items = [dp.Item(str(number), "train") for number in range(2500)]
    dp.Dataset.from_iterable(items).export(tmp_path / "out", "datumpb")
    stream = load(tmp_path / "out", split="train", streaming=True)
    assert stream.num_shards == 3
    parts = [[row["id"] for row in stream.shard(num_shards=3, index=index)] for index in range(3)]
    assert list(map(len, parts)) == [1024, 1024, 452]
    assert [item_id for part in parts for item_id in part] == [item.id for item in items]
    ids = [row["id"] for row in pickle.loads(pickle.dumps(stream))]  # noqa: S301 -- our own, as for a worker
    assert ids == [item.id for item in items]


def test_a_stream_goes_on_where_it_stopped(tmp_path: Path) -> None:
    dp.Dataset.from_iterable([dp.Item(str(number)) for number in range(50)]).export(tmp_path / "out", "datumpb")
    stream = load(tmp_path / "out", split="default", streaming=True)
    rows = iter(stream)
    before = [next(rows)["id"] for _ in range(20)]
    state = stream.state_dict()
    again = load(tmp_path / "out", split="default", streaming=True)
    again.load_state_dict(state)
    assert before + [row["id"] for row in again] == [str(number) for number in range(50)]


@pytest.mark.parametrize("streaming", [False, True])
def test_any_dataset_and_none_of_it(tmp_path: Path, streaming: bool) -> None:
    items = [dp.Item(str(number), annotations=[dp.Bbox(0, 0, 1, 1, label=3)]) for number in range(3)]
    dataset = dp.Dataset.from_iterable(items)
    assert [row["objects"]["category"] for row in load(dataset, split="default", streaming=streaming)] == [[3]] * 3
    empty = load(dp.Dataset.from_iterable([]), split="default", streaming=streaming)
    assert list(empty) == []
    dataset.export(tmp_path / "json", "datumaro")
    assert len(list(load(tmp_path / "json", split="default", streaming=streaming))) == 3


@pytest.mark.parametrize("streaming", [False, True])
def test_errors_are_ours(folder: tuple[Path, dict[str, Any]], streaming: bool) -> None:
    path, options = folder
    with pytest.raises(dp.OptionError, match="no subset 'test'"):
        load(path, split="test", streaming=streaming, **options)
    twins = dp.Dataset.from_iterable([], categories=["cat", "cat"])
    with pytest.raises(dp.DatasetError, match="two labels have the same name"):
        load(twins, streaming=streaming)
    wrong = dp.Dataset.from_iterable([dp.Item("a", annotations=[dp.Bbox(0, 0, 1, 1, label=5)])], categories=["cat"])
    with pytest.raises(dp.InvalidItemError, match="item 'a' of 'default': label 5 is not one of the 1 labels"):
        list(load(wrong, split="default", streaming=streaming))
    if options:
        (path / "images/train/a.png").unlink()
        with pytest.raises(dp.MediaNotFoundError):
            list(load(path, split="train", streaming=streaming, **options))
        with pytest.raises(dp.MissingKeyError):
            load(path, streaming=streaming)
        assert KEY[6:] not in repr(load(path, split="val", streaming=True, **options)._ex_iterable.__dict__)


def test_a_damaged_mask_is_named() -> None:
    item = dp.Item("a", "x", annotations=[dp.Mask(2, 2, b"\xff")])
    with pytest.raises(dp.InvalidItemError, match="item 'a' of 'x': RLE"):
        row_of(item, 0)
