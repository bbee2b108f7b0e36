"""The folder of a datumpb dataset, written and read."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.dataset.directory import DatasetFolder
from tests.support.media_kinds import media_items, refs_of
from tests.support.samples import one_line, some_items, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Tree = Callable[[Path], dict[str, bytes | None]]

ODD_IDS = [
    "a",
    "a/b/c",
    "a b",
    " ",
    "漢字/é ü",
    "😀",
    "..",
    ".",
    "../../etc/passwd",
    "/absolute",
    "a//b",
    "a/",
    "a\\b",
    "C:a",
    "nul\0byte",
    "line\nbreak",
    "\x1b[31m",
    "%2E%2E",
    "x" * 300,
    "漢" * 300,
    "deep/" * 500 + "a",
    "-rf",
    "*?<>|",
    "con.jpg",
]


def test_the_layout(tmp_path: Path, tree: Tree) -> None:
    picture = tmp_path / "p.jpg"
    picture.write_bytes(b"picture")
    items = [
        dp.Item(f"{index}", subset, dp.Image.from_file(str(picture))) for index, subset in enumerate(["b", "a", "b"])
    ]
    dp.Dataset.from_iterable(items, categories=["cat"]).export(tmp_path / "out", "datumpb", save_media=True)
    assert list(tree(tmp_path / "out")) == [
        "annotations",
        "annotations/a.datum",
        "annotations/b.datum",
        "images",
        "images/a",
        "images/a/1.jpg",
        "images/b",
        "images/b/0.jpg",
        "images/b/2.jpg",
    ]


@pytest.mark.parametrize("save_media", [False, True])
def test_odd_ids(tmp_path: Path, save_media: bool) -> None:
    picture = tmp_path / "p.jpg"
    picture.write_bytes(b"picture")
    items = [dp.Item(item_id, "train", dp.Image.from_file(str(picture))) for item_id in ODD_IDS]
    losses = dp.Dataset.from_iterable(items).export(tmp_path / "out", "datumpb", save_media=save_media)
    assert not losses
    dataset = dp.Dataset.import_from(tmp_path / "out")
    assert [item.id for item in dataset] == ODD_IDS
    for item_id in ODD_IDS:
        item = dataset.get(item_id, "train")
        assert item is not None
        assert item.id == item_id
        (ref,) = refs_of(item)
        if save_media:
            assert ref.read() == b"picture"
    stray = [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_relative_to(tmp_path / "out")]
    assert stray == [picture]
    files = [path for path in (tmp_path / "out" / "images").rglob("*") if path.is_file()]
    assert len(files) == (len(ODD_IDS) if save_media else 0)


@pytest.mark.parametrize("subset", ["train", "a b", "漢字", "v1.2", "-", "train-1-of-2"])
def test_odd_subsets(tmp_path: Path, subset: str) -> None:
    dp.Dataset.from_iterable([dp.Item("a", subset)]).export(tmp_path / "out", "datumpb")
    dataset = dp.Dataset.import_from(tmp_path / "out")
    assert list(dataset.subsets()) == [subset]
    assert [item.subset for item in dataset] == [subset]


@pytest.mark.parametrize("subset", ["../a", "a/b", "", ".hidden", "x" * 250, "a\ud800"])
def test_subsets_that_no_file_can_have(tmp_path: Path, subset: str) -> None:
    with pytest.raises(dp.InvalidItemError) as caught:
        dp.Dataset.from_iterable([dp.Item("a", subset)]).export(tmp_path / "out", "datumpb")
    one_line(caught.value)
    assert not list(tmp_path.iterdir())


def test_an_id_that_cannot_be_text(tmp_path: Path) -> None:
    picture = tmp_path / "p.jpg"
    picture.write_bytes(b"picture")
    items = [dp.Item("a\ud800", media=dp.Image.from_file(str(picture)))]
    with pytest.raises(dp.InvalidItemError) as caught:
        dp.Dataset.from_iterable(items).export(tmp_path / "out", "datumpb", save_media=True)
    one_line(caught.value)
    assert list(tmp_path.iterdir()) == [picture]


def test_many_subsets_with_the_same_ids(tmp_path: Path) -> None:
    items = [dp.Item("same", f"subset{number}", attributes={"n": number}) for number in range(30)]
    dp.Dataset.from_iterable(items).export(tmp_path / "out", "datumpb")
    dataset = dp.Dataset.import_from(tmp_path / "out")
    assert len(dataset) == len(dataset.subsets()) == 30
    item = dataset.get("same", "subset7")
    assert item is not None
    assert item.attributes == {"n": 7}


def test_annotations_are_read_without_the_media(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    items = media_items(tmp_path / "source", "train")
    dp.Dataset.from_iterable(items, categories=["a", "b"]).export(tmp_path / "saved", "datumpb", save_media=True)
    dp.Dataset.from_iterable(items, categories=["a", "b"]).export(tmp_path / "bare", "datumpb")
    for folder in ("images", "videos", "point_clouds", "masks", "tables", "media"):
        assert not (tmp_path / "bare" / folder).exists()
        shutil.rmtree(tmp_path / "saved" / folder)
    for out in (tmp_path / "saved", tmp_path / "bare"):
        read = list(dp.Dataset.import_from(out))
        assert [item.id for item in read] == [item.id for item in items]
        for item in read:
            for ref in refs_of(item):
                if ref.data is not None:
                    continue
                with pytest.raises(dp.MediaNotFoundError) as caught:
                    ref.read()
                one_line(caught.value, out / str(ref.path))


def test_media_that_is_missing_is_counted(tmp_path: Path) -> None:
    there = tmp_path / "there.jpg"
    there.write_bytes(b"picture")
    media = {"a": str(tmp_path / "none.jpg"), "b": str(there), "c": str(tmp_path)}
    items = [dp.Item(item_id, media=dp.Image.from_file(path)) for item_id, path in media.items()]
    losses = dp.Dataset.from_iterable(items).export(tmp_path / "out", "datumpb", save_media=True)
    assert losses.lines() == ["2 x media file that is missing (first: item 'a' of 'default')"]
    assert [item.id for item in dp.Dataset.import_from(tmp_path / "out")] == ["a", "b", "c"]
    assert [path.name for path in (tmp_path / "out" / "images" / "default").iterdir()] == ["b.jpg"]


def test_two_media_files_for_one_place(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(b"picture")
    image = dp.Image.from_file(str(tmp_path / "a.jpg"))
    for ids in (["../x", "%2E%2E%2Fx"], ["a.jpg/b", "a"], ["a", "a.jpg/b"]):
        dataset = dp.Dataset.from_iterable([dp.Item(item_id, media=image) for item_id in ids])
        with pytest.raises(dp.MediaPathError) as caught:
            dataset.export(tmp_path / "out", "datumpb", save_media=True)
        one_line(caught.value, ids[1])
        assert not (tmp_path / "out").exists()


def test_shared_files_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    items = []
    for folder in ("x", "y", "z"):
        (tmp_path / folder).mkdir()
        for name in ("v.mp4", "v_1.mp4"):
            (tmp_path / folder / name).write_bytes(f"{folder} {name}".encode())
            video = dp.Video(dp.MediaRef(str(tmp_path / folder / name)))
            items += [dp.Item(f"{folder}/{name}/{index}", media=dp.VideoFrame(video, index)) for index in range(2)]
    dp.Dataset.from_iterable(items).export(tmp_path / "out", "datumpb", save_media=True)
    assert len(list((tmp_path / "out" / "videos" / "default").iterdir())) == 6
    for item in dp.Dataset.import_from(tmp_path / "out"):
        (ref,) = refs_of(item)
        assert ref.read().decode() == " ".join(item.id.split("/")[:2])


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "annotations"
    folder.mkdir()
    (folder / "train.datum").write_bytes(b"no such thing")
    dataset = dp.Dataset.import_from(tmp_path, "datumpb")
    assert list(dataset.subsets()) == ["train"]
    with pytest.raises(dp.NotADatumFileError) as caught:
        len(dataset)
    one_line(caught.value, folder / "train.datum")


def test_a_dataset_can_be_left_without_a_warning(tmp_path: Path) -> None:
    dp.Dataset.from_iterable(some_items(2)).export(tmp_path / "out", "datumpb")
    assert len(dp.Dataset.import_from(tmp_path / "out")) == 2  # warnings are errors


def test_a_single_file_may_have_any_name(tmp_path: Path) -> None:
    path = write(tmp_path / "renamed", some_items(3))
    dataset = dp.Dataset.import_from(path)
    assert list(dataset.subsets()) == ["train"]
    assert len(dataset) == 3
    item = dataset.get("item-2", "train")
    assert item is not None
    assert item.subset == "train"
    assert dataset.get("item-2", "renamed") is None


def test_a_file_under_another_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "annotations").mkdir()
    path = write(tmp_path / "annotations" / "val.datum", some_items(1))
    with pytest.raises(dp.DamagedFileError) as caught:
        len(dp.Dataset.import_from(tmp_path))
    one_line(caught.value, path, "'train'")


def test_a_folder_without_annotations(tmp_path: Path) -> None:
    with pytest.raises(dp.DatasetError) as caught:
        DatasetFolder(tmp_path)
    one_line(caught.value, tmp_path, "annotations/*.datum")
    with pytest.raises(dp.DatasetError) as caught:
        dp.Dataset.import_from(tmp_path / "none", "datumpb")
    one_line(caught.value, tmp_path / "none")


def test_overwriting_replaces_the_dataset_and_nothing_else(tmp_path: Path, tree: Tree) -> None:
    picture = tmp_path / "p.jpg"
    picture.write_bytes(b"picture")
    out = tmp_path / "out"
    old = [dp.Item("a", subset, dp.Image.from_file(str(picture))) for subset in ("train", "val")]
    dp.Dataset.from_iterable(old).export(out, "datumpb", save_media=True)
    mine = {"notes.txt": b"mine", "images/train/mine.jpg": b"mine", "annotations/instances.json": b"mine"}
    for name, content in mine.items():
        (out / name).write_bytes(content)
    before = tree(out)
    new = dp.Dataset.from_iterable([dp.Item("b", "test", dp.Image.from_file(str(picture)))])
    with pytest.raises(dp.OutputExistsError, match="not empty"):
        new.export(out, "datumpb", save_media=True)
    assert tree(out) == before
    new.export(out, "datumpb", save_media=True, overwrite=True)
    after = tree(out)
    assert {name: after[name] for name in mine} == mine
    assert "images/val/a.jpg" in after
    assert [item.id for item in dp.Dataset.import_from(out)] == ["b"]


def test_a_failing_export_leaves_the_old_dataset(tmp_path: Path, tree: Tree) -> None:
    out = tmp_path / "out"
    dp.Dataset.from_iterable(some_items(2)).export(out, "datumpb")
    before = tree(tmp_path)

    bad = dp.Dataset.from_iterable([dp.Item("a"), dp.Item("")])
    with pytest.raises(dp.InvalidItemError):
        bad.export(out, "datumpb", overwrite=True)
    assert tree(tmp_path) == before
    with pytest.raises(dp.InvalidItemError):
        bad.export(tmp_path / "some" / "where", "datumpb")
    assert tree(tmp_path) == before


def test_a_plain_dataset_converted_in_its_own_folder(tmp_path: Path, tree: Tree) -> None:
    (tmp_path / "source").mkdir()
    out = tmp_path / "out"
    dp.Dataset.from_iterable(media_items(tmp_path / "source", "train"), categories=["a", "b"]).export(
        out, "datumpb", save_media=True
    )
    before = tree(tmp_path)
    for save_media in (True, False, True):
        dp.Dataset.import_from(out).export(out, "datumpb", save_media=save_media, overwrite=True)
        assert tree(tmp_path) == before  # to the byte
    with pytest.raises(dp.OutputExistsError):
        dp.Dataset.import_from(out).export(out, "datumpb")
    assert tree(tmp_path) == before


def test_converting_twice_gives_the_same_bytes(tmp_path: Path, tree: Tree) -> None:
    (tmp_path / "source").mkdir()
    items = media_items(tmp_path / "source", "train")
    for name in ("a", "b"):
        dp.Dataset.from_iterable(items).export(tmp_path / name, "datumpb", save_media=True)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    dp.Dataset.import_from(tmp_path / "a").export(tmp_path / "c", "datumpb", save_media=True)
    assert tree(tmp_path / "c") == tree(tmp_path / "a")


def test_media_that_is_not_what_its_item_says_stops_the_export(tmp_path: Path) -> None:
    picture = tmp_path / "p.jpg"
    picture.write_bytes(b"picture")
    dp.Dataset.from_iterable([dp.Item("a", media=dp.Image.from_file(str(picture)))]).export(
        tmp_path / "out", "datumpb", save_media=True
    )
    (tmp_path / "out" / "images" / "default" / "a.jpg").write_bytes(b"other")
    with pytest.raises(dp.MediaMismatchError) as caught:
        dp.Dataset.import_from(tmp_path / "out").export(tmp_path / "copy", "datumpb", save_media=True)
    one_line(caught.value, "images/default/a.jpg")
    assert not (tmp_path / "copy").exists()


def test_progress_is_told(tmp_path: Path) -> None:
    told = []

    def progress(iterable: object, total: int, description: str) -> object:
        told.append((total, description))
        return iterable

    items = [dp.Item("a", "train"), dp.Item("b", "train"), dp.Item("c", "val")]
    dp.Dataset.from_iterable(items).export(tmp_path / "out", "datumpb", progress=progress)  # type: ignore[arg-type]  # simpler
    assert told == [(2, "train"), (1, "val")]
