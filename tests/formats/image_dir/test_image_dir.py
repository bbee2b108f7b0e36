"""A folder of pictures, both ways."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import datumpb as dp
from datumpb.errors import InvalidItemError, ItemNotFoundError, MediaPathError, OptionError, SourceFormatError
from datumpb.formats import image_dir
from datumpb.model.media import media_refs
from tests.support.pictures import contents, make, picture

DATA = picture()


def ids(dataset: dp.Dataset) -> list[tuple[str, str]]:
    return [(item.subset, item.id) for item in dataset]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["b.png", "a.JPG", "a.png"], [("default", "a"), ("default", "a.png"), ("default", "b")]),
        (["train/a.png", "val/b/c.png"], [("train", "a"), ("val", "b/c")]),
        (["cat/a.png", "train/a.png", "z.png"], [("default", "z"), ("default", "cat/a"), ("train", "a")]),
    ],
)
def test_ids_and_subsets(files: list[str], expected: list[tuple[str, str]], tmp_path: Path) -> None:
    root = make(tmp_path / "in", {**dict.fromkeys(files, DATA), "notes.txt": "x", ".hidden.png": DATA})
    dataset = dp.Dataset.import_from(root, "image_dir")
    assert ids(dataset) == expected
    assert len(dataset) == len(expected)
    paths = [ref.path for item in dataset for ref in media_refs(item.media)]
    assert sorted(map(str, paths)) == sorted(files)


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["a.png", "b.jpg", "README.md", ".DS_Store"], True),
        (["train/a.png", "val/b.png"], True),
        (["a.png", "a.txt"], False),
        (["train/a.png", "val/b.txt"], False),
        (["a.png", "x/b.png"], False),
        (["cat/a.png"], False),
        (["train/cat/a.png"], False),
        (["README.md"], False),
    ],
)
def test_detection(files: list[str], found: bool, tmp_path: Path) -> None:
    root = make(tmp_path, dict.fromkeys(files, DATA))
    assert (image_dir.detect(root) is not None) == found
    assert image_dir.detect(root / files[0]) is None
    if found:
        assert dp.Dataset.detect(root) == "image_dir"


@given(st.data())
def test_any_folder(data: st.DataObject) -> None:
    names = st.sampled_from(["a", "b/c", "ä ö", "x.y", "cat/1", "0"])
    subsets = data.draw(st.sampled_from([["default"], ["train"], ["default", "val"], ["test", "train2017"]]))
    items = [
        dp.Item(item_id, subset, dp.Image.from_bytes(DATA))
        for subset in subsets
        for item_id in sorted(data.draw(st.lists(names, unique=True, min_size=1)))
    ]
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary) / "out"
        dataset = dp.Dataset.from_iterable(items)
        assert not dataset.export(out, "image_dir", save_media=True)
        again = dp.Dataset.import_from(out, "image_dir")
        assert sorted(ids(again)) == sorted(ids(dataset))
        assert set(contents(out).values()) == {DATA}


def test_losses(tmp_path: Path) -> None:
    annotations: list[dp.Annotation] = [dp.Label(label=0), dp.Label(label=0), dp.Bbox(1, 2, 3, 4)]
    items = [
        dp.Item("a", "odd", dp.Image.from_bytes(DATA), {"k": 1}, annotations),
        dp.Item("b", "odd"),
        dp.Item("c", "odd", dp.Image.from_file("nowhere.png")),
        dp.Item("d", "odd", dp.PointCloud()),
    ]
    dataset = dp.Dataset.from_iterable(items, infos={"i": 1}, categories=["cat"])
    assert dict(dataset.export(tmp_path / "out", "image_dir", save_media=True).counts) == {
        "annotation of type Label": 2,
        "annotation of type Bbox": 1,
        "attribute of an item": 1,
        "info of the dataset": 1,
        "label": 1,
        "subset, whose name becomes part of the ids": 1,
        "item without a picture": 1,
        "media file that is missing": 1,
        "media that is not an image (PointCloud)": 1,
    }
    assert contents(tmp_path / "out") == {"odd/a.png": DATA}


def test_what_is_no_folder_of_pictures(tmp_path: Path) -> None:
    root = make(tmp_path, {"a.txt": "x"})
    for path in (root, root / "a.txt"):
        with pytest.raises(SourceFormatError):
            image_dir.read(path)


@pytest.mark.parametrize(("item_id", "subset"), [("../x", "train"), ("/x", "train"), ("x", ".."), ("x", "a/b")])
def test_names_that_lead_outside(item_id: str, subset: str, tmp_path: Path) -> None:
    dataset = dp.Dataset.from_iterable([dp.Item(item_id, subset, dp.Image.from_bytes(DATA))])
    with pytest.raises((MediaPathError, InvalidItemError)):
        dataset.export(tmp_path / "out", "image_dir", save_media=True)
    assert not list(tmp_path.iterdir())


def test_a_link_that_leads_outside(tmp_path: Path) -> None:
    root = make(tmp_path / "in", {"b.png": DATA})
    make(tmp_path, {"outside.png": DATA})
    (root / "a.png").symlink_to(tmp_path / "outside.png")
    with pytest.raises(MediaPathError, match="through a link"):
        dp.Dataset.import_from(root, "image_dir").export(tmp_path / "out", "image_dir", save_media=True)
    assert not (tmp_path / "out").exists()


def test_options(tmp_path: Path) -> None:
    dataset = dp.Dataset.from_iterable([dp.Item("a")])
    with pytest.raises(OptionError, match="nothing but pictures"):
        dataset.export(tmp_path / "out", "image_dir")
    assert not list(tmp_path.iterdir())


def test_unknown_items(tmp_path: Path) -> None:
    source = image_dir.read(make(tmp_path, {"a.png": DATA}))
    assert source.item("a", "default").id == "a"
    for arguments in (("b", "default"), ("a", "train")):
        with pytest.raises(ItemNotFoundError):
            source.item(*arguments)
