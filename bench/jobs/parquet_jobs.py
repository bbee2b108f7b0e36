"""What pyarrow does: the COCO JSON as two Parquet tables, images and annotations in their order, everything kept.

Two tables are smaller than one with the annotations nested in the images, which would also have to keep their order.
Numbers of a crowd's box, integers in the JSON, become doubles; everything else keeps its type. Defaults but for zstd.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from bench.jobs.job import SOURCE, Stopwatch, forget, main, wanted

if TYPE_CHECKING:
    from pathlib import Path

    from bench.jobs.job import Found, Job, Jobs

NUMBERS = pa.list_(pa.int64())
IMAGES = pa.schema(
    {
        "license": pa.int64(),
        "file_name": pa.string(),
        "coco_url": pa.string(),
        "height": pa.int64(),
        "width": pa.int64(),
        "date_captured": pa.string(),
        "flickr_url": pa.string(),
        "id": pa.int64(),
    }
)
ANNOTATIONS = pa.schema(
    {
        "polygons": pa.list_(pa.list_(pa.float64())),
        "rle": pa.struct({"counts": NUMBERS, "size": NUMBERS}),
        "area": pa.float64(),
        "iscrowd": pa.int8(),
        "image_id": pa.int64(),
        "bbox": pa.list_(pa.float64()),
        "category_id": pa.int64(),
        "id": pa.int64(),
    }
)


def convert(name: str, level: int | None) -> Job:
    """Return the job that converts COCO to Parquet; level None: pyarrow's default."""

    def job(folder: Path, _: Stopwatch) -> Found:
        data = orjson.loads((folder / SOURCE).read_bytes())
        annotations, images = data.pop("annotations"), data.pop("images")
        for annotation in annotations:
            shape = annotation.pop("segmentation")
            annotation["rle" if annotation["iscrowd"] else "polygons"] = shape
        rest = {name: orjson.dumps(value) for name, value in data.items()}
        (folder / name).mkdir()
        write(folder / name / "images.parquet", images, IMAGES.with_metadata(rest), level)
        write(folder / name / "annotations.parquet", annotations, ANNOTATIONS, level)
        return {}

    return job


def write(path: Path, rows: list[dict[str, Any]], schema: pa.Schema, level: int | None) -> None:
    """Write a table."""
    table = pa.Table.from_pylist(rows, schema=schema)
    pq.write_table(table, path, compression="zstd", compression_level=level)


def boxes(folder: Path, watch: Stopwatch) -> Found:
    """Make the boxes and labels of every image arrays, from their columns alone."""
    images = objects = 0
    total = 0.0
    with watch:
        shown = pq.read_table(folder / "parquet" / "images.parquet", columns=["id"])["id"].to_numpy()
        table = pq.read_table(folder / "parquet" / "annotations.parquet", columns=["image_id", "bbox", "category_id"])
        owners = table["image_id"].to_numpy()
        order = np.argsort(owners, kind="stable")
        found = table["bbox"].combine_chunks().flatten().to_numpy().reshape(-1, 4)[order]
        labels = table["category_id"].to_numpy()[order]
        starts = np.searchsorted(owners[order], shown, "left")
        ends = np.searchsorted(owners[order], shown, "right")
        for start, end in zip(starts, ends, strict=True):
            boxes_of_image, labels_of_image = found[start:end], labels[start:end]
            images += 1
            objects += len(labels_of_image)
            total += float(boxes_of_image.sum())
    return {"images": images, "objects": objects, "sum": total}


def one_item(folder: Path, watch: Stopwatch) -> Found:
    """Filter files that are not in the page cache for one image and its annotations."""
    name = wanted(folder)[0] + ".jpg"
    files = [folder / "parquet" / "images.parquet", folder / "parquet" / "annotations.parquet"]
    for file in files:
        forget(file)
    with watch:
        (image,) = pq.read_table(files[0], filters=[("file_name", "=", name)]).to_pylist()
        annotations = pq.read_table(files[1], filters=[("image_id", "=", image["id"])]).to_pylist()
    return {"objects": len(annotations)}


def read_objects(folder: Path, watch: Stopwatch) -> Found:
    """Make every image and annotation a Python dictionary, with lists: what pyarrow has instead of objects."""
    with watch:
        images = pq.read_table(folder / "parquet" / "images.parquet").to_pylist()
        coordinates = 0
        for batch in pq.ParquetFile(folder / "parquet" / "annotations.parquet").iter_batches():
            for annotation in batch.to_pylist():
                coordinates += sum(map(len, annotation["polygons"] or ()))
    return {"images": len(images), "coordinates": coordinates}


JOBS: Jobs = {
    "convert": convert("parquet", None),
    "convert_19": convert("parquet-19", 19),
    "read_objects": read_objects,
    "boxes": boxes,
    "one_item": one_item,
}


if __name__ == "__main__":
    main(JOBS)
