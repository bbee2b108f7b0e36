"""Datasets for the bridge to Datumaro: every annotation and every medium that both sides hold."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image

import datumpb as dp
from datumpb.model import rle

if TYPE_CHECKING:
    from pathlib import Path

COMMON: dict[str, Any] = {"id": 2**40, "group": -5, "object_id": 7, "attributes": {"a": [1, 2.5, None, "é", b"b", {}]}}
BITS = np.indices((5, 7)).sum(0) % 3 == 0
CLOUD = b"""# .PCD v.7
VERSION .7
FIELDS x y z
SIZE 4 4 4
TYPE F F F
COUNT 1 1 1
WIDTH 1
HEIGHT 1
VIEWPOINT 0 0 0 1 0 0 0
POINTS 1
DATA ascii
1 2 3
"""
CATEGORIES = dp.Categories(
    dp.LabelCategories(
        [dp.LabelCategory("cat", "pet", ["a", "b"]), dp.LabelCategory("dog"), dp.LabelCategory("emu")],
        [dp.LabelGroup("pets", ["cat", "dog"], dp.LabelGroupType.RESTRICTED)],
        ["c"],
    ),
    dp.MaskCategories({0: (0, 128, 255), 1: (1, 2, 3)}, ["m"]),
    dp.PointsCategories({1: dp.PointsCategory(["nose", "tail"], [(1, 2)], np.array([[0, 0], [1, 0.5]]))}, ["p"]),
    dp.TabularCategories([dp.TabularCategory("age", "int"), dp.TabularCategory("kind", "str", ["a", "b"])]),
)

# What Datumaro 1.13.12 makes of pictures with a label and a box.
NOT_WRITTEN = {
    "kitti_raw": "Media type is not a point cloud",
    "sly_pointcloud": "Media type is not an image",
    "tabular": "Media type is not a table",
    "yolo_ultralytics": "requires both of them",
}
NOT_READ_AGAIN = {
    "ava": "Label lists cannot be found",
    "mnist_csv": "cannot reshape",
    "mvtec": "int() argument must be",
    "mvtec_classification": "Failed to find dataset",
    "mvtec_detection": "int() argument must be",
    "mvtec_segmentation": "int() argument must be",
    "voc_action": "Failed to find dataset",
    "voc_classification": "Failed to find dataset",
    "voc_instance_segmentation": "Failed to find dataset",
    "voc_layout": "Failed to find dataset",
    "voc_segmentation": "Failed to find dataset",
}
WITHOUT_ITEMS = {"segment_anything", "mots_png"}
WITH_BOXES = {
    "arrow", "coco", "coco_instances", "coco_stuff", "cvat", "datumaro", "datumaro_binary", "icdar_text_localization",
    "kitti", "kitti_detection", "label_me", "mot_seq_gt", "open_images", "vgg_face2", "voc", "voc_detection",
    "wider_face", "yolo",
}  # fmt: skip


def png(height: int = 5, width: int = 7, seed: int = 0) -> bytes:
    """Encode a picture of noise."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    buffer = io.BytesIO()
    PIL.Image.fromarray(pixels).save(buffer, "png")
    return buffer.getvalue()


def picture(folder: Path, name: str = "picture.png", seed: int = 0) -> dp.Image:
    """Write a picture."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(png(seed=seed))
    return dp.Image(dp.MediaRef(str(folder / name)), 5, 7)


def every_annotation(folder: Path) -> list[dp.Annotation]:
    """Make one annotation of each type that Datumaro has, with coordinates of two decimals at most."""
    rng = np.random.default_rng(3)

    def numbers(count: int) -> np.ndarray:
        return rng.integers(-100000, 100000, count) / 100

    return [
        dp.Label(label=1, **COMMON),
        dp.Mask(5, 7, rle.from_bitmap(BITS), label=0, z_order=3, **COMMON),
        dp.Points(numbers(6), np.array([0, 1, 2]), label=1, **COMMON),
        dp.Polygon(numbers(8), label=1, z_order=-1, **COMMON),
        dp.PolyLine(numbers(8), label=2, **COMMON),
        dp.Bbox(1.1, 2.2, 3.3, 4.45, label=1, z_order=2, **COMMON),
        dp.Caption("“naïve” 犬", **COMMON),
        dp.Cuboid3d(numbers(3), numbers(3), numbers(3), label=1, **COMMON),
        dp.Ellipse(*numbers(4), label=1, z_order=1, **COMMON),
        dp.Cuboid2d(rng.random(16), 1.23456789, label=1, z_order=1, **COMMON),
        dp.Cuboid2d(rng.random(16)),
        dp.RotatedBbox(*numbers(5), label=1, z_order=1, **COMMON),
        dp.DepthMap(picture(folder, "depth.png", 1), **COMMON),
        dp.ImageAnnotation("super_resolution", picture(folder, "large.png", 2), **COMMON),
        dp.Tabular({"age": 3, "kind": "a"}, **COMMON),
        dp.Polygon(np.arange(6)),
    ]


def media(folder: Path) -> dict[dp.MediaType, list[dp.Media | None]]:
    """Write files, and make media of every kind of them."""
    image = picture(folder)
    (folder / "cloud.pcd").write_bytes(CLOUD)
    (folder / "table.csv").write_text("age,kind\n1,a\n2,b\n3,a\n")
    (folder / "sound.wav").write_bytes(b"sound")
    (folder / "clip.avi").write_bytes(clip(folder))
    video = dp.MediaRef(str(folder / "clip.avi"))
    cloud, table = dp.MediaRef(str(folder / "cloud.pcd")), dp.MediaRef(str(folder / "table.csv"))
    return {
        dp.MediaType.IMAGE: [image, dp.Image(image.file), dp.Image(dp.MediaRef(data=png(seed=5))), None],
        dp.MediaType.POINT_CLOUD: [dp.PointCloud(cloud, [image, dp.Image(image.file)]), dp.PointCloud(cloud)],
        dp.MediaType.VIDEO: [dp.Video(video), dp.Video(video, 2, 1, 3)],
        dp.MediaType.VIDEO_FRAME: [dp.VideoFrame(dp.Video(video), 0), dp.VideoFrame(dp.Video(video), 2)],
        dp.MediaType.MULTIFRAME_IMAGE: [dp.MultiframeImage(None, [image, image])],
        dp.MediaType.TABLE_ROW: [dp.TableRow(table, 0), dp.TableRow(table, 2)],
        dp.MediaType.MIXED: [image, dp.GenericMedia(dp.MediaRef(str(folder / "sound.wav"))), dp.PointCloud(cloud)],
    }


def clip(folder: Path) -> bytes:
    """Encode a video of five frames, by OpenCV, which Datumaro brings along."""
    import cv2  # noqa: PLC0415 -- only where Datumaro is

    path = folder / "encoded.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5, (16, 16))
    for shade in range(0, 250, 50):
        writer.write(np.full((16, 16, 3), shade, np.uint8))
    writer.release()
    return path.read_bytes()


def dataset(folder: Path, kind: dp.MediaType = dp.MediaType.IMAGE) -> dp.Dataset:
    """Make a dataset of two subsets with media of a kind; the first item of each has an annotation of each type."""
    items = [
        dp.Item(f"a/é {number}", subset, one, {"n": number}, every_annotation(folder) if number == 0 else [])
        for subset in ("train", "val")
        for number, one in enumerate(media(folder)[kind])
    ]
    return dp.Dataset.from_iterable(items, infos={"from": ["a", 1]}, categories=CATEGORIES, media_type=kind)


def simple(folder: Path, *, items: int = 2) -> dp.Dataset:
    """Make a dataset that most formats can hold: pictures with a box and a label, in one subset."""
    names = [f"{number}" for number in range(items)]
    return dp.Dataset.from_iterable(
        [
            dp.Item(
                name, "train", picture(folder, f"{name}.png", seed), annotations=[dp.Bbox(1, 1, 3, 2, label=seed % 2)]
            )
            for seed, name in enumerate(names)
        ],
        categories=["cat", "dog"],
    )
