"""The real Datumaro reads what is written here, all at once and as a stream, and what it writes then is the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

import datumpb as dp
from datumpb.model.media import media_refs
from tests.support import real_datumaro
from tests.support.real_datumaro import CATEGORIES, compare, items_with

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = real_datumaro.needs_datumaro

SCRIPT = """
import sys
import datumaro
source, target, stream, media = sys.argv[1:]
assert datumaro.Dataset.detect(source) == "datumaro"
kind = datumaro.StreamDataset if int(stream) else datumaro.Dataset
dataset = kind.import_from(source, "datumaro")
for item in dataset:
    if item.media is not None and int(media):
        assert item.media.data is not None, item
dataset.export(target, "datumaro", save_media=bool(int(media)))
"""


@pytest.fixture(scope="module", autouse=True)
def _version() -> None:
    if not real_datumaro.version().startswith("1.13."):
        pytest.skip("it is not Datumaro 1.13")


def through_datumaro(
    folder: Path, items: list[dp.Item], media_type: dp.MediaType, *, stream: bool = False, media: bool = True
) -> tuple[dp.Dataset, dp.Dataset]:
    """Return the dataset as it was written here, and as Datumaro wrote it after it read that."""
    for item in items:
        for annotation in item.annotations:
            if isinstance(annotation, dp.Caption):
                annotation.object_id = None  # which Datumaro does not read
    dataset = dp.Dataset.from_iterable(items, infos={"a": [1, None]}, categories=CATEGORIES, media_type=media_type)
    assert not dataset.export(folder / "ours", "datumaro", save_media=media)
    real_datumaro.run(SCRIPT, folder / "ours", folder / "theirs", int(stream), int(media))
    return dp.Dataset.import_from(folder / "ours", "datumaro"), dp.Dataset.import_from(folder / "theirs")


@pytest.mark.parametrize("stream", [False, True])
def test_images(stream: bool, tmp_path: Path) -> None:
    picture = real_datumaro.picture(tmp_path)
    items = items_with([dp.Image(picture, 5, 7), dp.Image(picture), None])
    ours, theirs = through_datumaro(tmp_path, items, dp.MediaType.IMAGE, stream=stream)
    compare(ours, theirs, items)


def test_point_clouds(tmp_path: Path) -> None:
    picture, cloud = real_datumaro.picture(tmp_path), real_datumaro.cloud(tmp_path)
    items = items_with([dp.PointCloud(cloud, [dp.Image(picture), dp.Image(picture, 5, 7)]), dp.PointCloud(cloud)])
    ours, theirs = through_datumaro(tmp_path, items, dp.MediaType.POINT_CLOUD)
    compare(ours, theirs, items)


def test_images_without_files(tmp_path: Path) -> None:
    items = [dp.Item("a", "t", dp.Image(None, 3, 4)), dp.Item("b", "t", dp.Image())]
    ours, theirs = through_datumaro(tmp_path, items, dp.MediaType.IMAGE, media=False)
    assert list(ours) == items
    assert [item.id for item in theirs] == ["a", "b"]


def test_any_other_file(tmp_path: Path) -> None:
    (tmp_path / "sound.wav").write_bytes(b"sound")
    items = [dp.Item("a", "t", dp.GenericMedia(dp.MediaRef(str(tmp_path / "sound.wav"))))]
    dataset = dp.Dataset.from_iterable(items, media_type=dp.MediaType.MIXED)
    assert not dataset.export(tmp_path / "ours", "datumaro", save_media=True)
    script = "import datumaro, sys; print(*(i.media for i in datumaro.Dataset.import_from(sys.argv[1], 'datumaro')))"
    assert "MediaElement" in real_datumaro.run(script, tmp_path / "ours")


MAKE_VIDEO = """
import sys
import cv2, numpy
folder = sys.argv[1]
writer = cv2.VideoWriter(folder + "/v.avi", cv2.VideoWriter_fourcc(*"MJPG"), 5, (16, 8))
for number in range(6):
    writer.write(numpy.full((8, 16, 3), 40 * number, numpy.uint8))
writer.release()
"""
READ_VIDEOS = """
import sys
from datumaro import Dataset
for item in Dataset.import_from(sys.argv[1], "datumaro"):
    media = item.media
    if sys.argv[2] == "frames":
        print(item.id, media.index, int(media.data.mean()) // 20)
    else:
        print(item.id, media._step, media._start_frame, media._end_frame, len(list(media)))
Dataset.import_from(sys.argv[1], "datumaro").export(sys.argv[3], "datumaro", save_media=True)
"""


@pytest.mark.parametrize(
    ("kind", "media_type", "printed"),
    [
        ("ranges", dp.MediaType.VIDEO, ["0 2 1 4 2", "1 1 0 None 6"]),
        ("frames", dp.MediaType.VIDEO_FRAME, ["0 0 0", "1 3 6"]),
    ],
)
def test_videos_and_frames(kind: str, media_type: dp.MediaType, printed: list[str], tmp_path: Path) -> None:
    real_datumaro.run(MAKE_VIDEO, tmp_path)
    file = dp.MediaRef(str(tmp_path / "v.avi"))
    media: dict[str, list[dp.Media]] = {
        "ranges": [dp.Video(file, 2, 1, 4), dp.Video(file)],
        "frames": [dp.VideoFrame(dp.Video(file), 0), dp.VideoFrame(dp.Video(file), 3)],
    }
    items = [dp.Item(str(number), "t", one) for number, one in enumerate(media[kind])]
    dataset = dp.Dataset.from_iterable(items, media_type=media_type)
    assert not dataset.export(tmp_path / "ours", "datumaro", save_media=True)
    assert real_datumaro.run(READ_VIDEOS, tmp_path / "ours", kind, tmp_path / "theirs").splitlines() == printed
    for item in dp.Dataset.import_from(tmp_path / "theirs", "datumaro"):
        wanted = media[kind][int(item.id)]
        (ref,) = media_refs(item.media)
        assert ref.read() == file.read()
        if isinstance(item.media, dp.VideoFrame):
            item.media.video.file = file
        elif isinstance(item.media, dp.Video):
            item.media.file = file
        assert item.media == wanted


def test_what_is_known_to_differ(tmp_path: Path) -> None:
    items = [
        dp.Item(
            "a",
            "t",
            attributes={"large": 2**70 + 1},
            annotations=[
                dp.Bbox(1.23456, 2, 3, 4),
                dp.Caption("a", label=0, z_order=1, object_id=4),
                dp.Label(label=0, z_order=3),
            ],
        )
    ]
    dataset = dp.Dataset.from_iterable(items)
    assert not dataset.export(tmp_path / "ours", "datumaro")
    assert list(dp.Dataset.import_from(tmp_path / "ours")) == items
    real_datumaro.run(SCRIPT, tmp_path / "ours", tmp_path / "theirs", 0, 0)
    (item,) = dp.Dataset.import_from(tmp_path / "theirs")
    assert item.attributes == {"large": float(2**70)}
    assert item.annotations == [dp.Bbox(float(np.float32(1.23)), 2, 3, 4), dp.Caption("a"), dp.Label(label=0)]
    document = json.loads((tmp_path / "ours" / "annotations" / "t.json").read_bytes())
    assert document["items"][0]["attr"] == {"large": 2**70 + 1}
