"""What is written where, what is counted as lost, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from cryptography.fernet import Fernet

import datumpb as dp
from datumpb.errors import InvalidItemError, MediaPathError, OptionError, OutputExistsError
from datumpb.formats.datumaro_binary.container import read_head
from datumpb.formats.datumaro_binary.fernet import Cipher
from datumpb.model.item import Item
from datumpb.model.media import media_refs
from datumpb.model.meta import Meta
from tests.support import binary
from tests.support.coco import ListSource
from tests.support.samples import KEY, OTHER_KEY, one_line

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.model.values import Value

POINTS = np.arange(6.0)
PNG = b"\x89PNG picture"
NOT_JSON: list[Value] = [
    2**1023,
    -(2**1023),
    b"x",
    float("nan"),
    float("inf"),
    [b"x"],
    {"b": [b"x"]},
    "\ud800",
    {"\ud800": 1},
]
TRIANGLE = dp.Polygon(POINTS)


def export(
    folder: Path,
    *items: Item,
    meta: Meta | None = None,
    **options: Any,  # noqa: ANN401 -- of the format
) -> tuple[list[Item], dict[str, int]]:
    """Write items; return them as they are read again, and what was lost."""
    source = dp.Dataset(ListSource(list(items), meta or Meta("t")))
    losses = source.export(folder, "datumaro_binary", **options)
    key = options.get("encryption_key")
    return binary.read_whole(folder, key), dict(losses.counts)


@pytest.mark.parametrize(
    ("annotation", "lost", "left"),
    [
        (dp.RotatedBbox(1, 2, 3, 4, 5), "annotation of the type RotatedBbox", None),
        (dp.FeatureVector(POINTS), "annotation of the type FeatureVector", None),
        (dp.DepthMap(dp.Image(dp.MediaRef(data=PNG))), "annotation of the type DepthMap", None),
        (dp.ImageAnnotation("x", dp.Image()), "annotation of the type ImageAnnotation", None),
        (dp.Tabular({"a": 1}), "annotation of the type Tabular", None),
        (dp.HashKey(b"x"), "annotation of the type HashKey", None),
        (dp.Polygon(POINTS[:4]), "polygon of fewer than three points", None),
        (dp.Mask(2**31, 0, b""), "mask with a side beyond 2^31 - 1", None),
        (dp.Cuboid2d(np.arange(16), y_3d=1), "y_3d of a Cuboid2d", dp.Cuboid2d(np.arange(16))),
        (dp.Caption("a", label=1), "label of a Caption", dp.Caption("a")),
        (dp.Caption("a", z_order=1), "z_order of a Caption", dp.Caption("a")),
        (dp.Label(label=1, z_order=-1), "z_order of a Label", dp.Label(label=1)),
        (dp.Cuboid3d(*POINTS[:9].repeat(2)[:9].reshape(3, 3), z_order=1), "z_order of a Cuboid3d", ...),
        (dp.Polygon(POINTS, label=2**31 - 1), "label out of range", TRIANGLE),
        (dp.Polygon(POINTS, z_order=2**31), "z_order out of range", TRIANGLE),
        (dp.Polygon(POINTS, object_id=2**31), "object_id out of range", TRIANGLE),
        (dp.Polygon(POINTS, object_id=-1), "object_id -1, which means none", TRIANGLE),
        (dp.Polygon(POINTS + 0.1), "coordinates that 32-bit floats round", dp.Polygon((POINTS + 0.1).astype("f4"))),
        (dp.Ellipse(0, 0, 1e300, 1), "coordinates that 32-bit floats round", dp.Ellipse(0, 0, float("inf"), 1)),
        (dp.Bbox(2**24, 0, 1, 1), "coordinates that 32-bit floats round", dp.Bbox(2**24, 0, 0, 1)),
        (
            dp.Points(POINTS, np.array([1, 2, 255])),
            "visibility that is not 0, 1 or 2, taken for 2",
            dp.Points(POINTS, np.array([1, 2, 2])),
        ),
        *(
            (dp.Polygon(POINTS, attributes={"a": value}), "attribute of an annotation that JSON cannot hold", TRIANGLE)
            for value in NOT_JSON
        ),
    ],
)
def test_what_an_annotation_loses(annotation: dp.Annotation, lost: str, left: Any, tmp_path: Path) -> None:  # noqa: ANN401 -- an annotation, or not
    (item,), losses = export(tmp_path / "out", Item("a", "t", annotations=[annotation, dp.Caption("b")]))
    assert losses == {lost: 1}
    assert item.annotations[-1] == dp.Caption("b")
    if left is not ...:
        assert item.annotations[:-1] == ([] if left is None else [left])


@pytest.mark.parametrize(
    ("media", "lost", "left"),
    [
        (dp.GenericMedia(dp.MediaRef("a")), "media of the kind GenericMedia", None),
        (dp.MultiframeImage(dp.MediaRef("a")), "media of the kind MultiframeImage", None),
        (dp.TableRow(dp.MediaRef("a"), 1), "media of the kind TableRow", None),
        (dp.Image(None, 3), "size of an image with one side only, or one beyond 2^31 - 1", dp.Image()),
        (dp.Image(None, 3, 2**31), "size of an image with one side only, or one beyond 2^31 - 1", dp.Image()),
        (dp.Image(dp.MediaRef(data=PNG)), "bytes of media that are kept inline, as media are not saved", dp.Image()),
        (dp.Video(None, 2**32), "step of a video out of range", dp.Video()),
        (dp.Video(None, 1, 2**32), "start_frame of a video out of range", dp.Video()),
        (dp.Video(None, 1, 0, 2**32 - 1), "end_frame of a video out of range", dp.Video()),
        (dp.Video(None, 1, 3, 2), "end_frame of a video out of range", dp.Video(None, 1, 3)),
        (dp.VideoFrame(dp.Video(), 2**32), "index of a video frame out of range", dp.VideoFrame(dp.Video(), 0)),
        (dp.VideoFrame(dp.Video(None, 2), 1), "step and range of a frame's video", dp.VideoFrame(dp.Video(), 1)),
    ],
)
def test_what_media_lose(media: dp.Media, lost: str, left: dp.Media | None, tmp_path: Path) -> None:
    (item,), losses = export(tmp_path / "out", Item("a", "t", media), meta=Meta("t", media_type=dp.MediaType.MIXED))
    assert losses == {lost: 1}
    assert item.media == left


def test_what_metadata_lose(tmp_path: Path) -> None:
    labels = dp.LabelCategories(
        [
            dp.LabelCategory("cat", infos={"id": 7}),
            dp.LabelCategory("cat"),
            dp.LabelCategory(""),
            dp.LabelCategory("x"),
        ],
        [dp.LabelGroup("", ["cat"]), dp.LabelGroup("g", ["x"])],
    )
    points = {
        0: dp.PointsCategory(["a"], [], np.arange(4)),
        1: dp.PointsCategory([], [], np.array([[np.nan, 0]])),
        2: dp.PointsCategory(["a"], [], np.arange(2)),
    }
    categories = dp.Categories(
        labels,
        dp.MaskCategories(attributes=["m"]),
        dp.PointsCategories(points, ["p"]),
        dp.TabularCategories([dp.TabularCategory("t", "int")]),
    )
    infos: dict[str, Any] = {"a": 1, "b": b"x"}
    _, losses = export(tmp_path / "out", meta=Meta("t", infos, categories, dp.MediaType.TABLE_ROW))
    assert losses == {
        "info of the dataset": 1,
        "info of a label": 1,
        "name of a label, as it is empty or another label has it": 2,
        "group of labels without a name": 1,
        "attribute of the mask categories": 1,
        "attribute of the keypoint categories": 1,
        "default positions of keypoints": 2,
        "tabular categories": 1,
        "kind of media of the dataset": 1,
    }
    dataset = binary.open_dataset(tmp_path / "out")
    found = dataset.categories()
    assert found.labels is not None
    assert [label.name for label in found.labels] == ["cat", "cat_1", "label_2", "x"]
    assert found.labels.groups == labels.groups[1:]
    assert found.points is not None
    assert found.points.items[2] == points[2]
    assert found.points.items[0] == dp.PointsCategory(["a"])
    assert dataset.infos() == {"a": 1}


def test_kinds_of_media_that_differ(tmp_path: Path) -> None:
    items = [Item("a", "t", dp.Image()), Item("b", "u", dp.Video())]
    losses = dp.Dataset.from_iterable(items).export(tmp_path / "out", "datumaro_binary")
    assert dict(losses.counts) == {"kind of media of the dataset": 2}
    assert binary.open_dataset(tmp_path / "out").media_type() is dp.MediaType.MIXED
    assert [item.media for item in binary.read_whole(tmp_path / "out")] == [dp.Image(), dp.Video()]


@pytest.fixture
def media(tmp_path: Path) -> list[Item]:
    """Items of all kinds of media, each file with its name for contents."""
    files = {}
    for name in ("a.jpg", "b.pcd", "b.png", "v.avi", "f.avi"):
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
    ]


PLACES = {
    "images/t/a/1.jpg": b"a.jpg",
    "images/t/inline.png": PNG,
    "point_clouds/t/b.pcd": b"b.pcd",
    "images/t/b/extra_image_0.png": b"b.png",
    "videos/t/v.avi": b"v.avi",
    "videos/t/f.avi": b"f.avi",
}
MIXED = Meta("t", media_type=dp.MediaType.MIXED)
CLEAR = "encryption of media that are not images: they are saved in the clear"


def contents(items: list[Item]) -> dict[str | None, bytes]:
    refs = [ref for item in items for ref in media_refs(item.media)]
    return {ref.path: ref.read() for ref in refs}


def files_of(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file() and file.suffix not in {".datum", ".txt"})
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def test_media_saved(media: list[Item], tmp_path: Path) -> None:
    items, losses = export(tmp_path / "out", *media, meta=MIXED, save_media=True)
    assert losses == {}
    assert files_of(tmp_path / "out") == contents(items) == PLACES


def test_media_not_saved(media: list[Item], tmp_path: Path) -> None:
    items, _ = export(tmp_path / "out", *media, meta=MIXED)
    assert files_of(tmp_path / "out") == {}
    assert {ref.path for item in items for ref in media_refs(item.media)} == PLACES.keys() - {"images/t/inline.png"}


def test_media_encrypted(media: list[Item], tmp_path: Path) -> None:
    options: dict[str, Any] = {"save_media": True, "encryption": True, "encryption_key": KEY}
    items, losses = export(tmp_path / "out", *media, meta=MIXED, **options)
    assert losses == {CLEAR: 5}
    assert contents(items) == PLACES
    fernet = Fernet(KEY[6:])
    for path, data in files_of(tmp_path / "out").items():
        image = path in {"images/t/a/1.jpg", "images/t/inline.png"}
        assert (fernet.decrypt(data) if image else data) == PLACES[path]
    data = (tmp_path / "out" / "annotations" / "t.datum").read_bytes()
    assert b'"media_encryption":true' in data
    assert b"inline" not in data


def test_media_plain_in_an_encrypted_dataset(media: list[Item], tmp_path: Path) -> None:
    options: dict[str, Any] = {"save_media": True, "encryption": True, "encryption_key": KEY.encode()}
    items, losses = export(tmp_path / "out", *media, meta=MIXED, no_media_encryption=True, **options)
    assert losses == {}
    assert files_of(tmp_path / "out") == contents(items) == PLACES
    assert b'"media_encryption":false' in (tmp_path / "out" / "annotations" / "t.datum").read_bytes()


def test_a_medium_that_is_missing(tmp_path: Path) -> None:
    gone = dp.Image(dp.MediaRef(str(tmp_path / "gone.png")))
    choices: list[dict[str, Any]] = [{}, {"encryption": True, "encryption_key": KEY}]
    for options in choices:
        folder = tmp_path / f"out{len(options)}"
        (item,), losses = export(folder, Item("a", "t", gone), save_media=True, **options)
        assert losses == {"media file that is missing": 1}
        assert item.media == dp.Image(dp.MediaRef("images/t/a.png"))


def test_cuboids_are_numbered_as_their_readers_do(tmp_path: Path) -> None:
    item = Item("a", "t", annotations=[dp.Cuboid2d(np.arange(16), id=0x0123456789)])
    export(tmp_path / "plain", item)
    data = (tmp_path / "plain" / "annotations" / "t.datum").read_bytes()
    assert b"\x0f\x89\x67\x45\x23\x01\0\0\0" in data
    export(tmp_path / "encrypted", item, encryption=True, encryption_key=KEY)
    data = (tmp_path / "encrypted" / "annotations" / "t.datum").read_bytes()
    token = data[data.rindex(b"gAAAAA") :]
    assert b"\x10\x89\x67\x45\x23\x01\0\0\0" in Fernet(KEY[6:]).decrypt(token)


def test_blobs_of_about_a_megabyte(tmp_path: Path) -> None:
    items = [Item(str(number), "t", attributes={"text": "x" * 300_000}) for number in range(9)]
    export(tmp_path, *items)
    starts = read_head(tmp_path / "annotations" / "t.datum", Cipher(None)).starts
    assert [size // 300_000 for size in np.diff(starts)] == [4, 4, 1]


def test_a_new_key(tmp_path: Path) -> None:
    source = dp.Dataset.from_iterable([Item("a", "t")])
    source.export(tmp_path / "out", "datumaro_binary", encryption=True)
    key = (tmp_path / "out" / "secret_key.txt").read_text()
    assert len(binary.read_whole(tmp_path / "out", key)) == 1
    with pytest.raises(OutputExistsError, match="never overwritten"):
        source.export(tmp_path / "out", "datumaro_binary", encryption=True, overwrite=True)
    source.export(tmp_path / "other", "datumaro_binary", encryption=True, key_file=tmp_path / "my.key")
    assert len(binary.read_whole(tmp_path / "other", (tmp_path / "my.key").read_text())) == 1
    assert not (tmp_path / "other" / "secret_key.txt").exists()


@pytest.mark.parametrize(
    "options",
    [
        {"no_media_encryption": True},
        {"encryption_key": KEY},
        {"key_file": "x"},
        {"encryption": True, "encryption_key": KEY, "key_file": "x"},
    ],
)
def test_options_that_contradict_each_other(options: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(OptionError) as caught:
        export(tmp_path / "out", Item("a", "t"), **options)
    one_line(caught.value)
    assert not list(tmp_path.iterdir())


def test_nothing_is_left_behind_by_a_failure(tmp_path: Path) -> None:
    failing = ListSource([Item("a", "t")], Meta("t"), error=KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        dp.Dataset(failing).export(tmp_path / "out", "datumaro_binary", encryption=True, key_file=tmp_path / "my.key")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (Item("a\ud800", "t"), "half of a surrogate pair"),
        (Item("a", "t", annotations=[dp.Caption("\ud800")]), "item 'a' of 't': a text has half of a surrogate pair"),
        (Item("a", "t", annotations=[dp.Mask(2, 2, b"2")]), "item 'a' of 't': RLE does not fit its size"),
    ],
)
def test_items_that_are_refused(item: Item, message: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidItemError, match=message):
        export(tmp_path / "out", item)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("subset", ["..", "a/b", "", "."])
def test_subsets_that_are_no_file_names(subset: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidItemError):
        export(tmp_path / "out", meta=Meta(subset))
    assert not list(tmp_path.iterdir())


def test_two_files_for_one_place(tmp_path: Path) -> None:
    picture = dp.Image(dp.MediaRef(data=PNG))
    with pytest.raises(MediaPathError):
        export(tmp_path / "out", Item("a", "t", picture), Item("a", "t", picture), save_media=True)
    assert not list(tmp_path.iterdir())


def test_in_its_own_folder(media: list[Item], tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(out, *media, meta=MIXED, save_media=True, encryption=True, encryption_key=KEY)
    source = binary.open_dataset(out, KEY)
    with pytest.raises(OptionError, match="save media, too"):
        source.export(out, "datumaro_binary", overwrite=True)
    losses = source.export(
        out, "datumaro_binary", overwrite=True, save_media=True, encryption=True, encryption_key=OTHER_KEY
    )
    assert dict(losses.counts) == {CLEAR: 5}
    assert contents(binary.read_whole(out, OTHER_KEY)) == PLACES
