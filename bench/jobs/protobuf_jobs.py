"""What protobuf and zstandard do without datumpb: with a plain schema of their own, and with the blocks of our file.

`plain_pb2` is compiled from plain.proto into the environment by scripts/bench. The generated code of datumpb's schema
is no part of its library: it is what every language has.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import plain_pb2
import zstandard
from google.protobuf import proto

from bench.jobs.job import SOURCE, SUBSET, Stopwatch, again, main

sys.path.insert(0, str(Path(__file__).parents[2] / "generated"))

from datumpb_schema.v1.container_pb2 import CODEC_ZSTD, RECORD_KIND_BLOCK, Record
from datumpb_schema.v1.item_pb2 import ItemBatch

if TYPE_CHECKING:
    from typing import Any

    from bench.jobs.job import Found, Jobs

PLAIN = Path("protobuf") / "instances.binpb.zst"
LEVEL = 15  # as datumpb at its most thorough


def convert(folder: Path, _: Stopwatch) -> Found:
    """Convert COCO to messages of the plain schema, each behind its size, all in one Zstandard frame."""
    data = orjson.loads((folder / SOURCE).read_bytes())
    annotations, images = data.pop("annotations"), data.pop("images")
    of_image: dict[int, list[Any]] = {image["id"]: [] for image in images}
    for place, annotation in enumerate(annotations):
        of_image[annotation["image_id"]].append(plain_annotation(annotation, place))
    path = folder / PLAIN
    stream = io.BytesIO()
    proto.serialize_length_prefixed(plain_pb2.Dataset(rest=orjson.dumps(data)), stream)
    for image in images:
        proto.serialize_length_prefixed(plain_pb2.Image(**image, annotations=of_image[image["id"]]), stream)
    path.parent.mkdir()
    path.write_bytes(zstandard.ZstdCompressor(level=LEVEL).compress(stream.getvalue()))
    return {}


def plain_annotation(annotation: dict[str, Any], place: int) -> Any:  # noqa: ANN401 -- generated code without types
    """Return the message of an annotation."""
    shape = annotation["segmentation"]
    return plain_pb2.Annotation(
        place=place,
        id=annotation["id"],
        category_id=annotation["category_id"],
        polygons=None if annotation["iscrowd"] else [plain_pb2.Polygon(xy=xy) for xy in shape],
        rle=plain_pb2.RunLengths(**shape) if annotation["iscrowd"] else None,
        area=annotation["area"],
        bbox=annotation["bbox"],
    )


def read_plain(folder: Path, watch: Stopwatch) -> Found:
    """Make every image of the plain schema a message."""
    images = objects = 0
    with watch:
        data = zstandard.ZstdDecompressor().decompress((folder / PLAIN).read_bytes())
        position, sizes = 0, []
        while position < len(data):
            size, position = varint(data, position)
            sizes.append((position, size))
            position += size
        for start, size in sizes[1:]:
            image = plain_pb2.Image.FromString(data[start : start + size])
            images += 1
            objects += len(image.annotations)
    return {"images": images, "objects": objects}


def read_blocks(folder: Path, watch: Stopwatch) -> Found:
    """Make every item of our file a message: walk the records, decompress blocks, parse them. Nothing is checked."""
    images = annotations = 0
    decompressor = zstandard.ZstdDecompressor()
    with watch:
        data = (folder / "datumpb" / "annotations" / f"{SUBSET}.datum").read_bytes()
        position = 0
        while position < len(data):
            size, position = varint(data, position)
            record = Record.FromString(data[position : position + size])
            position += size
            if record.kind == RECORD_KIND_BLOCK:
                body = decompressor.decompress(record.payload) if record.codec == CODEC_ZSTD else record.payload
                for item in ItemBatch.FromString(body).items:
                    images += 1
                    annotations += len(item.annotations)
    return {"images": images, "annotations": annotations}


def varint(data: bytes, position: int) -> tuple[int, int]:
    """Return the varint at a position and the position behind it."""
    value = shift = 0
    while True:
        byte = data[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:  # noqa: PLR2004 -- the bit that says that there is more
            return value, position


JOBS: Jobs = {"convert": convert, "read_plain": again(read_plain), "read_blocks": again(read_blocks)}


if __name__ == "__main__":
    main(JOBS)
