"""Bad files: each gives a typed error that names file and place, whatever is wrong with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import datumpb as dp
from datumpb.errors import DatasetError, DatumpbError, SourceFormatError
from tests.support.pictures import make
from tests.support.samples import one_line

if TYPE_CHECKING:
    from pathlib import Path

GOOD: dict[str, Any] = {
    "dm_format_version": "1.0",
    "media_type": 2,
    "infos": {"a": [1, None]},
    "categories": {"label": {"labels": [{"name": "cat", "parent": ""}], "label_groups": [], "attributes": []}},
    "items": [
        {
            "id": "a",
            "annotations": [
                {"id": 1, "type": "label", "attributes": {"x": 1}, "group": 0, "label_id": 0, "object_id": 3},
                {"type": "mask", "rle": {"counts": "02", "size": [1, 2]}, "label_id": None, "z_order": 0},
                {"type": "points", "points": [1, 2], "visibility": [2]},
                {"type": "polygon", "points": [1, 2, 3, 4, 5, 6]},
                {"type": "bbox", "bbox": [1, 2, 3, 4]},
                {"type": "caption", "caption": "é"},
                {"type": "cuboid_3d", "position": [1, 2, 3], "rotation": [1, 2, 3], "scale": [1, 2, 3]},
                {"type": "cuboid_2d", "points": [[1, 2]] * 8},
            ],
            "attr": {"b": None},
            "image": {"path": "a.png", "size": [3, 4]},
        },
        {"id": "b", "annotations": [], "point_cloud": {"path": "b.pcd"}, "related_images": [{"path": "b.png"}]},
        {"id": "c", "annotations": [], "video": {"path": "c.avi", "step": 1, "start_frame": 0, "end_frame": 5}},
        {"id": "d", "annotations": [], "video_frame": {"video_path": "c.avi", "frame_index": 3}},
    ],
}


def read_whole(folder: Path) -> list[dp.Item]:
    dataset = dp.Dataset.import_from(folder, "datumaro")
    dataset.categories()
    dataset.infos()
    items = list(dataset)
    assert len(dataset) == len(items)
    return items


def write(folder: Path, text: str | bytes) -> Path:
    return make(folder, {"annotations/t.json": text}) / "annotations" / "t.json"


def error_of(folder: Path, document: dict[str, Any]) -> str:
    file = write(folder, json.dumps(document))
    with pytest.raises(SourceFormatError) as caught:
        read_whole(folder)
    return one_line(caught.value, file)


def test_the_good_one(tmp_path: Path) -> None:
    write(tmp_path, json.dumps(GOOD))
    assert [len(item.annotations) for item in read_whole(tmp_path)] == [8, 0, 0, 0]


def test_cut_off_at_every_byte(tmp_path: Path) -> None:
    data = json.dumps(GOOD, indent=1, ensure_ascii=False).encode()
    file = write(tmp_path, b"")
    for size in range(len(data)):
        file.write_bytes(data[:size])
        with pytest.raises(SourceFormatError, match=r"line \d+ column \d+|byte \d+") as caught:
            read_whole(tmp_path)
        one_line(caught.value, file)


def test_changed_at_every_byte(tmp_path: Path) -> None:
    data = json.dumps(GOOD).encode()
    file = write(tmp_path, b"")
    for place in range(len(data)):
        for new in b'"0[\xff':
            file.write_bytes(data[:place] + bytes([new]) + data[place + 1 :])
            try:
                read_whole(tmp_path)
            except SourceFormatError as error:
                one_line(error, file)


def every_place(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401 -- JSON
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in inner for place in every_place(child, (*path, key)))]


@pytest.mark.parametrize("value", [None, True, 1.5, -1, 10**30, "x", [], [[]], {}, {"a": 1}])
def test_any_other_value_at_any_place(value: Any, tmp_path: Path) -> None:  # noqa: ANN401 -- JSON
    for path in every_place(GOOD):
        document = json.loads(json.dumps(GOOD))
        outer = document
        for key in path[:-1]:
            outer = outer[key]
        if path:
            outer[path[-1]] = value
        else:
            document = value
        file = write(tmp_path, json.dumps(document))
        try:
            read_whole(tmp_path)
        except SourceFormatError as error:
            text = one_line(error, file)
            if len(path) > 2 and path[0] == "items" and path[2] != "id":
                assert f"item {GOOD['items'][path[1]]['id']!r}" in text
                assert str(path[2]) in text


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({}, "annotations[0].type: this key is missing"),
        ({"type": 1}, "annotations[0].type: text expected, not int"),
        (
            {"type": "rotated_bbox"},
            "annotations[0].type: annotation of the unknown type 'rotated_bbox'; there are: label",
        ),
        ({"type": "label", "id": 2**63}, "annotations[0].id: a number from -9223372036854775808 to"),
        ({"type": "label", "label_id": -1}, "annotations[0].label_id: a number from 0 to 4294967295 expected"),
        ({"type": "label", "label_id": True}, "annotations[0].label_id: a whole number expected, not bool"),
        ({"type": "label", "group": 1.0}, "annotations[0].group: a whole number expected, not float"),
        ({"type": "label", "attributes": []}, "annotations[0].attributes: a map expected, not list"),
        ({"type": "mask", "rle": {"counts": "2", "size": [2, 2]}}, "annotations[0].rle: RLE does not fit its size"),
        ({"type": "mask", "rle": {"counts": "é", "size": [2, 2]}}, "annotations[0].rle: RLE has a character"),
        ({"type": "mask", "rle": {"counts": [4], "size": [2, 2]}}, "rle.counts: text expected, not list"),
        ({"type": "mask", "rle": {"counts": "4", "size": [2]}}, "rle.size: height and width expected"),
        ({"type": "mask", "rle": {"counts": "4", "size": [2**31, 2**31]}}, "RLE of an impossible size"),
        ({"type": "polygon", "points": [1, 2, 3]}, "points: odd coordinate count: 3 numbers"),
        ({"type": "polygon", "points": [1, None]}, "points: a list of numbers expected"),
        ({"type": "polygon", "points": [1, True]}, "points: a list of numbers expected"),
        ({"type": "polygon", "points": [1, 10**400]}, "points: a number beyond the range of a double"),
        ({"type": "points", "points": [1, 2], "visibility": []}, "visibility: 0 numbers of visibility for 1 points"),
        ({"type": "points", "points": [1, 2], "visibility": [256]}, "visibility: whole numbers from 0 to 255"),
        ({"type": "bbox", "bbox": [1, 2, 3]}, "bbox: 4 numbers expected, not 3"),
        ({"type": "ellipse", "points": [1, 2, 3]}, "points: 4 numbers expected, not 3"),
        ({"type": "caption"}, "caption: this key is missing"),
        ({"type": "cuboid_3d", "position": [1, 2]}, "position: 3 numbers expected, not 2"),
        ({"type": "cuboid_2d", "points": [1] * 16}, "points: eight corners expected, not 16"),
        ({"type": "cuboid_2d", "points": [[1]] * 8}, "points[0]: 2 numbers expected, not 1"),
    ],
)
def test_an_annotation(entry: dict[str, Any], message: str, tmp_path: Path) -> None:
    text = error_of(tmp_path, {**GOOD, "items": [{"id": "the item", "annotations": [entry]}]})
    assert "t.json: item 'the item'.annotations[0]." in text
    assert message in text


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (1, "items[0]: a map expected, not int"),
        ({}, "items[0].id: this key is missing"),
        ({"id": 5}, "items[0].id: text expected, not int"),
        ({"id": "a", "annotations": {}}, "item 'a'.annotations: a list expected, not dict"),
        ({"id": "a", "annotations": [1]}, "item 'a'.annotations[0]: a map expected, not int"),
        ({"id": "a", "attr": [1]}, "item 'a'.attr: a map expected, not list"),
        ({"id": "a", "image": "x"}, "item 'a'.image: a map expected, not str"),
        ({"id": "a", "image": {"path": 1}}, "item 'a'.image.path: text expected, not int"),
        ({"id": "a", "image": {"path": "x", "size": [1]}}, "item 'a'.image.size: height and width expected"),
        ({"id": "a", "image": {"path": "x", "size": [1, -1]}}, "item 'a'.image.size: a number from 0 to"),
        (
            {"id": "a", "image": {"path": "x"}, "video": {"path": "y"}},
            "an item has one medium, not image and video",
        ),
        ({"id": "a", "video": {"path": "y", "step": 0}}, "item 'a'.video.step: a number from 1 to"),
        ({"id": "a", "video_frame": {"video_path": "y"}}, "item 'a'.video_frame.frame_index: this key is missing"),
        ({"id": "a", "video_frame": {"video_path": "y", "frame_index": -1}}, "frame_index: a number from 0 to"),
        (
            {"id": "a", "point_cloud": {"path": "y"}, "related_images": [1]},
            "item 'a'.related_images[0]: a map",
        ),
    ],
)
def test_an_item(entry: Any, message: str, tmp_path: Path) -> None:  # noqa: ANN401 -- JSON
    assert message in error_of(tmp_path, {**GOOD, "items": [entry]})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dm_format_version": "2.0"}, "dm_format_version: version '2.0' of the format is not known"),
        ({"dm_format_version": 1}, "dm_format_version: version 1 of the format"),
        ({"media_type": 99}, "media_type: media of the unknown kind 99"),
        ({"media_type": "image"}, "media_type: a whole number expected, not str"),
        ({"infos": []}, "infos: a map expected, not list"),
        ({"categories": []}, "categories: a map expected, not list"),
        ({"categories": {"label": {"labels": [{}]}}}, "categories.label.labels[0].name: this key is missing"),
        ({"items": {}}, "'[' should stand here"),
    ],
)
def test_what_holds_for_all_items(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    assert message in error_of(tmp_path, {**GOOD, **changes})


@pytest.mark.parametrize("key", ["items", "categories"])
def test_a_key_that_is_missing(key: str, tmp_path: Path) -> None:
    document = {name: value for name, value in GOOD.items() if name != key}
    assert f"t.json: {key}: this key is missing" in error_of(tmp_path, document)


def test_an_id_that_is_there_twice(tmp_path: Path) -> None:
    file = write(tmp_path, '{"categories": {}, "items": [{"id": "a"},\n {"id": "b"},\n {"id": "a"}]}')
    with pytest.raises(
        SourceFormatError, match=r"line 3 column 2: items\[2\]\.id: the id 'a' is there twice"
    ) as caught:
        len(dp.Dataset.import_from(tmp_path))
    one_line(caught.value, file)


def test_nothing_is_left_of_a_conversion(tmp_path: Path) -> None:
    write(tmp_path / "in", '{"categories": {}, "items": [{"id": "a"},\n {"id": "b", "annotations": [{"type": "x"}]}]}')
    with pytest.raises(SourceFormatError, match="unknown type 'x'"):
        dp.Dataset.import_from(tmp_path / "in").export(tmp_path / "out", "datumaro")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_no_annotation_files(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no annotation files \(annotations/\*\.json\)"):
        dp.Dataset.import_from(tmp_path, "datumaro")
    with pytest.raises(DatumpbError):
        dp.Dataset.import_from(tmp_path)
