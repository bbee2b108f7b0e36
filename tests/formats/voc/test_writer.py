"""What is written as VOC, and what is counted as lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image
import pytest

import datumpb as dp
from datumpb.formats.voc.palette import PALETTE
from datumpb.model.drawing import draw
from tests.support.pictures import contents, make, picture
from tests.support.voc import (
    CATEGORIES,
    HEIGHT,
    WIDTH,
    bitmap,
    export,
    mask,
    read,
    rich_annotations,
    rich_dataset,
)

if TYPE_CHECKING:
    from pathlib import Path

MEDIA = dp.Image(None, HEIGHT, WIDTH)


def dataset_of(*annotations: dp.Annotation, categories: dp.Categories = CATEGORIES, **fields: Any) -> dp.Dataset:  # noqa: ANN401 -- of an item
    item = dp.Item("a", "train", **{"media": MEDIA, **fields}, annotations=list(annotations))
    return dp.Dataset.from_iterable([item], categories=categories)


def pixels(path: Path) -> np.ndarray:
    with PIL.Image.open(path) as opened:
        assert opened.mode == "P"
        return np.asarray(opened.convert("RGB"))


def test_lists_of_all_tasks(tmp_path: Path) -> None:
    export(rich_dataset(tmp_path), tmp_path / "out")
    lists = {
        name.removeprefix("ImageSets/"): text.decode()
        for name, text in contents(tmp_path / "out").items()
        if name.startswith("ImageSets/")
    }
    assert lists == {
        "Main/train.txt": "a\nsub/b c\n",
        "Main/val.txt": "d\n",
        "Main/background_train.txt": "a -1\n",
        "Main/cat_train.txt": "a  1\n",
        "Main/person_train.txt": "a  0\n",
        "Segmentation/train.txt": "a\n",
        "Layout/train.txt": 'a 1\n"sub/b c" 1\n',
        "Action/train.txt": "a\nsub/b c\n",
        "Action/jumping_train.txt": "a 1  1\nsub/b c 1  1\n",
        "Action/taking photo_train.txt": "",
    }


@pytest.mark.parametrize(
    ("task", "folders"),
    [
        ("classification", {"ImageSets/Main"}),
        ("detection", {"ImageSets/Main", "Annotations"}),
        ("segmentation", {"ImageSets/Segmentation", "SegmentationClass", "SegmentationObject"}),
        ("layout", {"ImageSets/Layout", "Annotations"}),
        ("action", {"ImageSets/Action", "Annotations"}),
    ],
)
def test_a_task_is_written_alone_with_all_items(task: str, folders: set[str], tmp_path: Path) -> None:
    losses = export(rich_dataset(tmp_path), tmp_path / "out", task=task)
    names = [name.removesuffix("/sub/b c.xml").removesuffix("/sub/b c.png") for name in contents(tmp_path / "out")]
    assert {name.rpartition("/")[0] if "." in name else name for name in names} == {*folders, ""}
    assert sorted(item_id for _, item_id in read(tmp_path / "out", task=task)) == ["a", "d", "sub/b c"]
    assert losses.counts["annotation of type Label"] == (0 if task == "classification" else 2)
    assert losses.counts["part of an object"] == (3 if task in {"detection", "action", "segmentation"} else 0)
    assert losses.counts["action of an object"] == (2 if task in {"detection", "layout"} else 0)


SHAPES: list[dp.Annotation] = [
    dp.Polygon(np.array([1, 1, 6, 1, 6, 5, 1, 5.0])),
    dp.Ellipse(2, 1, 9, 8),
    dp.RotatedBbox(7, 5, 4, 3, 30),
    mask(2, 3, 6, 9),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: type(shape).__name__)
def test_shapes_are_drawn_and_have_a_box(shape: dp.Annotation, tmp_path: Path) -> None:
    shape.label = 2
    losses = export(dataset_of(shape), tmp_path / "out")
    covered = draw(shape, HEIGHT, WIDTH)
    expected = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    expected[covered] = (192, 128, 128)
    np.testing.assert_array_equal(pixels(tmp_path / "out/SegmentationClass/a.png"), expected)
    expected[covered] = PALETTE[1]
    np.testing.assert_array_equal(pixels(tmp_path / "out/SegmentationObject/a.png"), expected)
    box, back = read(tmp_path / "out")["train", "a"].annotations
    assert isinstance(box, dp.Bbox)
    assert (box.group, back.group) == (1, 1)
    kind = type(shape).__name__
    assert losses.counts == ({} if kind == "Mask" else {f"{kind}, drawn as a mask": 1})


@pytest.mark.parametrize(
    ("shape", "box"),
    [
        (dp.Polygon(np.array([1, 1, 6.5, 1, 6, 5.25])), (1, 1, 5.5, 4.25)),
        (dp.PolyLine(np.array([1, 1, 6.5, 4.0])), (1, 1, 5.5, 3)),
        (mask(2, 3, 6, 9), (3, 2, 6, 4)),
    ],
)
def test_a_box_is_derived_for_detection(
    shape: dp.Annotation, box: tuple[float, float, float, float], tmp_path: Path
) -> None:
    shape.label = 1
    losses = export(dataset_of(shape), tmp_path / "out", task="detection")
    (back,) = read(tmp_path / "out")["train", "a"].annotations
    assert isinstance(back, dp.Bbox)
    assert (back.x, back.y, back.w, back.h) == box
    assert losses.counts == {f"{type(shape).__name__}, written as its box": 1}


def test_a_group_is_one_object_with_its_own_box(tmp_path: Path) -> None:
    outline = dp.Polygon(np.array([1, 1, 6, 1, 6, 5.0]), label=1, group=7)
    other = dp.Polygon(np.array([7, 1, 9, 1, 9, 5.0]), label=1, group=7)
    export(dataset_of(outline, dp.Bbox(0, 0, 10, 6, label=1, group=7), other), tmp_path / "out")
    box, found = read(tmp_path / "out")["train", "a"].annotations
    assert isinstance(box, dp.Bbox)
    assert (box.x, box.y, box.w, box.h) == (0, 0, 10, 6)
    assert isinstance(found, dp.Mask)
    union = draw(outline, HEIGHT, WIDTH) | draw(other, HEIGHT, WIDTH)
    np.testing.assert_array_equal(draw(found, HEIGHT, WIDTH), union)


def test_higher_shapes_hide_lower_ones_which_is_counted(tmp_path: Path) -> None:
    high, low = mask(2, 2, 5, 5, label=2, z_order=1), mask(4, 4, 8, 8, label=1)
    losses = export(dataset_of(high, low), tmp_path / "out")
    found = [one for one in read(tmp_path / "out")["train", "a"].annotations if isinstance(one, dp.Mask)]
    np.testing.assert_array_equal(draw(found[0], HEIGHT, WIDTH), bitmap(2, 2, 5, 5))
    np.testing.assert_array_equal(draw(found[1], HEIGHT, WIDTH), bitmap(4, 4, 8, 8) & ~bitmap(2, 2, 5, 5))
    assert losses.counts == {"mask that others hide, or a part of it": 1, "z_order of an annotation": 1}


def test_a_picture_has_numbers_for_254_objects(tmp_path: Path) -> None:
    dots = [dp.Mask(20, 20, mask_at(place), label=1) for place in range(260)]
    losses = export(dataset_of(*dots, media=dp.Image(None, 20, 20)), tmp_path / "out", task="segmentation")
    assert losses.counts == {"number of an object, of which a picture has 254": 6}
    found = read(tmp_path / "out", task="segmentation")["train", "a"].annotations
    assert [one.id for one in found] == list(range(255))


def mask_at(place: int) -> bytes:
    bits = np.zeros(400, bool)
    bits[place] = True
    return dp.model.rle.from_bitmap(bits.reshape(20, 20))


@pytest.mark.parametrize(
    ("annotation", "what"),
    [
        (dp.Caption("a cat"), "annotation of type Caption"),
        (dp.Points(np.array([1, 2.0]), label=1), "annotation of type Points"),
        (dp.Bbox(1, 1, 2, 2), "annotation without a label"),
        (dp.Bbox(1, 1, 2, 2, label=9), "annotation whose label is not among the categories"),
        (dp.Bbox(16, 1, 2, 2, label=1), "object outside of the picture"),
        (dp.Bbox(1, 1, 2, 2, label=1, id=9), "id of an annotation"),
        (dp.Bbox(1, 1, 2, 2, label=1, object_id=9), "object_id of an annotation"),
        (dp.Bbox(1, 1, 2, 2, label=1, z_order=9), "z_order of an annotation"),
        (dp.Bbox(1, 1, 2, 2, label=1, attributes={"score": 0.5}), "type of an attribute, which is text in VOC"),
        (dp.Bbox(1, 1, 2, 2, label=1, attributes={"a": None}), "attribute that is neither text nor a number"),
        (dp.Bbox(1, 1, 2, 2, label=1, attributes={"pose": 5}), "attribute whose name means something else in VOC"),
        (dp.Label(label=1, attributes={"x": "y"}), "attribute of an annotation"),
        (mask(1, 1, 3, 3, label=3), "mask that has no colour of its own"),
    ],
)
def test_what_is_lost_is_counted(annotation: dp.Annotation, what: str, tmp_path: Path) -> None:
    assert export(dataset_of(annotation), tmp_path / "out").counts[what] == 1


def test_a_mask_without_a_label_is_there_but_has_no_colour_beside_others(tmp_path: Path) -> None:
    assert export(dataset_of(mask(1, 1, 3, 3)), tmp_path / "alone").lines() == []
    assert [one.label for one in read(tmp_path / "alone")["train", "a"].annotations] == [None]
    losses = export(dataset_of(mask(1, 1, 3, 3), mask(5, 5, 7, 7, label=1)), tmp_path / "both")
    assert losses.counts == {"mask that has no colour of its own": 1}


def test_what_is_lost_of_items_and_categories_is_counted(tmp_path: Path) -> None:
    labels = dp.LabelCategories(
        [dp.LabelCategory("cat", "pet", ["a,b"], {"x": 1}), dp.LabelCategory("dog")], [dp.LabelGroup("g")], ["z"]
    )
    masks = dp.MaskCategories({0: (1, 2, 3), 1: (1, 2, 3)}, ["m"])
    categories = dp.Categories(labels, masks, dp.PointsCategories({0: dp.PointsCategory(["nose"])}))
    losses = export(dataset_of(categories=categories, attributes={"weather": "rain"}), tmp_path / "out")
    assert sum(losses.counts.values()) == len(losses.counts) == 9


def test_objects_have_what_other_programs_expect(tmp_path: Path) -> None:
    export(dataset_of(dp.Bbox(1, 1, 2, 2.5, label=1)), tmp_path / "out", one_based=True)
    text = (tmp_path / "out/Annotations/a.xml").read_text("utf-8")
    for part in ("<filename>a.jpg<", "<depth>3<", "<pose>Unspecified<", "<truncated>0<", "<difficult>0<", "<ymax>3.5<"):
        assert part in text


def test_background_gets_a_line_where_pictures_need_its_colour(tmp_path: Path) -> None:
    categories = dp.Categories.from_labels(["cat", "dog"])
    export(dataset_of(mask(1, 1, 3, 3, label=1), categories=categories), tmp_path / "out")
    lines = (tmp_path / "out/labelmap.txt").read_text("utf-8").splitlines()
    assert lines[1:] == ["cat:128,0,0::", "dog:0,128,0::", "background:0,0,0::"]
    export(dataset_of(dp.Bbox(1, 1, 2, 2, label=1), categories=categories), tmp_path / "boxes")
    assert (tmp_path / "boxes/labelmap.txt").read_text("utf-8").splitlines()[1:] == ["cat:::", "dog:::"]


@pytest.mark.parametrize("name", ["../x", "/x", "a//b", "x\ny", " x", "x\t", "#x", 'x"y', "a\\b", "C:x", "", "a/../b"])
def test_ids_that_cannot_be_written_are_refused(name: str, tmp_path: Path) -> None:
    dataset = dp.Dataset.from_iterable([dp.Item(name, "train")], categories=CATEGORIES)
    with pytest.raises((dp.InvalidItemError, dp.MediaPathError)):
        export(dataset, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("names", [["a:b"], ["a", "a"], [" a"], ["#a"], [""], ["a\nb"], ["a/b"], [".."]])
def test_labels_that_cannot_be_written_are_refused(names: list[str], tmp_path: Path) -> None:
    with pytest.raises(dp.InvalidItemError):
        export(dataset_of(categories=dp.Categories.from_labels(names)), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_subsets_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    for subsets in (["a/b"], [".."], ["train", "cat_train"]):
        dataset = dp.Dataset.from_iterable([dp.Item("a", subset) for subset in subsets], categories=CATEGORIES)
        with pytest.raises(dp.InvalidItemError):
            export(dataset, tmp_path / "out")


@pytest.mark.parametrize(
    "annotation",
    [
        dp.Bbox(float("nan"), 1, 2, 2, label=1),
        dp.Bbox(1, 1, -2, 2, label=1),
        dp.Polygon(np.array([1, 1, 2, float("inf"), 5, 5.0]), label=1),
        dp.Bbox(1, 1, 2, 2, label=1, attributes={"note": "\0"}),
        dp.Mask(HEIGHT, WIDTH, b"\xff", label=1),
        dp.Mask(3, 3, dp.model.rle.encode_runs([4, 5]), label=1),
    ],
)
def test_annotations_that_cannot_be_written_are_named_with_their_item(
    annotation: dp.Annotation, tmp_path: Path
) -> None:
    with pytest.raises(dp.InvalidItemError, match="'a'"):
        export(dataset_of(annotation, mask(1, 1, 2, 2, label=1)), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_shape_needs_the_size_of_its_picture_which_its_header_tells(tmp_path: Path) -> None:
    shape = dp.Ellipse(1, 1, 4, 4, label=1)
    with pytest.raises(dp.MediaNotFoundError, match="size"):
        export(dataset_of(shape, media=None), tmp_path / "out")
    export(dataset_of(shape, media=dp.Image.from_bytes(picture(WIDTH, HEIGHT))), tmp_path / "out")
    assert pixels(tmp_path / "out/SegmentationClass/a.png").shape == (HEIGHT, WIDTH, 3)


def test_items_of_one_id_that_differ_are_refused(tmp_path: Path) -> None:
    first = dp.Item("a", "train", MEDIA, annotations=rich_annotations())
    others: list[list[dp.Annotation]] = [[], rich_annotations()[:5], [mask(0, 0, 9, 9, label=1)]]
    for other in others:
        items = [first, dp.Item("a", "val", MEDIA, annotations=other)]
        with pytest.raises(dp.InvalidItemError, match="'a'"):
            export(dp.Dataset.from_iterable(items, categories=CATEGORIES), tmp_path / "out")
    media = [dp.Image.from_bytes(picture(WIDTH, HEIGHT, kind), HEIGHT, WIDTH) for kind in ("JPEG", "GIF")]
    items = [dp.Item("a", subset, one) for subset, one in zip(("train", "val"), media, strict=True)]
    with pytest.raises(dp.InvalidItemError, match="'a'"):
        export(dp.Dataset.from_iterable(items, categories=CATEGORIES), tmp_path / "out", save_media=True)


def test_overwriting_leaves_nothing_that_would_be_read_again(tmp_path: Path) -> None:
    make(tmp_path / "out", {"dataset_meta.json": "{}", "JPEGImages/old.jpg": picture()})
    export(rich_dataset(tmp_path), tmp_path / "out", overwrite=True)
    item = dp.Item("a", "other", MEDIA, annotations=[dp.Bbox(1, 1, 2, 2, label=1)])
    export(dp.Dataset.from_iterable([item], categories=CATEGORIES), tmp_path / "out", overwrite=True)
    assert list(read(tmp_path / "out")) == [("other", "a")]
    assert [type(one) for one in read(tmp_path / "out")["other", "a"].annotations] == [dp.Bbox]
    assert (tmp_path / "out/JPEGImages/old.jpg").is_file()


def test_parts_that_were_renamed_or_dropped(tmp_path: Path) -> None:
    (tmp_path / "in" / "ImageSets" / "Main").mkdir(parents=True)
    (tmp_path / "in" / "Annotations").mkdir()
    (tmp_path / "in" / "ImageSets" / "Main" / "train.txt").write_text("a\n")
    (tmp_path / "in" / "labelmap.txt").write_text("person::head,hand:\ndog::head2:\n")
    dataset = dp.Dataset.import_from(tmp_path / "in", "voc")
    assert not dataset.export(tmp_path / "same", "voc")
    assert "person::head,hand:" in (tmp_path / "same" / "labelmap.txt").read_text()
    changed = dataset.relabel({"head": "skull", "person": "human"}, drop=["hand", "head2"])
    assert not changed.export(tmp_path / "out", "voc")
    lines = (tmp_path / "out" / "labelmap.txt").read_text().splitlines()
    assert lines[1:] == ["human::skull:", "dog:::"]
