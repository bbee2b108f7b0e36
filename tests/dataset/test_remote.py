"""Datasets behind URLs: read in place or copied first, and written."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image
import pytest

import datumpb as dp
from datumpb.container.remote_media import RemoteMediaFolder
from datumpb.dataset.directory import DatasetFolder
from datumpb.storage import requests
from datumpb.storage.location import RemotePath
from tests.support.samples import KEY, one_line
from tests.support.storage import CountedStorage, fsspec, nginx, s3

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "counted://bucket/set"
NAME = "bucket/set"


@pytest.fixture(autouse=True)
def storage(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(requests, "DELAYS", (0, 0, 0))
    CountedStorage.reset()
    yield
    CountedStorage.reset()


@pytest.fixture
def dataset(tmp_path: Path) -> dp.Dataset:
    """Return a dataset of two subsets, whose media are pictures of noise."""
    items = []
    for subset in ("train", "val"):
        for number in range(5):
            file = tmp_path / "source" / subset / f"{subset}-{number}.jpg"
            file.parent.mkdir(parents=True, exist_ok=True)
            noise = np.frombuffer(os.urandom(4 * 6 * 3), np.uint8).reshape(4, 6, 3)
            PIL.Image.fromarray(noise).save(file, quality=100)
            media = dp.Image(dp.MediaRef(str(file)), 4, 6)
            boxes: list[dp.Annotation] = [dp.Bbox(1, 2, 3, 4, label=number % 3)]
            items.append(dp.Item(f"{subset}-{number}", subset=subset, media=media, annotations=boxes))
    return dp.Dataset.from_iterable(items, categories=["cat", "dog", "emu"])


def contents(dataset: dp.Dataset) -> list[tuple[object, ...]]:
    return [(item.subset, item.id, item.annotations, media_of(item)) for item in dataset]


def media_of(item: dp.Item) -> bytes:
    assert isinstance(item.media, dp.Image)
    assert item.media.file is not None
    return b"".join(item.media.file.chunks())


@pytest.mark.parametrize("options", [{}, {"num_shards": 2}, {"encryption": True, "encryption_key": KEY}])
def test_a_dataset_goes_there_and_back(dataset: dp.Dataset, options: dict[str, Any]) -> None:
    dataset.export(URL, "datumpb", save_media=True, **options)
    reading = {"encryption_key": KEY} if options.get("encryption") else {}
    assert dp.Dataset.detect(URL) == "datumpb"
    again = dp.Dataset.import_from(URL, **reading)
    assert contents(again) == contents(dataset)
    item = pickle.loads(pickle.dumps(again)).get("val-3", "val")  # noqa: S301 -- our own
    assert media_of(item) == media_of(list(dataset)[8])
    assert not any(request[0] == "get" for request in CountedStorage.requests)


def test_annotations_are_written_last(dataset: dp.Dataset) -> None:
    dataset.export(URL, "datumpb", save_media=True)
    written = [request[1] for request in CountedStorage.requests if request[0] == "put"]
    assert len(written) == 12
    assert all("/images/" in name for name in written[:10])
    assert sorted(written[10:]) == [f"{NAME}/annotations/train.datum", f"{NAME}/annotations/val.datum"]


def test_where_media_cannot_be_written_there_are_no_annotations(dataset: dp.Dataset) -> None:
    class Full(CountedStorage):
        def put_file(self, lpath: str, rpath: str, **options: object) -> None:
            if rpath.endswith("-4.jpg"):
                raise PermissionError(rpath)
            super().put_file(lpath, rpath, **options)

    fsspec.register_implementation("full", Full, clobber=True)
    with pytest.raises(dp.RemoteError, match="cannot write"):
        dataset.export("full://bucket/set", "datumpb", save_media=True)
    assert not any(name.endswith(".datum") for name in CountedStorage.files)


def test_a_picture_takes_one_request(dataset: dp.Dataset) -> None:
    dataset.export(URL, "datumpb", save_media=True)
    item = next(iter(dp.Dataset.import_from(URL)))
    CountedStorage.requests.clear()
    media_of(item)
    assert [request[0] for request in CountedStorage.requests] == ["read"]


def test_large_media_are_read_in_parts(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(os.urandom(3 << 20))
    media = dp.Image(dp.MediaRef(str(tmp_path / "a.bin")), 4, 6)
    dp.Dataset.from_iterable([dp.Item("a", media=media)]).export(URL, "datumpb", save_media=True)
    item = next(iter(dp.Dataset.import_from(URL)))
    CountedStorage.requests.clear()
    assert media_of(item) == (tmp_path / "a.bin").read_bytes()
    assert len(CountedStorage.reads()) == 3


@pytest.mark.parametrize("damage", ["missing", "shorter", "longer", "other"])
@pytest.mark.parametrize("encrypted", [False, True])
def test_media_that_are_not_what_they_were(dataset: dp.Dataset, damage: str, encrypted: bool) -> None:
    options: dict[str, Any] = {"encryption": True, "encryption_key": KEY} if encrypted else {}
    dataset.export(URL, "datumpb", save_media=True, **options)
    name = f"{NAME}/images/train/train-0.jpg"
    data = CountedStorage.files.pop(name)
    changed = {"shorter": data[:-1], "longer": data + b"x", "other": data[:-100] + bytes(100)}
    if damage != "missing":
        CountedStorage.files[name] = changed[damage]
    item = next(iter(dp.Dataset.import_from(URL, encryption_key=KEY) if encrypted else dp.Dataset.import_from(URL)))
    wanted = dp.MediaNotFoundError if damage == "missing" else dp.MediaMismatchError
    with pytest.raises(wanted) as caught:
        media_of(item)
    one_line(caught.value, "images/train/train-0.jpg")


@pytest.mark.parametrize("path", ["../other/a.jpg", "/etc/passwd", "a/../../b", "a::file:///etc/passwd"])
def test_media_stay_inside_of_the_dataset(dataset: dp.Dataset, path: str) -> None:
    dataset.export(URL, "datumpb", save_media=True)
    item = next(iter(dp.Dataset.import_from(URL)))
    assert isinstance(item.media, dp.Image)
    assert item.media.file is not None
    assert item.media.file.source is not None
    CountedStorage.requests.clear()
    with pytest.raises(dp.MediaPathError):
        list(item.media.file.source.chunks(dp.MediaRef(path)))
    assert not CountedStorage.requests


def test_encrypted_media_without_the_key(dataset: dp.Dataset, tmp_path: Path) -> None:
    dataset.export(tmp_path / "out", "datumpb", save_media=True, encryption=True, encryption_key=KEY)
    dataset.export(URL, "datumpb", save_media=True)
    CountedStorage.put(f"{NAME}", tmp_path / "out")
    with pytest.raises(dp.MissingKeyError):
        next(iter(dp.Dataset.import_from(URL)))


def test_a_shard_that_is_missing(dataset: dp.Dataset) -> None:
    dataset.export(URL, "datumpb", num_shards=2)
    del CountedStorage.files[f"{NAME}/annotations/train-00001-of-00002.datum"]
    with pytest.raises(dp.ShardError) as caught:
        dp.Dataset.import_from(URL)
    one_line(caught.value, "counted://", "train-00001-of-00002.datum")


def test_labels_of_dataset_meta(dataset: dp.Dataset) -> None:
    dataset.export(URL, "datumpb", save_dataset_meta=True)
    assert f"{NAME}/dataset_meta.json" in CountedStorage.files
    assert dp.Dataset.import_from(URL).categories() == dataset.categories()


@pytest.mark.parametrize("name", ["coco", "yolo", "voc", "datumaro"])
def test_other_formats_are_copied(dataset: dp.Dataset, name: str, tmp_path: Path) -> None:
    dataset.export(tmp_path / "here", name, save_media=True)
    dataset.export(URL, name, save_media=True)
    there = {file: data for file, data in CountedStorage.files.items() if file.startswith(f"{NAME}/")}
    here = {f"{NAME}/{file.relative_to(tmp_path / 'here').as_posix()}" for file in (tmp_path / "here").rglob("*.*")}
    assert set(there) == {file for file in here if (tmp_path / "here" / file.removeprefix(f"{NAME}/")).is_file()}
    assert dp.Dataset.detect(URL) == name
    assert contents(dp.Dataset.import_from(URL)) == contents(dp.Dataset.import_from(tmp_path / "here"))


def test_copies_are_removed_when_the_process_ends(dataset: dp.Dataset, tmp_path: Path) -> None:
    dataset.export(tmp_path / "coco", "coco", save_media=True)
    (tmp_path / "temporary").mkdir()
    code = f"""if True:
        import os, datumpb as dp
        dataset = dp.Dataset.import_from("file://{tmp_path}/coco")
        if os.fork() == 0:
            raise SystemExit
        os.wait()
        print(sum(len(b"".join(item.media.file.chunks())) for item in dataset))
        print(len(os.listdir("{tmp_path}/temporary")))
    """
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary")}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.split() == [str(sum(len(media_of(item)) for item in dataset)), "1"]
    assert not list((tmp_path / "temporary").iterdir())


def test_a_copy_that_cannot_be_made_leaves_nothing(
    dataset: dp.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset.export(URL, "coco", save_media=True)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    CountedStorage.files[f"{NAME}/../../escaped"] = b"x"
    with pytest.raises(dp.MediaPathError):
        dp.Dataset.import_from(URL)
    assert not list((tmp_path / "temporary").iterdir())
    assert not (tmp_path / "escaped").exists()


def test_an_output_that_is_there_is_not_overwritten(dataset: dp.Dataset) -> None:
    dataset.export(URL, "datumpb")
    before = dict(CountedStorage.files)
    with pytest.raises(dp.OutputExistsError) as caught:
        dataset.export(URL, "datumpb", save_media=True)
    one_line(caught.value, URL, "not empty")
    with pytest.raises(dp.OutputExistsError, match="a file stands"):
        dataset.export(f"{URL}/annotations/train.datum", "datumpb")
    assert before == CountedStorage.files


def test_overwriting_replaces_all_annotations_and_keeps_other_files(dataset: dp.Dataset) -> None:
    dataset.export(URL, "datumpb", num_shards=3)
    CountedStorage.files[f"{NAME}/README"] = b"mine"
    dataset.export(URL, "datumpb", overwrite=True)
    assert sorted(CountedStorage.files) == [
        f"{NAME}/README",
        f"{NAME}/annotations/train.datum",
        f"{NAME}/annotations/val.datum",
    ]
    assert len(dp.Dataset.import_from(URL)) == 10


def test_a_key_is_never_overwritten(dataset: dp.Dataset) -> None:
    dataset.export(URL, "datumpb", encryption=True)
    before = dict(CountedStorage.files)
    with pytest.raises(dp.OutputExistsError, match="key"):
        dataset.export(URL, "datumpb", encryption=True, overwrite=True)
    assert before == CountedStorage.files


def test_a_strict_export_that_loses_something_writes_nothing() -> None:
    polyline = dp.Item("a", annotations=[dp.Caption("text")])
    with pytest.raises(dp.LossyConversionError):
        dp.Dataset.from_iterable([polyline]).export(URL, "yolo", strict=True)
    assert not CountedStorage.files


@pytest.mark.parametrize("options", [{"nothing": 1}, {"num_shards": -1}])
def test_wrong_options_write_nothing(dataset: dp.Dataset, options: dict[str, Any]) -> None:
    with pytest.raises(dp.OptionError):
        dataset.export(URL, "datumpb", **options)
    assert not CountedStorage.files


def test_a_dataset_does_not_replace_itself_without_its_media(dataset: dp.Dataset) -> None:
    dataset.export(URL, "datumpb", save_media=True, encryption=True, encryption_key=KEY)
    before = dict(CountedStorage.files)
    with pytest.raises(dp.OptionError, match="old key"):
        dp.Dataset.import_from(URL, encryption_key=KEY).export(URL, "datumpb", overwrite=True)
    assert before == CountedStorage.files


def test_nothing_is_there() -> None:
    for name in (None, "datumpb", "coco"):
        with pytest.raises(dp.DatasetError) as caught:
            dp.Dataset.import_from(URL, name)
        one_line(caught.value, URL, "no such file or folder")


def test_memory_and_archives(dataset: dp.Dataset, tmp_path: Path) -> None:
    url = f"memory://{tmp_path.name}/set"
    dataset.export(url, "datumpb", save_media=True)
    assert contents(dp.Dataset.import_from(url)) == contents(dataset)
    fsspec.filesystem("memory").rm(f"/{tmp_path.name}", recursive=True)
    import zipfile  # noqa: PLC0415 -- for this alone

    dataset.export(tmp_path / "set", "datumpb", save_media=True)
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for file in sorted((tmp_path / "set").rglob("*")):
            archive.write(file, file.relative_to(tmp_path).as_posix())
    archived = f"zip://set::file://{tmp_path}/set.zip"
    assert contents(dp.Dataset.import_from(archived)) == contents(dataset)
    assert dp.Dataset.import_from(archived)._source.path == RemotePath(archived)  # type: ignore[attr-defined]
    with pytest.raises(dp.RemoteError, match="cannot write"):
        dataset.export(f"zip://other::file://{tmp_path}/set.zip", "datumpb")


def test_folders_are_made_where_storage_has_them(dataset: dp.Dataset, tmp_path: Path) -> None:
    dataset.export(f"file://{tmp_path}/new/set", "datumpb", save_media=True)
    assert contents(dp.Dataset.import_from(tmp_path / "new" / "set")) == contents(dataset)


def test_a_single_file_of_a_web_server(dataset: dp.Dataset, tmp_path: Path) -> None:
    dataset.export(tmp_path / "www", "datumpb", save_media=True)
    dataset.export(tmp_path / "coco", "coco")
    (tmp_path / "work").mkdir()
    with nginx(tmp_path, tmp_path / "work") as (url, _):
        opened = dp.Dataset.import_from(f"{url}/www/annotations/val.datum")
        assert contents(opened) == contents(dataset)[5:]
        odd = tmp_path / "www" / "images" / "a #?%20 ::é.bin"
        odd.write_bytes(b"here")
        media = RemoteMediaFolder(RemotePath(f"{url}/www"), None)
        assert b"".join(media.chunks(dp.MediaRef(f"images/{odd.name}"))) == b"here"
        file = next((tmp_path / "coco" / "annotations").glob("*train.json"))
        assert len(dp.Dataset.import_from(f"{url}/coco/annotations/{file.name}")) == 5
        with pytest.raises(dp.DatasetError) as caught:
            dp.Dataset.import_from(f"{url}/www/nothing.datum")
        one_line(caught.value, url)


def test_an_object_store(dataset: dp.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    with s3(monkeypatch) as bucket:
        dataset.export(f"{bucket}/set", "datumpb", save_media=True, num_shards=2, encryption=True, encryption_key=KEY)
        assert contents(dp.Dataset.import_from(f"{bucket}/set", encryption_key=KEY)) == contents(dataset)
        dataset.export(f"{bucket}/set", "datumpb", overwrite=True)
        assert len(DatasetFolder(f"{bucket}/set").reader("train").paths) == 1
        dataset.export(f"{bucket}/coco", "coco", save_media=True)
        assert len(dp.Dataset.import_from(f"{bucket}/coco")) == 10
        with pytest.raises(dp.UnknownFormatError) as caught:
            dp.Dataset.import_from(f"{bucket}/nothing")
        one_line(caught.value, bucket, "no such file or folder")
        with pytest.raises(dp.OutputExistsError):
            dataset.export(f"{bucket}/set", "datumpb")
        with pytest.raises(dp.RemoteError):
            dataset.export(f"{bucket}-that-is-not-there/set", "datumpb")
        with pytest.raises(dp.DatasetError):
            dp.Dataset.import_from(f"{bucket}-that-is-not-there/set")
