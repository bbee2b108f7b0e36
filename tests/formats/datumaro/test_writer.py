"""What is written where, what is counted as lost, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import datumpb as dp
from datumpb.errors import InvalidItemError, LossyConversionError, MediaPathError
from datumpb.model.item import Item
from datumpb.model.media import media_refs
from datumpb.model.meta import Meta
from tests.support.coco import ListSource
from tests.support.pictures import contents

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.model.values import Value

POINTS = np.arange(6.0)
PNG = b"\x89PNG picture"
NAN, INFINITE = float("nan"), float("inf")
NOT_JSON: list[Value] = [2**1023, -(2**1023), b"x", NAN, INFINITE, [b"x"], {"b": [b"x"]}, "\ud800", {"\ud800": 1}]
ATTRIBUTE = "attribute of an annotation that JSON cannot hold"
COORDINATES = "annotation with a coordinate that is NaN or infinite"


def export(folder: Path, *items: Item, meta: Meta | None = None, **options: Any) -> tuple[list[Item], dict[str, int]]:  # noqa: ANN401 -- of any type
    """Write items; return them as they are read again, and what was lost."""
    losses = dp.Dataset(ListSource(list(items), meta or Meta("t"))).export(folder, "datumaro", **options)
    return list(dp.Dataset.import_from(folder, "datumaro")), dict(losses.counts)


@pytest.mark.parametrize(
    ("annotation", "lost", "left"),
    [
        (dp.RotatedBbox(1, 2, 3, 4, 5), "annotation of the type RotatedBbox", None),
        (dp.FeatureVector(POINTS), "annotation of the type FeatureVector", None),
        (dp.DepthMap(dp.Image(dp.MediaRef(data=PNG))), "annotation of the type DepthMap", None),
        (dp.ImageAnnotation("x", dp.Image()), "annotation of the type ImageAnnotation", None),
        (dp.Tabular({"a": 1}), "annotation of the type Tabular", None),
        (dp.HashKey(b"x"), "annotation of the type HashKey", None),
        (dp.Label(), "Label without a label", None),
        (dp.Polygon(POINTS[:4]), "polygon of fewer than three points", None),
        (dp.Polygon(np.array([1, 2, 3, 4, 5, NAN])), COORDINATES, None),
        (dp.Bbox(1, 2, 3, INFINITE), COORDINATES, None),
        (dp.Ellipse(1, NAN, 3, 4), COORDINATES, None),
        (dp.Cuboid3d(POINTS[:3], POINTS[:3], np.array([1, 2, NAN])), COORDINATES, None),
        (dp.Cuboid2d(np.arange(16), y_3d=1), "y_3d of a Cuboid2d", dp.Cuboid2d(np.arange(16))),
        (
            dp.Points(POINTS[:4], np.array([1, 3])),
            "visibility that is not 0, 1 or 2, taken for 2",
            dp.Points(POINTS[:4], np.array([1, 2])),
        ),
        (dp.Caption("a", object_id=-1), "object_id -1, which means none", dp.Caption("a")),
        *(
            (
                dp.Caption("a", attributes={"x": value}),
                "attribute of an annotation that JSON cannot hold",
                dp.Caption("a"),
            )
            for value in NOT_JSON
        ),
    ],
)
def test_what_an_annotation_loses(
    annotation: dp.Annotation, lost: str, left: dp.Annotation | None, tmp_path: Path
) -> None:
    items, losses = export(tmp_path / "out", Item("a", "t", annotations=[annotation, dp.Bbox(1, 2, 3, 4)]))
    assert losses == {lost: 1}
    assert items[0].annotations == [*([] if left is None else [left]), dp.Bbox(1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("media", "lost", "left"),
    [
        (dp.MultiframeImage(None, []), "media of the kind MultiframeImage", None),
        (dp.TableRow(None, 1), "media of the kind TableRow", None),
        (dp.GenericMedia(), "media of no kind without a file", None),
        (dp.Image(None, 3), "size of an image that is empty or has one side only", dp.Image()),
        (dp.Image(None, 3, 0), "size of an image that is empty or has one side only", dp.Image()),
        (
            dp.VideoFrame(dp.Video(None, 2), 3),
            "step and range of a frame's video",
            dp.VideoFrame(dp.Video(), 3),
        ),
        (
            dp.Image(dp.MediaRef(data=PNG), 3, 4),
            "bytes of media that are kept inline, as media are not saved",
            dp.Image(None, 3, 4),
        ),
    ],
)
def test_what_media_lose(media: dp.Media, lost: str, left: dp.Media | None, tmp_path: Path) -> None:
    items, losses = export(tmp_path / "out", Item("a", "t", media), meta=Meta("t", media_type=dp.MediaType.MIXED))
    assert losses == {lost: 1}
    assert items[0].media == left


def test_what_the_dataset_loses(tmp_path: Path) -> None:
    infos: dict[str, Value] = {"a": 1, "b": b"x"}
    categories = dp.Categories(
        dp.LabelCategories([dp.LabelCategory("cat", infos={"id": 7})]),
        tabular=dp.TabularCategories([dp.TabularCategory("age", "int")]),
    )
    item = Item("a", "t", attributes={"x": b"y", "z": 1})
    items, losses = export(tmp_path / "out", item, meta=Meta("t", infos, categories, dp.MediaType.TABLE_ROW))
    assert losses == {
        "attribute of an item that JSON cannot hold": 1,
        "info of a label": 1,
        "info of the dataset": 1,
        "kind of media of the dataset": 1,
        "tabular categories": 1,
    }
    assert items[0].attributes == {"z": 1}
    dataset = dp.Dataset.import_from(tmp_path / "out")
    assert dataset.infos() == {"a": 1}
    assert dataset.categories() == dp.Categories.from_labels(["cat"])


def test_strict(tmp_path: Path) -> None:
    item = Item("a", "t", annotations=[dp.HashKey(b"x")])
    with pytest.raises(LossyConversionError, match="annotation of the type HashKey"):
        export(tmp_path / "out", item, strict=True)
    assert not list(tmp_path.iterdir())


def test_kinds_of_media_that_differ(tmp_path: Path) -> None:
    items = [Item("a", "t", dp.Image()), Item("b", "u", dp.Video())]
    losses = dp.Dataset.from_iterable(items).export(tmp_path / "out", "datumaro")
    assert dict(losses.counts) == {"kind of media of the dataset": 2}
    for subset in ("t", "u"):
        assert json.loads((tmp_path / "out" / "annotations" / f"{subset}.json").read_bytes())["media_type"] == 1
    assert [item.media for item in dp.Dataset.import_from(tmp_path / "out")] == [dp.Image(), dp.Video()]


def test_the_file_is_as_datumaro_has_it(tmp_path: Path) -> None:
    annotations: list[dp.Annotation] = [
        dp.Label(label=0, id=1, attributes={"x": 1.0}),
        dp.Mask(1, 2, b"02", group=3),
        dp.Points(POINTS[1:3], np.array([1]), label=1, object_id=4),
        dp.Caption("é"),
        dp.Cuboid3d(POINTS[1:4], POINTS[:3] / 4, POINTS[3:], label=0),
    ]
    items = [Item("a", "t", dp.Image(None, 3, 4), {"b": [None]}, annotations), Item("b", "t")]
    export(tmp_path, *items, meta=Meta("t", {"c": 1}, dp.Categories.from_labels(["cat"])))
    common = {"id": 0, "attributes": {}, "group": 0}
    found = json.loads((tmp_path / "annotations" / "t.json").read_text("utf-8"))
    labels = {"labels": [{"name": "cat", "parent": "", "attributes": []}], "label_groups": [], "attributes": []}
    assert found.pop("categories") == {"label": labels}
    assert found == {
        "dm_format_version": "1.0",
        "media_type": 2,
        "infos": {"c": 1},
        "items": [
            {
                "id": "a",
                "annotations": [
                    {**common, "type": "label", "id": 1, "attributes": {"x": 1.0}, "label_id": 0},
                    {
                        **common,
                        "type": "mask",
                        "group": 3,
                        "label_id": None,
                        "rle": {"counts": "02", "size": [1, 2]},
                        "z_order": 0,
                    },
                    {
                        **common,
                        "type": "points",
                        "object_id": 4,
                        "label_id": 1,
                        "points": [1.0, 2.0],
                        "z_order": 0,
                        "visibility": [1],
                    },
                    {**common, "type": "caption", "caption": "é"},
                    {
                        **common,
                        "type": "cuboid_3d",
                        "label_id": 0,
                        "position": [1.0, 2.0, 3.0],
                        "rotation": [0.0, 0.25, 0.5],
                        "scale": [3.0, 4.0, 5.0],
                    },
                ],
                "attr": {"b": [None]},
                "image": {"path": "", "size": [3, 4]},
            },
            {"id": "b", "annotations": []},
        ],
    }


@pytest.fixture
def media(tmp_path: Path) -> list[Item]:
    files = {}
    for name in ("a.jpg", "b.pcd", "b.png", "v.avi", "f.avi", "s.wav"):
        file = tmp_path / "files" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(name.encode())
        files[name] = dp.MediaRef(str(file))
    return [
        Item("a/1", "t", dp.Image(files["a.jpg"], 3, 4)),
        Item("inline", "t", dp.Image(dp.MediaRef(data=PNG))),
        Item("b", "t", dp.PointCloud(files["b.pcd"], [dp.Image(files["b.png"])])),
        Item("v", "t", dp.Video(files["v.avi"], 2)),
        Item("f0", "t", dp.VideoFrame(dp.Video(files["f.avi"]), 0)),
        Item("f1", "t", dp.VideoFrame(dp.Video(files["f.avi"]), 1)),
        Item("s", "t", dp.GenericMedia(files["s.wav"])),
    ]


PLACES = {
    "images/t/a/1.jpg": b"a.jpg",
    "images/t/inline.png": PNG,
    "point_clouds/t/b.pcd": b"b.pcd",
    "images/t/b/extra_image_0.png": b"b.png",
    "videos/t/v.avi": b"v.avi",
    "videos/t/f.avi": b"f.avi",
    "media/t/s.wav": b"s.wav",
}
MIXED = Meta("t", media_type=dp.MediaType.MIXED)


@pytest.mark.parametrize("how", [True, "link"])
def test_media_saved(how: object, media: list[Item], tmp_path: Path) -> None:
    items, losses = export(tmp_path / "out", *media, meta=MIXED, save_media=how)
    assert losses == {}
    assert {ref.path: ref.read() for item in items for ref in media_refs(item.media)} == PLACES
    files = contents(tmp_path / "out")
    assert files.pop("annotations/t.json")
    assert files == PLACES


def test_media_not_saved(media: list[Item], tmp_path: Path) -> None:
    items, _ = export(tmp_path / "out", *media, meta=MIXED)
    assert contents(tmp_path / "out").keys() == {"annotations/t.json"}
    assert {ref.path for item in items for ref in media_refs(item.media)} == PLACES.keys() - {"images/t/inline.png"}


def test_a_medium_that_is_missing(tmp_path: Path) -> None:
    gone = dp.Image(dp.MediaRef(str(tmp_path / "gone.png")))
    (item,), losses = export(tmp_path / "out", Item("a", "t", gone), save_media=True)
    assert losses == {"media file that is missing": 1}
    assert item.media == dp.Image(dp.MediaRef("images/t/a.png"))


def test_in_its_own_folder(media: list[Item], tmp_path: Path) -> None:
    export(tmp_path / "out", *media, meta=MIXED, save_media=True)
    dataset = dp.Dataset.import_from(tmp_path / "out")
    dataset.categories()
    (tmp_path / "out" / "annotations" / "old.json").write_text("{}")
    assert not dataset.export(tmp_path / "out", "datumaro", overwrite=True)
    files = contents(tmp_path / "out")
    assert files.pop("annotations/t.json")
    assert files == PLACES


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (Item("a\ud800", "t"), "half of a surrogate pair"),
        (Item("a", "t", annotations=[dp.Caption("\ud800")]), "item 'a' of 't': a text has half of a surrogate pair"),
        (Item("a", "t", annotations=[dp.Mask(2, 2, b"2")]), "item 'a' of 't': RLE does not fit its size"),
        (Item("a", "t", annotations=[dp.Mask(1, 1, b"\xff")]), "item 'a' of 't': RLE has a character"),
    ],
)
def test_items_that_are_refused(item: Item, message: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidItemError, match=message):
        export(tmp_path / "out", item)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("subset", ["..", "a/b", "", ".", "a\\b"])
def test_subsets_that_are_no_file_names(subset: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidItemError):
        export(tmp_path / "out", meta=Meta(subset))
    assert not list(tmp_path.iterdir())


def test_categories_that_are_not_unicode(tmp_path: Path) -> None:
    with pytest.raises(InvalidItemError, match="the categories of 't': a text has half of a surrogate pair"):
        export(tmp_path / "out", meta=Meta("t", categories=dp.Categories.from_labels(["\ud800"])))


def test_two_files_for_one_place(tmp_path: Path) -> None:
    picture = dp.Image(dp.MediaRef(data=PNG))
    with pytest.raises(MediaPathError):
        export(tmp_path / "out", Item("a", "t", picture), Item("a", "t", picture), save_media=True)
    assert not list(tmp_path.iterdir())


def test_nothing_is_left_behind_by_a_failure(tmp_path: Path) -> None:
    failing = ListSource([Item("a", "t")], Meta("t"), error=KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        dp.Dataset(failing).export(tmp_path / "out", "datumaro")
    assert not list(tmp_path.iterdir())
