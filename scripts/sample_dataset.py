"""Makes two small datasets with drawn pictures: one with every type of annotation, and one in COCO format.

python scripts/sample_dataset.py FOLDER
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageDraw

import datumpb as dp
from datumpb.model.rle import from_bitmap

WIDTH, HEIGHT = 320, 240
LABELS = ["disc", "box", "kite"]
COLORS = ["#d1495b", "#edae49", "#00798c"]


def main() -> None:
    """Make both datasets."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", type=int, default=24, help="how many pictures the COCO dataset has")
    arguments = parser.parse_args()
    make_every_type(arguments.folder / "every-type")
    make_coco(arguments.folder / "coco", arguments.images)


def make_every_type(folder: Path) -> None:
    """Write a plain datumpb dataset whose first item has an annotation of every type."""
    with tempfile.TemporaryDirectory() as pictures:
        _every_type(Path(pictures)).export(folder, "datumpb", save_media=True, overwrite=True)


def _every_type(pictures: Path) -> dp.Dataset:
    rng = np.random.default_rng(1)
    first = _save(_draw([_shape(rng) for _ in range(3)], rng), pictures / "first.jpg")
    other = _save(_draw([], rng), pictures / "other.png")
    cloud = pictures / "cloud.pcd"
    cloud.write_text(_cloud(rng))
    items = [
        dp.Item("scenes/first one", "train", first, {"weather": "dry", "hour": 14}, _every_annotation(pictures)),
        dp.Item("scenes/unlabelled", "train", other),
        dp.Item("スキャン", "val", dp.PointCloud(dp.MediaRef(str(cloud))), {"sensor": {"serial": 2**70}}),
    ]
    points = dp.PointsCategories({2: dp.PointsCategory(["top", "right", "bottom", "left"], [(1, 2), (2, 3), (3, 4)])})
    masks = dp.MaskCategories({index: tuple(bytes.fromhex(color[1:])) for index, color in enumerate(COLORS)})
    columns = dp.TabularCategories([dp.TabularCategory("price", "float"), dp.TabularCategory("sold", "int")])
    labels = dp.LabelCategories.from_names(LABELS)
    return dp.Dataset.from_iterable(
        items,
        categories=dp.Categories(labels, masks, points, columns),
        infos={"title": "Shapes", "licence": "CC0"},
        media_type=dp.MediaType.MIXED,
    )


def _every_annotation(pictures: Path) -> list[dp.Annotation]:
    depth = np.linspace(0, 65535, WIDTH * HEIGHT).astype(np.uint16).reshape(HEIGHT, WIDTH)
    bitmap = np.zeros((HEIGHT, WIDTH), bool)
    bitmap[20:80, 30:90] = True
    corners = [[10, 10], [60, 10], [60, 50], [10, 50], [20, 20], [70, 20], [70, 60], [20, 60]]
    return [
        dp.Label(label=0, attributes={"confidence": 0.98, "checked by": ["ann", "ben"], "note": None}),
        dp.Mask(HEIGHT, WIDTH, from_bitmap(bitmap), label=0, id=1, group=1),
        dp.PolyLine([[0, 200], [100, 180.5], [319.25, 190]], label=1),
        dp.Polygon([[30.25, 30.5], [90, 32], [88.125, 80], [31, 79]], label=1, id=2, group=1, z_order=1),
        dp.Bbox(30, 30, 60.5, 50, label=1, id=3, group=1, object_id=7),
        dp.Points([[160, 40], [200, 90], [160, 150], [120, 90]], [2, 2, 1, 0], label=2),
        dp.Caption("A kite above two boxes"),
        dp.Cuboid3d([1.5, 2, 20], [0, 0, 1.57], [1.8, 1.5, 4.2], label=1),
        dp.Ellipse(200, 150, 260, 200, label=0),
        dp.Cuboid2d(corners, 1.25, label=1),
        dp.RotatedBbox(100, 100, 40, 20, 30, label=1),
        dp.FeatureVector(np.linspace(-1, 1, 16, dtype=np.float32)),
        dp.DepthMap(_save(PIL.Image.fromarray(depth), pictures / "depth.png")),
        dp.ImageAnnotation("edges", _save(PIL.Image.new("L", (WIDTH, HEIGHT), 128), pictures / "edges.png")),
        dp.Tabular({"price": 12.5, "sold": 3}),
        dp.HashKey(bytes(range(8))),
    ]


def make_coco(folder: Path, count: int) -> None:
    """Write a COCO instances dataset."""
    rng = np.random.default_rng(2)
    pictures = folder / "images" / "train"
    pictures.mkdir(parents=True)
    images, annotations = [], []
    for number in range(1, count + 1):
        shapes = [_shape(rng) for _ in range(int(rng.integers(2, 9)))]
        name = f"{number:012}.jpg"
        _draw(shapes, rng).save(pictures / name, quality=85)
        images.append(
            {"id": number, "file_name": name, "width": WIDTH, "height": HEIGHT, "license": 1,
             "date_captured": f"2024-05-{number % 28 + 1:02} 12:00:00", "coco_url": f"https://example.org/{name}"}
        )  # fmt: skip
        annotations += [
            _coco_annotation(shape, number, len(annotations) + index) for index, shape in enumerate(shapes, 1)
        ]
    document = {
        "info": {"description": "Drawn shapes", "version": "1.0", "year": 2024},
        "licenses": [{"id": 1, "name": "CC0", "url": "https://creativecommons.org/publicdomain/zero/1.0/"}],
        "images": images,
        "annotations": annotations,
        "categories": [{"id": 10 * (i + 1), "name": name, "supercategory": "shape"} for i, name in enumerate(LABELS)],
    }
    file = folder / "annotations" / "instances_train.json"
    file.parent.mkdir()
    file.write_text(json.dumps(document))


def _coco_annotation(shape: tuple[int, np.ndarray], image: int, number: int) -> dict[str, object]:
    label, points = shape
    x, y = points[:, 0], points[:, 1]
    area = abs(float(np.sum(x * np.roll(y, 1) - y * np.roll(x, 1)))) / 2
    box = [float(x.min()), float(y.min()), float(x.max() - x.min()), float(y.max() - y.min())]
    return {
        "id": number, "image_id": image, "category_id": 10 * (label + 1), "iscrowd": 0, "area": area,
        "bbox": [round(value, 2) for value in box], "segmentation": [points.reshape(-1).tolist()],
    }  # fmt: skip


def _shape(rng: np.random.Generator) -> tuple[int, np.ndarray]:
    """Return a label and an outline: (N, 2) pixels with two decimals."""
    label = int(rng.integers(len(LABELS)))
    corners = (24, 4, 4)[label]
    start = (0, np.pi / 4, 0)[label]
    angles = start + np.arange(corners) * 2 * np.pi / corners
    radius = rng.uniform(10, 40)
    center = rng.uniform(radius, WIDTH - radius), rng.uniform(radius, HEIGHT - radius)
    return label, np.round(np.stack([np.cos(angles), np.sin(angles)], axis=1) * radius + center, 2)


def _draw(shapes: list[tuple[int, np.ndarray]], rng: np.random.Generator) -> PIL.Image.Image:
    noise = rng.normal(150, 25, (HEIGHT, WIDTH, 1)).clip(0, 255).astype(np.uint8)
    picture = PIL.Image.fromarray(np.repeat(noise, 3, axis=2))
    draw = PIL.ImageDraw.Draw(picture)
    for label, points in shapes:
        draw.polygon([(float(x), float(y)) for x, y in points], fill=COLORS[label], outline="black")
    return picture


def _save(picture: PIL.Image.Image, path: Path) -> dp.Image:
    picture.save(path)
    return dp.Image.from_file(str(path), picture.height, picture.width)


def _cloud(rng: np.random.Generator) -> str:
    head = (
        "VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 200\nHEIGHT 1\nPOINTS 200\nDATA ascii\n"
    )
    return head + "".join(f"{x:.3f} {y:.3f} {z:.3f}\n" for x, y, z in rng.uniform(-9, 9, (200, 3)))


if __name__ == "__main__":
    main()
