"""Makes a COCO-like instances file of any size: same arguments, same bytes, on every machine.

Its proportions follow the first 128 images of COCO train2017: 7.4 objects an image, 24 points an object, neighbouring
points some 10 pixels apart, two decimals, 1 % crowds with run lengths, ids, URLs, dates and licences. Annotations stand
in COCO's order: a few long runs of rising ids, unrelated to the order of the images. Spaces are where `json.dump` puts
them. It takes some 200 bytes of memory an image.
"""

from __future__ import annotations

import argparse
import json
import math
from array import array
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

OBJECTS_PER_IMAGE = 7.38
CROWDS_PER_IMAGE = 0.075  # 1 % of all annotations
MAX_IMAGE_ID = 581_929  # the highest of COCO 2017
MAX_ANNOTATION_ID = 2_232_119  # the highest of COCO 2017, crowds aside
CROWD_ID = 900_000_000_000  # COCO adds the category's id * 10^8 and the image's id
INDEX_BITS = 24  # of the number of an image; ids have 40, so that both fit into 64
INDEX_MASK = (1 << INDEX_BITS) - 1
MOST_CATEGORIES = 4  # that are seen in an image
RUNS = 11  # so many times the rising annotation ids of COCO's train2017 start again
SIZES = ((640, 480), (640, 480), (640, 480), (640, 427), (640, 427), (480, 640), (427, 640), (640, 426), (500, 375))
LICENSES = (
    ("http://creativecommons.org/licenses/by-nc-sa/2.0/", "Attribution-NonCommercial-ShareAlike License"),
    ("http://creativecommons.org/licenses/by-nc/2.0/", "Attribution-NonCommercial License"),
    ("http://creativecommons.org/licenses/by-nc-nd/2.0/", "Attribution-NonCommercial-NoDerivs License"),
    ("http://creativecommons.org/licenses/by/2.0/", "Attribution License"),
    ("http://creativecommons.org/licenses/by-sa/2.0/", "Attribution-ShareAlike License"),
    ("http://creativecommons.org/licenses/by-nd/2.0/", "Attribution-NoDerivs License"),
    ("http://flickr.com/commons/usage/", "No known copyright restrictions"),
    ("http://www.usa.gov/copyright.shtml", "United States Government Work"),
)
CATEGORIES = {  # by supercategory, each with its id
    "person": "1 person",
    "vehicle": "2 bicycle,3 car,4 motorcycle,5 airplane,6 bus,7 train,8 truck,9 boat",
    "outdoor": "10 traffic light,11 fire hydrant,13 stop sign,14 parking meter,15 bench",
    "animal": "16 bird,17 cat,18 dog,19 horse,20 sheep,21 cow,22 elephant,23 bear,24 zebra,25 giraffe",
    "accessory": "27 backpack,28 umbrella,31 handbag,32 tie,33 suitcase",
    "sports": "34 frisbee,35 skis,36 snowboard,37 sports ball,38 kite,39 baseball bat,40 baseball glove,41 skateboard,"
    "42 surfboard,43 tennis racket",
    "kitchen": "44 bottle,46 wine glass,47 cup,48 fork,49 knife,50 spoon,51 bowl",
    "food": "52 banana,53 apple,54 sandwich,55 orange,56 broccoli,57 carrot,58 hot dog,59 pizza,60 donut,61 cake",
    "furniture": "62 chair,63 couch,64 potted plant,65 bed,67 dining table,70 toilet",
    "electronic": "72 tv,73 laptop,74 mouse,75 remote,76 keyboard,77 cell phone",
    "appliance": "78 microwave,79 oven,80 toaster,81 sink,82 refrigerator",
    "indoor": "84 book,85 clock,86 vase,87 scissors,88 teddy bear,89 hair drier,90 toothbrush",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """An image: its id, its size in pixels, and the categories seen in it."""

    id: int
    width: int
    height: int
    categories: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """An object or a crowd: its id and its image."""

    id: int
    picture: Picture


def categories() -> list[dict[str, Any]]:
    """Return COCO's 80 categories."""
    return [
        {"supercategory": above, "id": int(entry.split(" ", 1)[0]), "name": entry.split(" ", 1)[1]}
        for above, entries in CATEGORIES.items()
        for entry in entries.split(",")
    ]


class Pictures:
    """The images in COCO's order, no order: 13 bytes each."""

    def __init__(self, random: Random, count: int) -> None:
        """Draw so many images."""
        category_ids = [category["id"] for category in categories()]
        weights = [20.0, *(1 / (1 + place % 9) for place in range(1, len(category_ids)))]  # a third are persons
        self._ids, self._sizes, self._categories = array("Q"), bytearray(), bytearray()
        for image_id in distinct(random, count, max(MAX_IMAGE_ID, 2 * count)):
            self._ids.append(image_id)
            self._sizes.append(int(random.random() * len(SIZES)))
            chosen = random.choices(category_ids, weights, k=1 + int(random.random() * MOST_CATEGORIES))
            self._categories += bytes(chosen).ljust(MOST_CATEGORIES, b"\0")

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._ids)

    def __getitem__(self, index: int) -> Picture:
        """Return an image by its place, from 0."""
        chosen = self._categories[MOST_CATEGORIES * index :][:MOST_CATEGORIES]
        return Picture(self._ids[index], *SIZES[self._sizes[index]], tuple(chosen.rstrip(b"\0")))

    def __iter__(self) -> Iterator[Picture]:
        """Iterate in COCO's order."""
        return map(self.__getitem__, range(len(self)))


def image_entry(random: Random, picture: Picture) -> dict[str, Any]:
    """Return an image as COCO describes it."""
    name = f"{picture.id:012}.jpg"
    farm, server, secret = 1 + int(random.random() * 9), int(random.random() * 8000), int(random.random() * 2**40)
    seconds = int(random.random() * 86400)
    time = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return {
        "license": 1 + int(random.random() ** 2 * len(LICENSES)),
        "file_name": name,
        "coco_url": f"http://images.cocodataset.org/train2017/{name}",
        "height": picture.height,
        "width": picture.width,
        "date_captured": f"2013-11-{14 + int(random.random() * 12)} {time}",
        "flickr_url": f"http://farm{farm}.staticflickr.com/{server}/{int(random.random() * 9e9)}_{secret:010x}_z.jpg",
        "id": picture.id,
    }


class Things:
    """The annotations in COCO's order: runs of rising ids, images as they come, crowds at the end of a run."""

    def __init__(self, random: Random, pictures: Pictures) -> None:
        """Draw the annotations of all images."""
        self._pictures = pictures
        owners = array("I", (index for index in range(len(pictures)) for _ in range(objects(random))))
        ids = distinct(random, len(owners), max(MAX_ANNOTATION_ID, 2 * len(owners)))
        keys = array("Q", (key(thing_id, index) for thing_id, index in zip(ids, owners, strict=True)))
        for index, picture in enumerate(pictures):
            if random.random() < CROWDS_PER_IMAGE:
                keys.append(key(CROWD_ID + picture.categories[0] * 100_000_000 + picture.id, index))
        run = bytes(int(random.random() * RUNS) for _ in range(len(pictures)))
        self._runs = [array("Q") for _ in range(RUNS)]
        for one in keys:
            self._runs[run[one & INDEX_MASK]].append(one)

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(map(len, self._runs))

    def __iter__(self) -> Iterator[Thing]:
        """Iterate in COCO's order."""
        for run in self._runs:
            for one in sorted(run):
                yield Thing(one >> INDEX_BITS, self._pictures[one & INDEX_MASK])


def key(thing_id: int, index: int) -> int:
    """Return the id of an annotation and the place of its image as one number, which sorts by the id."""
    return thing_id << INDEX_BITS | index


def objects(random: Random) -> int:
    """Draw how many objects an image has: mostly few, now and then dozens, seldom none."""
    return int(random.expovariate(1 / (OBJECTS_PER_IMAGE - 0.45))) + (random.random() < 0.95)  # noqa: PLR2004 -- a share


def annotation_entry(random: Random, thing: Thing) -> dict[str, Any]:
    """Return an object with outlines, or a crowd with run lengths."""
    picture, crowd = thing.picture, thing.id > CROWD_ID
    segmentation, area, box = crowd_runs(random, picture) if crowd else outlines(random, picture)
    return {
        "segmentation": segmentation,
        "area": area,
        "iscrowd": int(crowd),
        "image_id": picture.id,
        "bbox": box,
        "category_id": picture.categories[0 if crowd else int(random.random() * len(picture.categories))],
        "id": thing.id,
    }


def outlines(random: Random, picture: Picture) -> tuple[list[list[float]], float, list[float]]:
    """Return an object's outlines, their area and their box."""
    radius = min(32 * math.exp(random.gauss(0, 1)), 0.4 * picture.height)
    center = (inside(random, picture.width, radius), inside(random, picture.height, radius))
    parts = 1
    while random.random() < 0.1 and parts < 8:  # noqa: PLR2004 -- shares of COCO's
        parts += 1
    polygons = [outline(random, picture, center, radius / math.sqrt(parts)) for _ in range(parts)]
    xs = [x for polygon in polygons for x in polygon[::2]]
    ys = [y for polygon in polygons for y in polygon[1::2]]
    box = [min(xs), min(ys), round(max(xs) - min(xs), 2), round(max(ys) - min(ys), 2)]
    return polygons, math.fsum(map(shoelace, polygons)), box


def inside(random: Random, extent: int, radius: float) -> float:
    """Draw where an object's middle lies along an axis, mostly so that the whole object is in the image."""
    margin = min(0.8 * radius, extent / 2)
    return margin + random.random() * (extent - 2 * margin)


def outline(random: Random, picture: Picture, center: tuple[float, float], radius: float) -> list[float]:
    """Walk around an ellipse with uneven steps, straying in and out, and stay in the image."""
    count = max(5, min(int(17.5 * (radius / 30) ** 0.35 * math.exp(random.gauss(0, 0.6))), 200))
    aspect = math.exp(random.gauss(0, 0.45))
    across, along = center[0] + random.gauss(0, radius / 4), center[1] + random.gauss(0, radius / 4)
    steps = [random.expovariate(1) + 0.05 for _ in range(count)]
    turn, angle, stray = 2 * math.pi / math.fsum(steps), random.random() * 2 * math.pi, 0.0
    points: list[float] = []
    for step in steps:
        angle += step * turn
        stray = 0.8 * stray + random.gauss(0, 0.12)
        reach = radius * max(0.1, 1 + stray)
        x, y = across + reach * aspect * math.cos(angle), along + reach / aspect * math.sin(angle)
        points += (round(min(max(x, 0.0), picture.width), 2), round(min(max(y, 0.0), picture.height), 2))
    return points


def shoelace(polygon: list[float]) -> float:
    """Return the area within an outline."""
    xs, ys = polygon[::2], polygon[1::2]
    return abs(math.fsum(xs[i - 1] * ys[i] - xs[i] * ys[i - 1] for i in range(len(xs)))) / 2


def crowd_runs(random: Random, picture: Picture) -> tuple[dict[str, Any], int, list[int]]:
    """Return a crowd as uncompressed run lengths, column by column, with its area and box."""
    width, height = picture.width, picture.height
    left, top = int(random.random() * width / 4), int(random.random() * height / 2)
    columns, rows = 150 + int(random.random() * (width * 0.75 - 150)), 20 + int(random.random() * (height / 2 - 20))
    counts: list[int] = []
    gap, start, size = left * height, top, rows
    low, high = height, 0
    for _ in range(columns):
        start = min(max(start + int(random.gauss(0, 1.5)), 0), height - 2)
        size = min(max(size + int(random.gauss(0, 2.5)), 1), height - start - 1)
        counts += (gap + start, size)
        gap = height - start - size
        low, high = min(low, start), max(high, start + size)
    counts.append((width - left - columns) * height + gap)
    return {"counts": counts, "size": [height, width]}, sum(counts[1::2]), [left, low, columns, high - low]


def distinct(random: Random, count: int, highest: int) -> Iterator[int]:
    """Yield different numbers from 1 to `highest`."""
    seen = bytearray(highest // 8 + 1)  # a bit a number
    while count:
        number = 1 + int(random.random() * highest)
        place, bit = number >> 3, 1 << (number & 7)
        if not seen[place] & bit:
            seen[place] |= bit
            count -= 1
            yield number


def annotation_entries(random: Random, things: Things, most_drawn: int | None) -> Iterator[dict[str, Any]]:
    """Yield all annotations; beyond `most_drawn` of them, shapes of earlier ones come again under other ids."""
    drawn: dict[tuple[int, int, bool], list[dict[str, Any]]] = {}
    for number, thing in enumerate(things):
        shapes = drawn.setdefault((thing.picture.width, thing.picture.height, thing.id > CROWD_ID), [])
        if most_drawn is None:
            yield annotation_entry(random, thing)
        elif number < most_drawn or not shapes:
            shapes.append(annotation_entry(random, thing))
            yield shapes[-1]
        else:
            yield shapes[number % len(shapes)] | {"image_id": thing.picture.id, "id": thing.id}


def write_list(file: TextIO, name: str, entries: Iterable[dict[str, Any]]) -> None:
    """Write a list of the file's object, an entry at a time."""
    file.write(f', "{name}": [')
    file.writelines((", " if index else "") + json.dumps(entry) for index, entry in enumerate(entries))
    file.write("]")


def generate(
    path: Path, images: int, seed: int = 0, *, annotations_first: bool = False, most_drawn: int | None = None
) -> int:
    """Write a COCO instances file and return how many annotations it has.

    Args:
        path: The file.
        images: How many images.
        seed: Another seed, another file.
        annotations_first: Whether the annotations stand in front of the images.
        most_drawn: So many annotations have shapes of their own, further ones have those of earlier ones, which takes
            a tenth of the time. None: all.
    """
    random = Random(seed)
    shown = Pictures(random, images)
    placed = Things(random, shown)
    info = {"description": "Made up, like COCO", "version": "1.0", "year": 2017, "date_created": "2017/09/01"}
    lists = {
        "images": (image_entry(random, picture) for picture in shown),
        "annotations": annotation_entries(random, placed, most_drawn),
    }
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"info": ' + json.dumps(info))
        write_list(file, "licenses", ({"url": u, "id": i, "name": n} for i, (u, n) in enumerate(LICENSES, 1)))
        write_list(file, "categories", categories())
        for name in sorted(lists, reverse=not annotations_first):
            write_list(file, name, lists[name])
        file.write("}")
    return len(placed)


def main() -> None:
    """Write a file as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, help="the JSON file to write")
    parser.add_argument("--images", type=int, default=12_000, help="how many images (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, another file (default: %(default)s)")
    parser.add_argument("--annotations-first", action="store_true", help="put the annotations in front of the images")
    parser.add_argument(
        "--ids", type=Path, metavar="FILE", help="write the images' names in random order, as JSON, too"
    )
    parser.add_argument("--most-drawn", type=int, metavar="N", help="repeat shapes after so many annotations: faster")
    options = parser.parse_args()
    count = generate(
        options.path,
        options.images,
        options.seed,
        annotations_first=options.annotations_first,
        most_drawn=options.most_drawn,
    )
    if options.ids:
        names = [f"{picture.id:012}" for picture in Pictures(Random(options.seed), options.images)]
        Random(options.seed).shuffle(names)
        options.ids.write_text(json.dumps(names))
    print(json.dumps({"images": options.images, "annotations": count, "bytes": options.path.stat().st_size}))


if __name__ == "__main__":
    main()
