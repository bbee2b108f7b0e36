"""Files made by hand, byte by byte: what each part means."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import datumpb as dp
from datumpb.errors import MediaPathError, SourceFormatError
from tests.support import binary
from tests.support.binary import NO_LABEL, annotation, document, floats, ints, item, text

if TYPE_CHECKING:
    from pathlib import Path

SQUARE = [float(number) for number in range(16)]
NO_SIZE = struct.pack("<ii", -1583, -1597)


def image(path: str, size: bytes = NO_SIZE) -> bytes:
    return struct.pack("<I", 2) + text(path) + size


def label_and_z(label: int = NO_LABEL, z_order: int = 0) -> bytes:
    return struct.pack("<ii", label, z_order)


def read_one(folder: Path, *annotations: bytes, **options: Any) -> dp.Item:  # noqa: ANN401 -- of `item`
    (found,) = binary.read_whole(binary.write(folder, document(item("a", *annotations, **options))))
    return found


@pytest.mark.parametrize("kind", [15, 16])
def test_both_numbers_of_a_cuboid(kind: int, tmp_path: Path) -> None:
    packed = annotation(kind, label_and_z(3, -1) + floats(*SQUARE), number=2**40, group=-1, object_id=7)
    (found,) = read_one(tmp_path, packed).annotations
    wanted = dp.Cuboid2d(np.array(SQUARE), label=3, z_order=-1, id=2**40, group=-1, object_id=7)
    assert found == wanted


def test_a_type_15_that_is_no_cuboid(tmp_path: Path) -> None:
    with pytest.raises(SourceFormatError, match="16 coordinates expected, not 5"):
        read_one(tmp_path, annotation(15, label_and_z() + floats(1, 2, 3, 4, 5)))


@pytest.mark.parametrize(
    ("kind", "rest"),
    [
        (1, struct.pack("<i", NO_LABEL)),
        (2, label_and_z() + struct.pack("<iiI", 1, 2, 1) + b"2"),
        (3, label_and_z() + floats() + ints()),
        (4, label_and_z() + floats()),
        (5, label_and_z() + floats()),
        (6, label_and_z() + floats(1, 2, 3, 4)),
        (8, struct.pack("<i", NO_LABEL) + floats(*SQUARE[:9])),
        (11, label_and_z() + floats(1, 2, 3, 4)),
        (16, label_and_z() + floats(*SQUARE)),
    ],
)
def test_no_label_and_no_object(kind: int, rest: bytes, tmp_path: Path) -> None:
    (found,) = read_one(tmp_path, annotation(kind, rest)).annotations
    assert found.label is None
    assert found.object_id is None


def test_coordinates_are_what_32_bits_say(tmp_path: Path) -> None:
    found = read_one(
        tmp_path,
        annotation(6, label_and_z(0) + floats(0.1, 0.2, 0.4, 0.8)),
        annotation(4, label_and_z(0) + floats(0.1, -0.0, float("inf"), 2, 3, float("nan"))),
    ).annotations
    x, y, x2, y2 = (float(np.float32(value)) for value in (0.1, 0.2, 0.4, 0.8))
    assert found[0] == dp.Bbox(x, y, x2 - x, y2 - y, label=0)
    assert found[1] == dp.Polygon(np.array([x, -0.0, np.inf, 2, 3, np.nan]), label=0)


def test_an_image_without_size_and_one_without_path(tmp_path: Path) -> None:
    items = [item("a", media=image("a.png")), item("b", media=image("/NOT/A/REAL/PATH", struct.pack("<ii", 3, 4)))]
    first, second = binary.read_whole(binary.write(tmp_path, document(*items)))
    assert first.media == dp.Image(dp.MediaRef("images/t/a.png"))
    assert second.media == dp.Image(None, 3, 4)


def test_point_clouds_with_images(tmp_path: Path) -> None:
    media = struct.pack("<I", 6) + text("s_0.pcd") + struct.pack("<I", 2)
    media += image("s_0/extra_image_0.png", struct.pack("<ii", 3, 4)) + image("s_0/extra_image_1.png")
    binary.write(tmp_path, document(item("s/0", media=media), media_type=6))
    (found,) = binary.read_whole(tmp_path)
    images = [dp.Image(dp.MediaRef(f"images/t/s_0/extra_image_{number}.png")) for number in range(2)]
    images[0].height, images[0].width = 3, 4
    assert found.media == dp.PointCloud(dp.MediaRef("point_clouds/t/s_0.pcd"), images)
    # Datumaro writes one path into the file, and the picture to another.
    (tmp_path / "images" / "t" / "s" / "0").mkdir(parents=True)
    (tmp_path / "images" / "t" / "s" / "0" / "extra_image_1.png").write_bytes(b"picture")
    (found,) = binary.read_whole(tmp_path)
    assert isinstance(found.media, dp.PointCloud)
    file = found.media.extra_images[1].file
    assert file is not None
    assert file.read() == b"picture"


def test_videos_and_frames(tmp_path: Path) -> None:
    video = struct.pack("<I", 5) + text("v.avi")
    items = [
        item("a", media=video + struct.pack("<III", 2, 1, 3)),
        item("b", media=video + struct.pack("<III", 1, 0, 2**32 - 1)),
        item("c", media=struct.pack("<I", 4) + text("v.avi") + struct.pack("<I", 9)),
        item("d", media=struct.pack("<I", 1) + text("/NOT/A/REAL/PATH")),
        item("e"),
    ]
    found = binary.read_whole(binary.write(tmp_path, document(*items, media_type=1)))
    ref = dp.MediaRef("videos/t/v.avi")
    assert [entry.media for entry in found] == [
        dp.Video(ref, 2, 1, 3),
        dp.Video(ref),
        dp.VideoFrame(dp.Video(ref), 9),
        dp.GenericMedia(),
        None,
    ]
    assert binary.open_dataset(tmp_path).media_type() is dp.MediaType.MIXED


@pytest.mark.parametrize("path", ["/etc/passwd", "../../x.png", "a\\b.png"])
def test_media_outside_of_the_dataset_are_refused_when_wanted(path: str, tmp_path: Path) -> None:
    media = read_one(tmp_path, media=image(path)).media
    assert isinstance(media, dp.Image)
    assert media.file is not None
    with pytest.raises(MediaPathError):
        media.file.read()


def test_several_blobs(tmp_path: Path) -> None:
    blobs = [item("a") + item("b"), item("c"), item("d") + item("e")]
    binary.write(tmp_path, document(*blobs, infos={"a": [1, None]}))
    dataset = binary.open_dataset(tmp_path)
    assert [entry.id for entry in dataset] == ["a", "b", "c", "d", "e"]
    assert len(dataset) == 5
    assert dataset.infos() == {"a": [1, None]}
    for name in "ebdac":
        found = dataset.get(name)
        assert found is not None
        assert found.id == name
    assert dataset.get("f") is None


def test_no_blobs(tmp_path: Path) -> None:
    assert binary.read_whole(binary.write(tmp_path, document())) == []


def test_a_file_that_stands_alone(tmp_path: Path) -> None:
    file = tmp_path / "renamed.datum"
    file.write_bytes(document(item("a", media=image("a.png"))))
    assert dp.Dataset.detect(file) == "datumaro_binary"
    dataset = dp.Dataset.import_from(file)
    assert list(dataset.subsets()) == ["t"]
    assert dataset.get("a", "t") is not None


def test_a_renamed_file_in_a_dataset(tmp_path: Path) -> None:
    binary.write(tmp_path, document(item("a")), subset="other")
    with pytest.raises(SourceFormatError, match=r"'a' is of the subset 't', and the file of 'other'"):
        binary.read_whole(tmp_path)


def test_categories(tmp_path: Path) -> None:
    label = {
        "labels": [{"name": "cat", "parent": None}, {"name": "dog", "parent": "pet", "attributes": ["size"]}],
        "label_groups": [{"name": "pets", "group_type": "inclusive", "labels": ["cat", "dog"]}],
        "attributes": ["a"],
    }
    mask = {"colormap": [{"label_id": 1, "r": 0, "g": 128, "b": 255}]}
    points = {"items": [{"label_id": 0, "labels": ["nose"], "joints": [[1, 1]], "positions": [0.5, 1]}]}
    categories = {"label": label, "mask": mask, "points": points}
    binary.write(tmp_path, document(categories=categories))
    assert binary.open_dataset(tmp_path).categories() == dp.Categories(
        dp.LabelCategories(
            [dp.LabelCategory("cat"), dp.LabelCategory("dog", "pet", ["size"])],
            [dp.LabelGroup("pets", ["cat", "dog"], dp.LabelGroupType.INCLUSIVE)],
            ["a"],
        ),
        dp.MaskCategories({1: (0, 128, 255)}),
        dp.PointsCategories({0: dp.PointsCategory(["nose"], [(1, 1)], np.array([0.5, 1.0]))}),
    )
