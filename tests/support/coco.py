"""COCO datasets for tests: written, read back, compared as JSON data, and made at random."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image
from hypothesis import strategies as st

from datumpb.formats import coco
from datumpb.formats.coco.layout import discover
from datumpb.model import rle
from datumpb.model.categories import Categories
from datumpb.model.media import Image, MediaRef
from datumpb.model.meta import Meta
from tests.support.exports import export_as

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.dataset.losses import LossReport
    from datumpb.model.item import Item

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
AREA_TOLERANCE = 1e-6


def make_folder(root: Path, files: dict[str, Any]) -> Path:
    """Write files: bytes as they are, arrays of numbers as panoptic PNGs, everything else as JSON."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, np.ndarray):
            colours = np.stack([content & 255, content >> 8 & 255, content >> 16 & 255], axis=-1).astype(np.uint8)
            PIL.Image.fromarray(colours).save(path)
        else:
            path.write_text(json.dumps(content), "utf-8")
    return root


class ListSource:
    """A dataset of given items in one subset; iterating over it ends with an error where one is given."""

    def __init__(self, items: list[Item], meta: Meta | None = None, error: BaseException | None = None) -> None:
        self._items = items
        self._meta = meta or Meta("x", categories=Categories.from_labels(["cat", "dog"]))
        self._error = error

    def subsets(self) -> list[str]:
        return [self._meta.subset]

    def meta(self, subset: str) -> Meta:
        assert subset == self._meta.subset
        return self._meta

    def items(self, subset: str) -> Iterator[Item]:
        assert subset == self._meta.subset
        yield from self._items
        if self._error is not None:
            raise self._error

    def item(self, item_id: str, subset: str) -> Item:
        raise NotImplementedError

    def count(self, subset: str) -> int:
        assert subset == self._meta.subset
        return len(self._items)


def png_numbers(path: Path) -> np.ndarray:
    with PIL.Image.open(path) as picture:
        colours = np.asarray(picture.convert("RGB"), np.uint32)
    return colours[..., 0] | colours[..., 1] << 8 | colours[..., 2] << 16


def convert(source: Path, target: Path, *, save_media: bool = False, overwrite: bool = False) -> LossReport:
    return export_as("coco", coco.read(source), target, save_media=save_media, overwrite=overwrite)


def file_of(item: Item) -> MediaRef:
    assert isinstance(item.media, Image)
    assert item.media.file is not None
    return item.media.file


def assert_same_dataset(source: Path, result: Path) -> None:
    """Every JSON file has the same data, and every PNG the same segments."""
    for subset, files in discover(source).files.items():
        for task, path in files.items():
            written = result / "annotations" / f"{task}_{subset}.json"
            expected = json.loads(path.read_text("utf-8"))
            assert_same(json.loads(written.read_text("utf-8")), expected, written.name)
            if task == "panoptic":
                for annotation in expected["annotations"]:
                    name = annotation["file_name"]
                    pixels = png_numbers(path.with_suffix("") / name)
                    assert np.array_equal(png_numbers(written.with_suffix("") / name), pixels)


def assert_same(actual: object, expected: object, place: str = "") -> None:
    """JSON data is the same; only areas may differ, by 1e-6."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        assert actual.keys() == expected.keys(), place
        for key, value in expected.items():
            assert_same(actual[key], value, f"{place}.{key}")
    elif isinstance(expected, list) and isinstance(actual, list):
        assert len(actual) == len(expected), place
        for index, value in enumerate(expected):
            assert_same(actual[index], value, f"{place}[{index}]")
    elif isinstance(expected, int | float) and isinstance(actual, int | float):
        assert isinstance(actual, bool) == isinstance(expected, bool), place
        near = place.endswith(".area") and abs(actual - expected) <= AREA_TOLERANCE
        assert near or actual == expected or (actual != actual and expected != expected), (place, actual, expected)  # noqa: PLR0124 -- NaN
    else:
        assert type(actual) is type(expected), place
        assert actual == expected, place


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
NUMBERS = st.integers(-(2**70), 2**70) | st.floats() | st.integers(0, 50) | st.decimals(0, 700, places=2).map(float)
SMALL = st.decimals(0, 700, places=2).map(float) | st.integers(0, 700)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(TEXTS, children, max_size=3),
    max_leaves=5,
)
MAYBE_X: st.SearchStrategy[dict[str, Any]] = st.sampled_from([{}, {"x": 1}])
KEYS = TEXTS | st.sampled_from(["coco", "order", "attributes", "score", "is_crowd", "isthing", "url", "license"])
# COCO's own keys, which hypothesis finds in our code, cannot hold just anything.
OWN_KEYS = {
    "area",
    "bbox",
    "caption",
    "category_id",
    "file_name",
    "height",
    "id",
    "image_id",
    "iscrowd",
    "keypoints",
    "name",
}
OWN_KEYS |= {"num_keypoints", "segmentation", "segments_info", "skeleton", "supercategory", "width"}
OTHERS = st.dictionaries(KEYS.filter(lambda key: key not in OWN_KEYS), JSON, max_size=2)
IDS = st.integers(1, 60) | st.integers(-(2**65), 2**65) | st.integers(2**31, 2**42)
NAMES = st.sampled_from([f"{stem}{end}" for stem in ("a", "b/c", "ä x", "../d", "/e", "f\\g", "a.jpg") for end in
                         (".jpg", ".PNG", "", ".", ".j g")]) | st.text(min_size=1, max_size=5)  # fmt: skip


@st.composite
def polygons(draw: st.DrawFn) -> list[list[float]]:
    numbers = draw(st.sampled_from([SMALL, NUMBERS]))
    return draw(st.lists(st.lists(numbers, max_size=8).map(lambda part: part[: len(part) // 2 * 2]), max_size=3))


@st.composite
def masks(draw: st.DrawFn) -> dict[str, Any]:
    height, width = draw(st.integers(0, 6)), draw(st.integers(0, 6))
    left, runs = height * width, []
    for run in draw(st.lists(st.integers(0, 9), max_size=8)):
        runs.append(min(run, left))
        left -= runs[-1]
    runs.append(left)
    counts = runs if draw(st.booleans()) else rle.encode_runs(runs).decode()
    return {"size": [height, width], "counts": counts, **draw(MAYBE_X)}


@st.composite
def shapes(draw: st.DrawFn) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    if draw(st.booleans()):
        entry["segmentation"] = draw(polygons() | masks() | st.none())
    if draw(st.booleans()):
        entry["bbox"] = draw(st.lists(SMALL | NUMBERS, min_size=4, max_size=4) | st.just([]) | st.none())
    if draw(st.booleans()):
        entry["area"] = draw(NUMBERS | JSON)
    if draw(st.booleans()):
        entry["iscrowd"] = draw(st.sampled_from([0, 1, True, False, 2, None]))
    if draw(st.booleans()):
        count = draw(st.integers(0, 3))
        visibility = st.integers(0, 2) | NUMBERS
        entry["keypoints"] = [number for _ in range(count) for number in (draw(SMALL), draw(NUMBERS), draw(visibility))]
        if draw(st.booleans()):
            entry["num_keypoints"] = count
    return entry


@st.composite
def entries(draw: st.DrawFn, task: str, images: list[int], categories: list[int]) -> dict[str, Any]:
    entry = draw(OTHERS)
    if task == "captions":
        entry["caption"] = draw(TEXTS)
    elif task != "labels":
        entry |= draw(shapes())
    if draw(st.booleans()):
        entry["attributes"] = draw(OTHERS | JSON)
    entry["category_id"] = draw(st.sampled_from(categories) if categories else IDS)
    entry["image_id"] = draw(st.sampled_from(images))
    entry["id"] = draw(IDS)
    return entry


@st.composite
def categories(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for number in draw(st.lists(st.integers(0, 6) | IDS, unique=True, max_size=4)):
        entry = draw(OTHERS) | {"id": number, "name": draw(TEXTS)}
        entry |= draw(st.fixed_dictionaries({}, optional={"supercategory": JSON, "skeleton": st.just([[1, 2]])}))
        entry |= draw(st.fixed_dictionaries({}, optional={"keypoints": st.lists(TEXTS, max_size=2)}))
        found.append(entry)
    return found


@st.composite
def documents(draw: st.DrawFn, task: str, names: list[str]) -> dict[str, Any]:
    chosen = draw(st.lists(st.sampled_from(names), unique=True, max_size=4))
    ids = draw(st.lists(IDS, unique=True, min_size=len(chosen), max_size=len(chosen)))
    sides = st.fixed_dictionaries({}, optional={"height": st.none() | st.integers(0, 99), "width": st.just(7.0)})
    images = [draw(OTHERS) | draw(sides) | {"id": number, "file_name": name}
              for number, name in zip(ids, chosen, strict=True)]  # fmt: skip
    listed = draw(categories())
    numbers = [entry["id"] for entry in listed]
    annotations = draw(st.lists(entries(task, ids, numbers), max_size=6)) if ids else []
    order = draw(st.sampled_from(["as drawn", "by id"]))
    if order == "by id":
        annotations.sort(key=lambda entry: entry["id"])
    top = {key: value for key, value in draw(OTHERS).items() if key not in {"images", "annotations", "categories"}}
    if draw(st.booleans()):
        top |= {"info": {}, "licenses": []}
    return top | {"images": images, "annotations": annotations, "categories": listed}
