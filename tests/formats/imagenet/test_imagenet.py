"""ImageNet: class folders and lists, both ways, and what is wrong with some."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import datumpb as dp
from datumpb.errors import (
    InvalidItemError,
    ItemNotFoundError,
    MediaPathError,
    OptionError,
    OutputExistsError,
    SourceFormatError,
)
from datumpb.formats import imagenet
from tests.support.pictures import ASSETS, contents, make, picture

DATA = picture()
Labels = dict[tuple[str, str], list[str]]


def labels_of(dataset: dp.Dataset) -> Labels:
    """Return the names of each item's labels."""
    names = [label.name for label in dataset.categories().labels or []]
    return {(item.subset, item.id): [names[one.label or 0] for one in item.annotations] for item in dataset}


def labels(dataset: dp.Dataset) -> list[tuple[str, str]]:
    return [(label.name, label.parent) for label in dataset.categories().labels or []]


def test_class_folders(tmp_path: Path) -> None:
    files = ["cat/1.png", "cat/2.JPEG", "dog/1.png", "dog/poodle/1.png", "no_label/3.png", "4.png"]
    root = make(tmp_path / "in", {**dict.fromkeys(files, DATA), "README.md": "x"})
    (root / "empty").mkdir()
    assert dp.Dataset.detect(root) == "imagenet"
    dataset = dp.Dataset.import_from(root)
    assert labels(dataset) == [("cat", ""), ("dog", ""), ("dog/poodle", "dog"), ("empty", "")]
    assert labels_of(dataset) == {
        ("default", "4"): [],
        ("default", "cat/1"): ["cat"],
        ("default", "cat/2"): ["cat"],
        ("default", "dog/1"): ["dog"],
        ("default", "dog/poodle/1"): ["dog/poodle"],
        ("default", "no_label/3"): [],
    }
    item = dataset.get("cat/1")
    assert item is not None
    assert isinstance(item.media, dp.Image)
    assert item.media.file is not None
    assert (item.media.file.path, item.media.file.read()) == ("cat/1.png", DATA)
    losses = dataset.export(tmp_path / "out", "imagenet", save_media=True)
    assert losses.lines() == ["1 x id of an item, which becomes that of its picture in the folder (first: 4)"]
    expected = contents(root)
    del expected["README.md"]
    expected["no_label/4.png"] = expected.pop("4.png")
    assert contents(tmp_path / "out") == expected
    assert (tmp_path / "out" / "empty").is_dir()


def test_folders_of_subsets(tmp_path: Path) -> None:
    files = ["train2017/cat/1.png", "train2017/dog/1.png", "val/cat/1.png", "val/emu/1.png"]
    root = make(tmp_path / "in", dict.fromkeys(files, DATA))
    assert dp.Dataset.detect(root) == "imagenet"
    dataset = dp.Dataset.import_from(root)
    assert labels(dataset) == [("cat", ""), ("dog", ""), ("emu", "")]
    assert labels_of(dataset) == {
        ("train2017", "cat/1"): ["cat"],
        ("train2017", "dog/1"): ["dog"],
        ("val", "cat/1"): ["cat"],
        ("val", "emu/1"): ["emu"],
    }
    assert not dataset.export(tmp_path / "out", "imagenet", save_media=True)
    assert contents(tmp_path / "out") == contents(root)
    flat = dp.Dataset.import_from(root, "imagenet", subset_folders=False)
    assert labels_of(flat)["default", "val/emu/1"] == ["val/emu"]


def test_classes_with_the_names_of_subsets(tmp_path: Path) -> None:
    items = [dp.Item("a", media=dp.Image.from_bytes(DATA), annotations=[dp.Label(label=0)])]
    dataset = dp.Dataset.from_iterable(items, categories=["train", "val"])
    dataset.export(tmp_path / "out", "imagenet", save_media=True)
    assert labels_of(dp.Dataset.import_from(tmp_path / "out")) == {("default", "train/a"): ["train"]}


def test_pictures_that_differ_in_their_ending_only(tmp_path: Path) -> None:
    root = make(tmp_path, {"cat/1.jpg": DATA, "cat/1.png": DATA})
    assert [item.id for item in dp.Dataset.import_from(root)] == ["cat/1", "cat/1.png"]


@pytest.mark.skipif(not ASSETS.is_dir(), reason="../shared/data is not here")
def test_shared_folder(tmp_path: Path) -> None:
    dataset = dp.Dataset.import_from(ASSETS / "imagenet_dataset")
    assert labels(dataset) == [("label_0", ""), ("label_1", ""), ("label_1/label_1_1", "label_1")]
    assert labels_of(dataset) == {
        ("default", "label_0_2"): [],
        ("default", "label_0/label_0_1"): ["label_0"],
        ("default", "label_1/label_1_1"): ["label_1"],
        ("default", "label_1/label_1_1/label_1_1"): ["label_1/label_1_1"],
    }
    dataset.export(tmp_path / "out", "imagenet", save_media=True)
    again = labels_of(dp.Dataset.import_from(tmp_path / "out"))
    assert sorted(again.values()) == sorted(labels_of(dataset).values())


LISTS: dict[str, str | bytes] = {
    "synsets.txt": "cat\nbig dog\n",
    "train.txt": 'a.png\nb/c.png 0\n"d e".png 1 0\nf g.png 1\n',
    "images/b/c.png": DATA,
}


def test_lists(tmp_path: Path) -> None:
    root = make(tmp_path / "in", LISTS)
    assert dp.Dataset.detect(root) == "imagenet"
    dataset = dp.Dataset.import_from(root)
    assert labels(dataset) == [("cat", ""), ("big dog", "")]
    assert labels_of(dataset) == {
        ("train", "a"): [],
        ("train", "b/c"): ["cat"],
        ("train", "d e"): ["big dog", "cat"],
        ("train", "f g"): ["big dog"],
    }
    assert not dataset.export(tmp_path / "out", "imagenet", layout="lists")
    assert contents(tmp_path / "out") == {
        "synsets.txt": b"cat\nbig dog\n",
        "train.txt": b'a.png\nb/c.png 0\n"d e".png 1 0\n"f g".png 1\n',
    }
    losses = dataset.export(tmp_path / "media", "imagenet", layout="lists", save_media=True)
    assert dict(losses.counts) == {"media file that is missing": 3}
    assert contents(tmp_path / "media")["images/b/c.png"] == DATA


LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"])
NAMES = st.lists(st.text(LETTERS, min_size=1), min_size=1, max_size=4, unique=True)
IDS = st.lists(st.sampled_from(["a", "b/c", "ä ö", "x.y", "b/d", "0", " 5", "a 3"]), unique=True, max_size=4)


@given(st.data())
def test_any_lists(data: st.DataObject) -> None:
    names = data.draw(NAMES)
    chosen = st.lists(st.integers(0, len(names) - 1), unique=True, max_size=3)
    items = [
        dp.Item(item_id, subset, dp.Image(dp.MediaRef(f"images/{item_id}.png")),
                annotations=[dp.Label(label=label) for label in data.draw(chosen)])
        for subset in data.draw(st.sampled_from([["train"], ["a b", "train"]]))
        for item_id in data.draw(IDS)
    ]  # fmt: skip
    dataset = dp.Dataset.from_iterable(items, categories=names)
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary) / "out"
        assert not dataset.export(out, "imagenet", layout="lists")
        again = dp.Dataset.import_from(out, "imagenet")
        assert again.categories() == dataset.categories()
        assert list(again) == list(dataset)


@given(st.data())
def test_any_folders(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(["cat", "dog", "a b", "é", "dog/x", "train"]), unique=True, min_size=1))
    labelled = data.draw(st.lists(st.tuples(st.sampled_from(["1", "2.x", "ä"]), st.sampled_from(names)), unique=True))
    subset = data.draw(st.sampled_from(["default", "train", "val2017"]))
    parents = [name.rpartition("/")[0] for name in sorted(names)]
    categories = dp.Categories(dp.LabelCategories(
        [dp.LabelCategory(name, parent) for name, parent in zip(sorted(names), parents, strict=True)]
    ))  # fmt: skip
    items = [
        dp.Item(f"{name}/{item_id}", subset, dp.Image.from_bytes(DATA),
                annotations=[dp.Label(label=sorted(names).index(name))])
        for item_id, name in labelled
    ]  # fmt: skip
    if not items:
        return
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary) / "out"
        dataset = dp.Dataset.from_iterable(items, categories=categories)
        assert not dataset.export(out, "imagenet", save_media=True)
        again = dp.Dataset.import_from(out, "imagenet")
        assert labels_of(again) == labels_of(dataset)
        assert {name for name, _ in labels(again)} == set(names) | {"dog" for name in names if name == "dog/x"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a.png 2", "unknown class 2"),
        ("a.png 0 99", "unknown class 99"),
        ("a.png -1", "numbers of its classes"),
        ("a.png cat", "numbers of its classes"),
        ("a.png 1.5", "numbers of its classes"),
        ("../../a.png 0", "leads out"),
        ("/a.png 0", "leads out"),
        ("C:/a.png 0", "leads out"),
        ("z.png", "earlier line"),
    ],
)
def test_a_bad_line(line: str, message: str, tmp_path: Path) -> None:
    root = make(tmp_path, {"synsets.txt": "cat\ndog\n", "train.txt": f"z.png 0\n\n{line}\n"})
    dataset = dp.Dataset.import_from(root, "imagenet")
    with pytest.raises(SourceFormatError, match=message) as caught:
        list(dataset)
    assert (caught.value.path, caught.value.place) == (root / "train.txt", "line 3")


def test_what_is_no_dataset(tmp_path: Path) -> None:
    file = make(tmp_path, {"a.png": DATA}) / "a.png"
    for path in (file, tmp_path):
        assert imagenet.detect(path) is None
        with pytest.raises(SourceFormatError):
            imagenet.read(path)
    root = make(tmp_path / "lists", {"synsets.txt": "cat\n"})
    assert imagenet.detect(root) is None
    with pytest.raises(SourceFormatError, match="no list"):
        imagenet.read(root)
    with pytest.raises(OptionError, match="subset_folders"):
        imagenet.read(root, subset_folders=True)


@pytest.mark.parametrize("other", ["cat/a.txt", "a.json", "images/b.png", "labels/b.png", "cat/JPEGImages/b.png"])
def test_folders_of_other_formats(other: str, tmp_path: Path) -> None:
    assert imagenet.detect(make(tmp_path / "good", {"cat/a.png": DATA})) is not None
    assert imagenet.detect(make(tmp_path / "bad", {"cat/a.png": DATA, other: DATA})) is None


def test_unknown_items(tmp_path: Path) -> None:
    source = imagenet.read(make(tmp_path, {"cat/a.png": DATA}))
    for arguments in (("b", "default"), ("cat/a", "train")):
        with pytest.raises(ItemNotFoundError):
            source.item(*arguments)


def test_losses(tmp_path: Path) -> None:
    labelled = [dp.Label(label=0, id=5), dp.Label(label=0), dp.Label(label=1), dp.Label()]
    annotations: list[dp.Annotation] = [*labelled, dp.Bbox(1, 2, 3, 4, label=0)]
    items = [
        dp.Item("x/a", "odd", dp.Image.from_bytes(DATA), {"k": 1}, annotations),
        dp.Item("none", "odd"),
        dp.Item("cat/b", "odd", dp.Image.from_file("nowhere.png"), annotations=[dp.Label(label=0)]),
    ]
    categories = dp.Categories(dp.LabelCategories([dp.LabelCategory("cat", "animal"), dp.LabelCategory("dog")]))
    dataset = dp.Dataset.from_iterable(items, infos={"i": 1}, categories=categories)
    common = {
        "info of the dataset": 1,
        "attribute of an item": 1,
        "id of an annotation": 1,
        "label that an item has twice": 1,
        "annotation without a label that there is": 1,
        "annotation of type Bbox": 1,
        "parent of a label": 1,
        "media file that is missing": 1,
    }
    assert dict(dataset.export(tmp_path / "out", "imagenet", save_media=True).counts) == {
        **common,
        "subset whose folder is read as one only with the option subset_folders": 1,
        "further label of a picture": 1,
        "folder in an item's id, which would be a class: joined by '_'": 1,
        "id of an item, which becomes that of its picture in the folder": 1,
        "item without a picture": 1,
    }
    assert contents(tmp_path / "out") == {"odd/cat/x_a.png": DATA}
    assert dict(dataset.export(tmp_path / "lists", "imagenet", save_media=True, layout="lists").counts) == common


@pytest.mark.parametrize("name", ["../x", "/x", "", "a//b", "no_label", ".hidden", "a\\b"])
def test_labels_that_are_no_folders(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidItemError, match="label"):
        dp.Dataset.from_iterable([], categories=[name]).export(tmp_path / "out", "imagenet", save_media=True)
    assert not list(tmp_path.iterdir())


def test_two_labels_of_one_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidItemError, match="same name"):
        dp.Dataset.from_iterable([], categories=["a", "a"]).export(tmp_path / "out", "imagenet", save_media=True)


@pytest.mark.parametrize("layout", ["folders", "lists"])
def test_two_pictures_for_one_place(layout: str, tmp_path: Path) -> None:
    image = dp.Image.from_bytes(DATA)
    pairs = [("a/b", "train"), ("a_b", "train")] if layout == "folders" else [("a", "train"), ("a", "val")]
    dataset = dp.Dataset.from_iterable([dp.Item(item_id, subset, image) for item_id, subset in pairs])
    with pytest.raises(MediaPathError, match="two items"):
        dataset.export(tmp_path / "out", "imagenet", save_media=True, layout=layout)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("layout", ["folders", "lists"])
@pytest.mark.parametrize(("item_id", "subset"), [("../x", "train"), ("/x", "train"), ("x", ".."), ("x", "a/b")])
def test_names_that_lead_outside(item_id: str, subset: str, layout: str, tmp_path: Path) -> None:
    dataset = dp.Dataset.from_iterable([dp.Item(item_id, subset, dp.Image.from_bytes(DATA))])
    with pytest.raises((MediaPathError, InvalidItemError)):
        dataset.export(tmp_path / "out", "imagenet", save_media=True, layout=layout)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("item_id", "subset", "label"), [("a\nb", "x", "c"), ('a"b', "x", "c"), ("a", "synsets", "c"),
                                                          ("a", "x", "c\nd"), ("a", "x", "")])  # fmt: skip
def test_names_that_cannot_be_listed(item_id: str, subset: str, label: str, tmp_path: Path) -> None:
    dataset = dp.Dataset.from_iterable([dp.Item(item_id, subset)], categories=[label])
    with pytest.raises(InvalidItemError):
        dataset.export(tmp_path / "out", "imagenet", layout="lists")
    assert not list(tmp_path.iterdir())


def test_options(tmp_path: Path) -> None:
    dataset = dp.Dataset.from_iterable([dp.Item("a")])
    with pytest.raises(OptionError, match="lists"):
        dataset.export(tmp_path / "out", "imagenet")
    with pytest.raises(OptionError, match="there are: folders, lists"):
        dataset.export(tmp_path / "out", "imagenet", layout="x")
    make(tmp_path / "out", {"mine": b"x"})
    with pytest.raises(OutputExistsError):
        dataset.export(tmp_path / "out", "imagenet", save_media=True)
