"""What VOC holds comes back the same; and a VOC folder that is read and written says the same as before."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image
import pytest

import datumpb as dp
from datumpb.formats import voc
from datumpb.model import rle
from tests.support.pictures import ASSETS, make, picture
from tests.support.voc import (
    CATEGORIES,
    HEIGHT,
    LABELMAP,
    WIDTH,
    annotation_xml,
    box_xml,
    export,
    folder_files,
    mask,
    object_xml,
    read,
    rich_dataset,
)

if TYPE_CHECKING:
    from pathlib import Path

HEAD = (
    '<folder>VOC2012</folder><source x="&quot;y"><database>A &amp; B</database><flickrid>1</flickrid></source>'
    "<owner><name>?</name><name>!</name></owner><size><width>15</width><height>10</height><depth>1</depth></size>"
    "<segmented>0</segmented><note/>"
)
FULL = (
    object_xml("person", more="<pose>Left</pose><truncated>1</truncated><difficult>0</difficult><point><x>1</x></point>")  # noqa: E501 -- one line of XML
    .replace("</object>", f"<part><name>head</name>{box_xml(1.5, 2, 3, 4)}<seen>yes</seen></part></object>"),
    object_xml("cat", "<bndbox><xmin>2</xmin><ymin>2</ymin><xmax>14.125</xmax><ymax>8</ymax><r>5</r></bndbox>"),
    object_xml("person", more="<actions><jumping>1</jumping><flying>0</flying></actions>"),
    object_xml(more="<attributes><attribute><name>a b</name><value> 1 </value></attribute></attributes>"),
)  # fmt: skip


def facts(node: ET.Element) -> Any:  # noqa: ANN401 -- nested
    """Say what an element says, numbers as numbers; the order counts for elements of one name only."""
    children: dict[str, list[Any]] = {}
    for child in node:
        children.setdefault(child.tag, []).append(facts(child))
    text = node.text or ""
    if node.tag in {"xmin", "ymin", "xmax", "ymax", "width", "height"}:
        return float(text)
    return text.strip() if children else text, dict(node.attrib), children


def said(root: Path) -> dict[str, Any]:
    """Say what a folder says: its XML files, the pixels of its masks, and its lists as sets of lines."""
    found: dict[str, Any] = {}
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        if path.suffix == ".xml":
            found[name] = facts(ET.parse(path).getroot())  # noqa: S314 -- as above
        elif path.suffix == ".png" and name.startswith("Segmentation"):
            found[name] = np.asarray(PIL.Image.open(path).convert("RGB")).tolist()
        elif name.startswith("ImageSets/") and path.is_file():
            lines = path.read_text("utf-8").split("\n")
            found[name] = sorted({" ".join(line.split()) for line in lines if line and not line.startswith("#")})
    return {name: value for name, value in found.items() if value}


def test_all_that_voc_holds_comes_back(tmp_path: Path) -> None:
    dataset = rich_dataset(tmp_path)
    losses = export(dataset, tmp_path / "out", save_media=True)
    assert losses.lines() == []
    items = read(tmp_path / "out")
    assert {key: item.annotations for key, item in items.items() if item.id == "a"} == {
        ("train", "a"): dataset.get("a", "train").annotations  # type: ignore[union-attr]  # it is there
    }
    assert len(items) == 3
    assert voc.read(tmp_path / "out").meta("train").categories == CATEGORIES
    for item in dataset:
        back = items[item.subset, item.id].media
        assert isinstance(back, dp.Image)
        assert isinstance(item.media, dp.Image)
        assert (back.height, back.width) == (HEIGHT, WIDTH)
        assert back.file is not None
        assert item.media.file is not None
        assert back.file.read() == item.media.file.read()


@pytest.mark.parametrize("one_based", [False, True])
def test_a_folder_says_the_same_after_it_was_read_and_written(one_based: bool, tmp_path: Path) -> None:
    files = folder_files(*FULL)
    files["Annotations/a.xml"] = annotation_xml(*FULL, head=HEAD)
    files["labelmap.txt"] = LABELMAP.replace("jumping", "jumping,flying")
    files["ImageSets/Layout/train.txt"] = "a 1\n"
    files["ImageSets/Action/train.txt"] = "a\n"
    files["ImageSets/Action/jumping_train.txt"] = "a 3  1\n"
    files["ImageSets/Action/flying_train.txt"] = "a 3 -1\n"
    files["ImageSets/Main/person_train.txt"] = "a  0\n"
    files["ImageSets/Main/cat_train.txt"] = "a  1\n"
    files["ImageSets/Main/background_train.txt"] = "a -1\n"
    root = make(tmp_path / "in", files)
    losses = export(dp.Dataset(voc.read(root, one_based=one_based)), tmp_path / "out", one_based=one_based)
    assert losses.lines() == []
    assert said(tmp_path / "out") == said(root)
    assert (tmp_path / "out/labelmap.txt").read_text("utf-8") == files["labelmap.txt"]


def test_an_item_of_two_subsets_is_there_once(tmp_path: Path) -> None:
    files = folder_files(object_xml())
    files["ImageSets/Main/trainval.txt"] = "a\n"
    root = make(tmp_path / "in", files)
    export(dp.Dataset(voc.read(root)), tmp_path / "out", save_media=True)
    assert said(tmp_path / "out") == said(root)
    assert [file.name for file in (tmp_path / "out/JPEGImages").iterdir()] == ["a.jpg"]


@pytest.mark.parametrize(
    ("classes", "objects"),
    [(True, True), (True, False), (False, True)],
)
@pytest.mark.parametrize("void", [True, False])
def test_pictures_of_masks_come_back_pixel_by_pixel(classes: bool, objects: bool, void: bool, tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    shades = np.array([(0, 0, 0), (10, 20, 200), (192, 128, 128), (224, 224, 192)], np.uint8)
    numbers = np.array([(0, 0, 0), (128, 0, 0), (0, 128, 0), (64, 0, 0), (224, 224, 192)], np.uint8)
    class_picture = shades[random.integers(0, 4, (HEIGHT, WIDTH))]
    object_picture = numbers[random.integers(0, 5, (HEIGHT, WIDTH))]
    labelmap = LABELMAP + ("ignored:224,224,192::\n" if void else "")
    files = folder_files(object_xml("cat"), object_xml("person"), labelmap=labelmap)
    files["ImageSets/Segmentation/train.txt"] = "a\n"
    root = make(tmp_path / "in", files)
    for wanted, folder, pixels in (
        (classes, "SegmentationClass", class_picture),
        (objects, "SegmentationObject", object_picture),
    ):
        if wanted:
            (root / folder).mkdir()
            PIL.Image.fromarray(pixels).save(root / folder / "a.png")
    losses = export(dp.Dataset(voc.read(root)), tmp_path / "out")
    assert losses.lines() == []
    assert said(tmp_path / "out") == said(root)
    masks = [one for one in read(root)["train", "a"].annotations if isinstance(one, dp.Mask)]
    covered = sum(rle.to_bitmap(one.counts, one.height, one.width).astype(int) for one in masks)
    shown = (class_picture.any(-1) if classes else False) | (object_picture.any(-1) if objects else False)
    np.testing.assert_array_equal(covered, shown)


def test_a_mask_and_the_box_of_its_number_and_label_are_one_object(tmp_path: Path) -> None:
    boxes: list[dp.Annotation] = [dp.Bbox(9, 5, 3, 4, label=1), dp.Bbox(1, 2, 4, 3, label=2)]
    shapes: list[dp.Annotation] = [mask(2, 1, 5, 5, label=2, id=2), mask(5, 9, 9, 12, label=2, id=1)]
    media = dp.Image(None, HEIGHT, WIDTH)
    item = dp.Item("a", "train", media, {"voc": {"annotation": {}}}, [*boxes, *shapes])
    export(dp.Dataset.from_iterable([item], categories=CATEGORIES), tmp_path / "out")
    found = read(tmp_path / "out")["train", "a"].annotations
    assert [(type(one), one.id, one.label, one.group) for one in found] == [
        (dp.Bbox, 1, 1, 0),
        (dp.Bbox, 2, 2, 2),
        (dp.Mask, 1, 2, 0),
        (dp.Mask, 2, 2, 2),
    ]


@pytest.mark.skipif(not ASSETS.is_dir(), reason="../shared/data is not here")
@pytest.mark.parametrize("name", ["voc_dataset1", "voc_dataset2", "voc_dataset3"])
def test_real_folders_say_the_same_after_they_were_read_and_written(name: str, tmp_path: Path) -> None:
    root = ASSETS / "voc_dataset" / name
    losses = export(dp.Dataset(voc.read(root)), tmp_path / "out", save_media=True)
    assert set(losses.counts) <= {"media file that is missing"}
    written, given = said(tmp_path / "out"), said(root)
    # Lists of actions and of parts are made of the XML files, which say more than the folder's own lists.
    added = {path for path in written.keys() - given.keys() if "ImageSets/Action/" in path}
    parts = "ImageSets/Layout/train.txt"
    written[parts] = [line.partition(" ")[0] for line in written.get(parts, [])]
    given.setdefault(parts, [])
    assert {path: value for path, value in written.items() if path not in added} == given
    assert read(tmp_path / "out") == read(root)


def test_through_the_own_format_and_back(tmp_path: Path) -> None:
    files = folder_files(*FULL)
    files["Annotations/a.xml"] = annotation_xml(*FULL, head=HEAD)
    files["labelmap.txt"] = LABELMAP.replace("jumping", "jumping,flying")
    files["JPEGImages/a.jpg"] = picture(WIDTH, HEIGHT, "JPEG")
    root = make(tmp_path / "in", files)
    dp.Dataset(voc.read(root)).export(tmp_path / "own", "datumpb", save_media=True)
    export(dp.Dataset.import_from(tmp_path / "own"), tmp_path / "out", save_media=True)
    assert {name: value for name, value in said(tmp_path / "out").items() if name.startswith("Anno")} == {
        name: value for name, value in said(root).items() if name.startswith("Anno")
    }
