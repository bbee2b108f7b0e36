"""What files of any age and order say, and where media are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import datumpb as dp
from datumpb.errors import ItemNotFoundError, MediaNotFoundError, MediaPathError
from datumpb.model.media import media_refs
from tests.support.pictures import make

if TYPE_CHECKING:
    from pathlib import Path

HEAD = {"dm_format_version": "1.0", "media_type": 2, "infos": {}, "categories": {}}


def dataset(folder: Path, *items: dict[str, Any], files: tuple[str, ...] = (), **head: Any) -> dp.Dataset:  # noqa: ANN401 -- JSON
    """Write a file of the subset t, and files with their own paths for contents; open the dataset."""
    document = json.dumps({**HEAD, **head, "items": items})
    make(folder, {"annotations/t.json": document, **{name: name for name in files}})
    return dp.Dataset.import_from(folder, "datumaro")


def read(folder: Path, entry: dict[str, Any], *files: str) -> dp.Item:
    (item,) = dataset(folder, {"id": "a/b", "annotations": [], **entry}, files=files)
    return item


def annotation(folder: Path, **entry: Any) -> dp.Annotation:  # noqa: ANN401 -- JSON
    (found,) = read(folder, {"annotations": [entry]}).annotations
    return found


def test_what_may_be_missing_or_null(tmp_path: Path) -> None:
    assert annotation(tmp_path, type="bbox", bbox=[1, 2.5, 3, 4]) == dp.Bbox(1, 2.5, 3, 4)
    keys = ("id", "attributes", "group", "object_id", "label_id", "z_order")
    assert annotation(tmp_path, type="label", **dict.fromkeys(keys)) == dp.Label()
    found = annotation(tmp_path, type="points", points=[1, 2], visibility=None)
    assert found == dp.Points(np.array([1, 2]), np.array([2]))
    assert read(tmp_path, {"attr": None, "image": None}) == dp.Item("a/b", "t")
    assert read(tmp_path, {"annotations": []}) == dp.Item("a/b", "t")


def test_numbers_stay_what_they_are(tmp_path: Path) -> None:
    found = annotation(tmp_path, type="polyline", points=[0.1, -0.0, 1e300, 2**60 + 1])
    assert isinstance(found, dp.PolyLine)
    assert found == dp.PolyLine(np.array([0.1, -0.0, 1e300, float(2**60 + 1)]))
    attributes = {"a": 1, "b": 1.0, "c": True, "d": 10**40, "e": float("nan"), "f": -float("inf"), "g": [None, {}]}
    assert read(tmp_path, {"attr": attributes}) == dp.Item("a/b", "t", attributes=attributes)  # type: ignore[arg-type]


def test_keys_that_nobody_knows(tmp_path: Path) -> None:
    entry = {"id": "a", "new": 1, "annotations": [{"type": "label", "label_id": 0, "new": [2]}]}
    assert list(dataset(tmp_path, entry, new={"items": 3})) == [dp.Item("a", "t", annotations=[dp.Label(label=0)])]


def test_object_id_minus_one_is_none(tmp_path: Path) -> None:
    assert annotation(tmp_path, type="label", object_id=-1) == dp.Label()
    assert annotation(tmp_path, type="label", object_id=0) == dp.Label(object_id=0)


def test_the_keys_at_the_top_in_any_order(tmp_path: Path) -> None:
    text = '{"items":[{"id":"a"}],"categories":{"label":{"labels":[{"name":"cat"}]}},"media_type":6,"infos":{"a":1}}'
    make(tmp_path, {"annotations/t.json": text})
    found = dp.Dataset.import_from(tmp_path)
    assert found.categories() == dp.Categories.from_labels(["cat"])
    assert found.media_type() is dp.MediaType.POINT_CLOUD
    assert found.infos() == {"a": 1}
    assert list(found) == [dp.Item("a", "t")]


def test_what_stands_before_the_items_is_read_alone(tmp_path: Path) -> None:
    text = json.dumps(HEAD)[:-1] + ', "items": [{"id": "a"}, not JSON'
    make(tmp_path, {"annotations/t.json": text})
    found = dp.Dataset.import_from(tmp_path, "datumaro")
    assert found.media_type() is dp.MediaType.IMAGE
    assert next(iter(found)).id == "a"


def test_a_file_that_stands_alone(tmp_path: Path) -> None:
    dataset(tmp_path, {"id": "a", "image": {"path": "a.png"}}, files=("images/t/a.png",))
    for place in (tmp_path / "annotations" / "t.json", tmp_path / "t.json"):
        place.write_bytes((tmp_path / "annotations" / "t.json").read_bytes())
        assert dp.Dataset.detect(place) == "datumaro"
        (item,) = dp.Dataset.import_from(place)
        assert item.subset == "t"
        assert [ref.read() for ref in media_refs(item.media)] == [b"images/t/a.png"]


def test_one_item(tmp_path: Path) -> None:
    names = ["a", "é", "漢/字", "😀", "z"]
    found = dataset(tmp_path, *({"id": name, "attr": {"name": name}} for name in names))
    assert len(found) == len(names)
    for name in names:
        assert found.get(name, "t") == dp.Item(name, "t", attributes={"name": name})
    assert found.get("b", "t") is None
    with pytest.raises(ItemNotFoundError, match="subset 't' has no item 'b'"):
        found._source.item("b", "t")


@pytest.mark.parametrize(
    ("path", "files", "found"),
    [
        ("x.png", ("images/t/x.png", "images/x.png"), "images/t/x.png"),
        ("x.png", ("images/x.png",), "images/x.png"),
        ("t/x.png", ("images/t/x.png",), "images/t/x.png"),
        ("", ("images/t/a/b.jpg",), "images/t/a/b.jpg"),
        (None, ("images/a/b.jpg",), "images/a/b.jpg"),
    ],
)
def test_where_an_image_is(path: str | None, files: tuple[str, ...], found: str, tmp_path: Path) -> None:
    media = read(tmp_path, {"image": {"path": path, "size": [3, 4]}}, *files).media
    assert media == dp.Image(dp.MediaRef(found), 3, 4)
    assert [ref.read() for ref in media_refs(media)] == [found.encode()]


def test_an_image_without_a_file(tmp_path: Path) -> None:
    assert read(tmp_path, {"image": {"path": ""}}).media == dp.Image()
    media = read(tmp_path, {"image": {"path": "x.png", "size": None}}).media
    assert media == dp.Image(dp.MediaRef("images/t/x.png"))
    with pytest.raises(MediaNotFoundError):
        media_refs(media)[0].read()


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../etc/passwd", "a/../../../x", "a\\..\\x"])
@pytest.mark.parametrize("kind", ["image", "point_cloud", "video", "video_frame", "media"])
def test_a_path_that_leads_elsewhere(kind: str, path: str, tmp_path: Path) -> None:
    info = {"path": path, "video_path": path, "frame_index": 0}
    (ref,) = media_refs(read(tmp_path, {kind: info}).media)
    with pytest.raises(MediaPathError):
        ref.read()


def test_the_other_kinds_of_media(tmp_path: Path) -> None:
    cloud = {"point_cloud": {"path": "x.pcd"}, "related_images": [{"path": "x/0.png", "size": [1, 2]}, {"path": None}]}
    images = [dp.Image(dp.MediaRef("images/t/x/0.png"), 1, 2), dp.Image()]
    assert read(tmp_path, cloud).media == dp.PointCloud(dp.MediaRef("point_clouds/t/x.pcd"), images)
    video = dp.MediaRef("videos/t/v.avi")
    assert read(tmp_path, {"video": {"path": "v.avi"}}).media == dp.Video(video)
    ranged = {"path": "v.avi", "step": 2, "start_frame": 3, "end_frame": 4}
    assert read(tmp_path, {"video": ranged}).media == dp.Video(video, 2, 3, 4)
    frame = {"video_path": "v.avi", "frame_index": 7}
    assert read(tmp_path, {"video_frame": frame}).media == dp.VideoFrame(dp.Video(video), 7)
    assert read(tmp_path, {"media": {"path": "x/y.wav"}}).media == dp.GenericMedia(dp.MediaRef("x/y.wav"))
    assert read(tmp_path, {"media": {"path": ""}}).media is None


def test_images_of_a_cloud_that_datumaro_saved_elsewhere(tmp_path: Path) -> None:
    entry = {"point_cloud": {"path": "a_b.pcd"}, "related_images": [{"path": "a_b/extra_image_0.png"}]}
    media = read(tmp_path, entry, "images/t/a/b/extra_image_0.png").media
    assert [ref.path for ref in media_refs(media)] == ["point_clouds/t/a_b.pcd", "images/t/a/b/extra_image_0.png"]


def test_told_from_other_formats(tmp_path: Path) -> None:
    labels = [{"name": f"label {number}", "parent": "", "attributes": []} for number in range(5000)]
    for name, head in (("a", {}), ("b", {"dm_format_version": None})):
        document = {**HEAD, "categories": {"label": {"labels": labels}}, **head, "items": []}
        make(tmp_path / name, {"annotations/t.json": json.dumps({k: v for k, v in document.items() if v is not None})})
        assert dp.Dataset.detect(tmp_path / name) == "datumaro"
    coco = {"images": [], "categories": [{"items": 1, "label": 2}], "annotations": []}
    make(tmp_path / "coco", {"annotations/instances_t.json": json.dumps(coco)})
    assert dp.Dataset.detect(tmp_path / "coco") == "coco"
    make(tmp_path / "other", {"annotations/t.json": '{"items": [], "categories": []}', "annotations/u.json": "[{}]"})
    with pytest.raises(dp.UnknownFormatError):
        dp.Dataset.detect(tmp_path / "other")
