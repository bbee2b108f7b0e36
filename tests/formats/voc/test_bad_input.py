"""Bad input gives a typed error that names the file and, where there is one, the line; nothing half-written stays."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import PIL.Image
import pytest

import datumpb as dp
from datumpb.formats import voc
from datumpb.formats.voc import elements
from tests.support.pictures import make
from tests.support.samples import one_line
from tests.support.voc import HEIGHT, WIDTH, annotation_xml, box_xml, export, folder_files, object_xml, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LAUGHS = """<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<annotation><object><name>&b;</name></object></annotation>"""
OUTSIDE = """<?xml version="1.0"?>
<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<annotation><folder>&a;</folder></annotation>"""
XML: dict[str, tuple[str | bytes, int]] = {
    "ends too early": ("<annotation>\n<object>\n", 3),
    "two closed for one": ("<annotation>\n</annotation></annotation>", 2),
    "empty": ("", 1),
    "text": ("a b c", 1),
    "another root": ("\n<annotations/>", 2),
    "billion laughs": (LAUGHS, 1),
    "a file from outside": (OUTSIDE, 2),
    "a document type": ('<?xml version="1.0"?>\n<!DOCTYPE annotation>\n<annotation/>', 2),
    "an unknown entity": ("<annotation>\n&b;</annotation>", 2),
    "not UTF-8": (b"<annotation>\n<folder>\xff</folder></annotation>", 2),
    "an unknown encoding": ('<?xml version="1.0" encoding="klingon"?><annotation/>', 1),
    "an encoding of many bytes": ('<?xml version="1.0" encoding="gb18030"?><annotation/>', 1),
    "nested too deep": ("<annotation>\n" + "<a>" * 60 + "</a>" * 60 + "</annotation>", 2),
    "no name": (annotation_xml("<object>" + box_xml(1, 1, 2, 2) + "</object>"), 2),
    "two names": (annotation_xml(object_xml(more="<name>cat</name>")), 2),
    "an unknown label": (annotation_xml(object_xml(), object_xml("dog")), 6),
    "no label": (annotation_xml(object_xml("")), 3),
    "no box": (annotation_xml(object_xml(box="")), 2),
    "no corner": (annotation_xml(object_xml(box="<bndbox><xmin>1</xmin></bndbox>")), 4),
    "no number": (annotation_xml(object_xml(box=box_xml("one", 2, 3, 4))), 4),
    "an element for a number": (annotation_xml(object_xml(box=box_xml("<a/>", 2, 3, 4))), 4),
    "NaN": (annotation_xml(object_xml(box=box_xml(1, 2, "nan", 4))), 4),
    "infinite": (annotation_xml(object_xml(box=box_xml(1, 2, "1e999", 4))), 4),
    "corners in the wrong order": (annotation_xml(object_xml(box=box_xml(5, 2, 3, 4))), 4),
    "a flag": (annotation_xml(object_xml(more="\n<difficult>2</difficult>")), 4),
    "a flag twice": (annotation_xml(object_xml(more="\n<difficult>1</difficult>\n<difficult>1</difficult>")), 5),
    "an action": (annotation_xml(object_xml("person", more="\n<actions>\n<jumping>yes</jumping></actions>")), 5),
    "an attribute without a value": (
        annotation_xml(object_xml(more="<attributes>\n<attribute><name>a</name></attribute></attributes>")),
        4,
    ),
    "an attribute twice": (
        annotation_xml(
            object_xml(more="<attributes>" + "\n<attribute><name>a</name><value/></attribute>" * 2 + "</attributes>")
        ),
        5,
    ),
    "an unknown part": (annotation_xml(object_xml("person", more="<part>\n<name>tail</name></part>")), 4),
    "a size that is no number": (annotation_xml(head="<size>\n<width>a</width><height>1</height></size>"), 2),
    "a negative size": (annotation_xml(head="<size>\n<width>-3</width><height>1</height></size>"), 2),
    "a size without height": (annotation_xml(head="<size>\n<width>3</width></size>"), 1),
    "a box outside the picture": (
        annotation_xml(object_xml(box=box_xml(16, 2, 18, 4)), head="<size><width>15</width><height>10</height></size>"),
        4,
    ),
    "a picture outside the dataset": (annotation_xml(head="\n<filename>../../secret.jpg</filename>"), 2),
}


def error_of(root: Path, name: str, line: int | None) -> str:
    with pytest.raises(dp.SourceFormatError) as caught:
        export(dp.Dataset(voc.read(root)), root.parent / "out")
    assert not (root.parent / "out").exists()
    assert list(root.parent.glob(".*")) == []
    return one_line(caught.value, root / name, *([] if line is None else [f"line {line}:"]))


@pytest.mark.parametrize("case", XML)
def test_a_bad_annotation_file_is_named_with_its_line(case: str, tmp_path: Path) -> None:
    content, line = XML[case]
    files = folder_files()
    files["Annotations/a.xml"] = content
    if case == "a picture outside the dataset":
        del files["JPEGImages/a.jpg"]
    error_of(make(tmp_path / "in", files), "Annotations/a.xml", line)


@pytest.mark.parametrize("case", ["ends too early", "billion laughs", "no box", "not UTF-8", "NaN"])
def test_so_it_is_where_labels_have_to_be_found_first(case: str, tmp_path: Path) -> None:
    content, line = XML[case]
    files = folder_files(labelmap=None)
    files["Annotations/a.xml"] = content
    error_of(make(tmp_path / "in", files), "Annotations/a.xml", line)


def test_entities_are_not_expanded_and_files_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.open", lambda *_: pytest.fail("opened"))
    for content in (LAUGHS, OUTSIDE):
        (tmp_path / "a.xml").write_bytes(content.encode())
        with pytest.raises(dp.SourceFormatError, match="DOCTYPE"):
            elements.parse(tmp_path / "a.xml", "annotation")


@pytest.mark.parametrize(("what", "limit"), [("_MAX_ELEMENTS", "elements"), ("MAX_BYTES", "bytes")])
def test_files_that_are_too_large_are_refused(
    what: str, limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elements, what, 20)
    root = make(tmp_path / "in", folder_files(*[object_xml()] * 5))
    assert limit in error_of(root, "Annotations/a.xml", None)


LISTS: dict[str, list[str | bytes]] = {
    "ImageSets/Main/train.txt": ["a\n../b\n", "a\n/b\n", "a\nb//c\n", "a\na\n", "a\nb\\c\n", "a\nC:b\n", b"a\n\xff\n"],
    "ImageSets/Main/cat_train.txt": ["a 1\na 2\n", "a  1\na\n", "a 1\nb 1\n", b"a 1\n\xff 1\n"],
    "ImageSets/Action/jumping_train.txt": ["a 1 1\na 1\n", "a 1 1\na 0 1\n", "a 1 1\nb 1 -1\n"],
    "labelmap.txt": [
        "cat:::\ndog\n",
        "cat:::\ndog:1,2::\n",
        "cat:::\ndog:1,2,256::\n",
        "cat:::\ncat:::\n",
        "cat:::\n:::\n",
    ],
}


@pytest.mark.parametrize(("name", "content"), [(name, text) for name, texts in LISTS.items() for text in texts])
def test_a_bad_line_is_named(name: str, content: str | bytes, tmp_path: Path) -> None:
    files = folder_files(object_xml())
    files["ImageSets/Action/train.txt"] = "a\n"
    files[name] = content
    root = make(tmp_path / "in", files)
    error_of(root, name, 2)


def test_a_list_about_an_unknown_label_is_named(tmp_path: Path) -> None:
    files = folder_files(object_xml())
    files["ImageSets/Main/dog_train.txt"] = "a  1\n"
    assert "'dog'" in error_of(make(tmp_path / "in", files), "ImageSets/Main/dog_train.txt", None)


def test_a_list_about_an_object_that_there_is_not(tmp_path: Path) -> None:
    files = folder_files(object_xml())
    files |= {"ImageSets/Action/train.txt": "a\n", "ImageSets/Action/jumping_train.txt": "a 2  1\n"}
    assert "object 2" in error_of(make(tmp_path / "in", files), "Annotations/a.xml", None)


def png(mode: str, value: object, size: tuple[int, int] = (WIDTH, HEIGHT)) -> bytes:
    buffer = io.BytesIO()
    PIL.Image.new(mode, size, value).save(buffer, "PNG")  # type: ignore[arg-type]  # of the mode
    return buffer.getvalue()


def bad_masks() -> Iterator[tuple[str, bytes, str]]:
    yield "SegmentationClass", png("RGB", (1, 2, 3)), "1,2,3"
    yield "SegmentationObject", png("RGB", (1, 2, 3)), "1,2,3"
    yield "SegmentationClass", png("RGB", (10, 20, 200), (WIDTH, HEIGHT + 1)), "11 x 15"
    yield "SegmentationObject", png("L", 1, (3, 4)), "4 x 3"
    yield "SegmentationObject", png("I;16", 300), "0 to 255"
    yield "SegmentationClass", png("RGB", 0)[:-30], "cannot be read"
    yield "SegmentationClass", b"no picture", "cannot be read"


@pytest.mark.parametrize(("folder", "content", "text"), list(bad_masks()))
def test_a_bad_picture_of_masks_is_named(folder: str, content: bytes, text: str, tmp_path: Path) -> None:
    files = folder_files()
    files["Annotations/a.xml"] = annotation_xml(head="<size><width>15</width><height>10</height></size>")
    files[f"{folder}/a.png"] = content
    assert text in error_of(make(tmp_path / "in", files), f"{folder}/a.png", None)


def test_a_picture_of_masks_that_is_too_large_is_refused_unseen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datumpb.model.rle.MAX_BITMAP_PIXELS", 100)
    files = folder_files(SegmentationClass__a=b"")
    files["SegmentationClass/a.png"] = png("RGB", 0)
    assert "too large" in error_of(make(tmp_path / "in", files), "SegmentationClass/a.png", None)


def test_a_missing_picture_is_an_error_for_who_wants_it(tmp_path: Path) -> None:
    files = folder_files(object_xml())
    del files["JPEGImages/a.jpg"]
    files["Annotations/a.xml"] = annotation_xml(object_xml(), head="<filename>a.jpg</filename>")
    item = read(make(tmp_path / "in", files))["train", "a"]
    assert isinstance(item.media, dp.Image)
    with pytest.raises(dp.MediaNotFoundError, match=r"a\.jpg"):
        item.media.pixels()


@pytest.mark.parametrize("content", ["[]", "{", '{"labels": 5}', '{"labels": ["a"], "parts": []}', '{"labels": [1]}',
    '{"labels": ["a"], "label_map": {"0": "a"}, "segmentation_colors": [[1, 2, 300]]}', "[" * 100_000])  # fmt: skip
def test_a_bad_file_of_labels_in_json_is_named(content: str, tmp_path: Path) -> None:
    files = {**folder_files(object_xml()), "dataset_meta.json": content}
    error_of(make(tmp_path / "in", files), "dataset_meta.json", None)


def test_what_is_no_dataset(tmp_path: Path) -> None:
    for files in ({}, {"ImageSets/Main/train.txt": "a\n"}, {"Annotations/a.xml": annotation_xml()}):
        root = make(tmp_path / str(len(list(tmp_path.iterdir()))), dict(files))
        assert voc.detect(root) is None
        with pytest.raises(dp.SourceFormatError):
            voc.read(root)
    with pytest.raises(dp.OptionError, match="task"):
        voc.read(make(tmp_path / "in", folder_files()), task="depth")
    with pytest.raises(dp.SourceFormatError, match="Layout"):
        voc.read(tmp_path / "in", task="layout")


def test_several_years_are_not_guessed(tmp_path: Path) -> None:
    for year in ("VOC2007", "VOC2012"):
        make(tmp_path / "VOCdevkit" / year, folder_files(object_xml()))
    with pytest.raises(dp.SourceFormatError, match="VOC2007, VOC2012"):
        voc.read(tmp_path / "VOCdevkit")
    assert list(read(tmp_path / "VOCdevkit/VOC2007")) == [("train", "a")]
