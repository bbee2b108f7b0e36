"""Numbers and items come back: text to pixels to text, and items to files to items."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import datumpb as dp
from datumpb.formats.yolo.numbers import box_of, ratio, ratios_of, text

SIDES = st.integers(1, 20000)
DECIMAL = st.decimals(0, 1, places=6).map(float) | st.decimals(0, 1, places=9).map(float)


@given(st.tuples(DECIMAL, DECIMAL, DECIMAL, DECIMAL), SIDES, SIDES)
def test_boxes_of_few_digits_come_back_as_the_same_numbers(
    ratios: tuple[float, float, float, float], width: int, height: int
) -> None:
    again = ratios_of(box_of(ratios, width, height), width, height)
    assert box_of(again, width, height) == box_of(ratios, width, height)
    assert again == pytest.approx(ratios, abs=1e-15)


@given(st.decimals(0, 1, places=6), st.decimals("0.001", 1, places=6), SIDES)
def test_usual_texts_come_back_letter_by_letter(centre: float, size: float, side: int) -> None:
    numbers = float(centre), float(centre), float(size), float(size)
    again = ratios_of(box_of(numbers, side, side), side, side)
    assert [text(number) for number in again] == [f"{centre:.6f}", f"{centre:.6f}", f"{size:.6f}", f"{size:.6f}"]
    assert text(ratio(float(centre) * side, side)) == f"{centre:.6f}"


@given(st.floats(0, 1), SIDES)
def test_any_number_brings_its_pixels_back(number: float, side: int) -> None:
    assert float(text(ratio(number * side, side))) * side == number * side


@given(st.floats(0, 1e4), st.floats(0, 1e4), SIDES)
def test_pixels_of_another_source_come_back_nearly(x: float, w: float, side: int) -> None:
    box = box_of(ratios_of((x, x, w, w), side, side), side, side)
    assert box == pytest.approx((x, x, w, w), rel=1e-12, abs=1e-10)


NAMES = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=5), min_size=1, max_size=3)
IDS = st.lists(st.sampled_from(["a", "b/c", "ä ö", "x.y", "b/d", "0", "images/e", "#"]), unique=True, max_size=4)
INSIDE = st.floats(0, 1)


@st.composite
def shapes(draw: st.DrawFn, task: str, label: int, number: int, height: int, width: int) -> list[dp.Annotation]:
    x, y = sorted(draw(st.tuples(INSIDE, INSIDE))), sorted(draw(st.tuples(INSIDE, INSIDE)))
    box = dp.Bbox(*box_of(((x[0] + x[1]) / 2, (y[0] + y[1]) / 2, x[1] - x[0], y[1] - y[0]), width, height), label=label)
    if task == "segment":
        corners = draw(st.lists(st.tuples(INSIDE, INSIDE), min_size=3, max_size=6))
        return [dp.Polygon(np.array(corners) * (width, height), label=label)]
    if task == "pose" and draw(st.booleans()):
        places = draw(st.lists(st.tuples(INSIDE, INSIDE), min_size=2, max_size=2))
        visibility = np.array(draw(st.lists(st.integers(1, 2), min_size=2, max_size=2)), np.uint8)
        box.group = number
        return [box, dp.Points(np.array(places) * (width, height), visibility, label=label, group=number)]
    return [box]


@st.composite
def datasets(draw: st.DrawFn, task: str) -> dp.Dataset:
    names = draw(NAMES)
    categories = dp.Categories.from_labels(names)
    if task == "pose":
        points = {label: dp.PointsCategory(draw(st.lists(st.text(max_size=3), min_size=2, max_size=2))) for label in
                  range(len(names))}  # fmt: skip
        categories.points = dp.PointsCategories(points)
    items = []
    for subset in draw(st.sampled_from([["train"], ["train", "val"], ["x y", "default"]])):
        for item_id in draw(IDS):
            height, width = draw(st.integers(1, 3000)), draw(st.integers(1, 3000))
            found: list[dp.Annotation] = []
            for number in range(1, draw(st.integers(0, 3)) + 1):
                found += draw(shapes(task, draw(st.integers(0, len(names) - 1)), number, height, width))
            folder = f"obj_{subset}_data" if task == "darknet" else f"images/{subset}"
            image = dp.Image(dp.MediaRef(f"{folder}/{item_id}.png"), height, width)
            items.append(dp.Item(item_id, subset, image, annotations=found))
    return dp.Dataset.from_iterable(items, categories=categories)


@pytest.mark.parametrize("task", ["detect", "segment", "pose"])
@given(data=st.data())
def test_any_dataset(task: str, data: st.DataObject) -> None:
    dataset = data.draw(datasets(task))
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary) / "out"
        assert not dataset.export(out, "yolo", task=task)
        again = dp.Dataset.import_from(out)
        assert again.categories() == dataset.categories()
        if len(dataset):
            assert list(again.subsets()) == list(dataset.subsets())
        for before, after in zip(dataset, again, strict=True):
            assert (after.id, after.subset, after.media) == (before.id, before.subset, before.media)
            _assert_near(after.annotations, before.annotations)
        second = Path(temporary) / "second"
        assert not again.export(second, "yolo", task=task)
        for first, last in zip(again, dp.Dataset.import_from(second), strict=True):
            assert last == first


def _assert_near(actual: list[dp.Annotation], expected: list[dp.Annotation]) -> None:
    """Pixels of any source come back but for the last bits of a float; all else is the same."""
    assert [type(one) for one in actual] == [type(one) for one in expected]
    for one, other in zip(actual, expected, strict=True):
        assert (one.label, bool(one.group)) == (other.label, bool(other.group))
        if isinstance(one, dp.Bbox) and isinstance(other, dp.Bbox):
            assert (one.x, one.y, one.w, one.h) == pytest.approx((other.x, other.y, other.w, other.h), abs=1e-9)
        elif isinstance(one, dp.Polygon | dp.Points) and isinstance(other, dp.Polygon | dp.Points):
            assert np.allclose(one.points, other.points, rtol=0, atol=1e-9)


@given(st.floats(0.3, 0.7), st.floats(0.3, 0.7), st.floats(1, 20), st.floats(1, 20), st.floats(-179, 179))
def test_turned_boxes(x: float, y: float, w: float, h: float, angle: float) -> None:
    box = dp.RotatedBbox(x * 200, y * 100, w, h, angle, label=0)
    item = dp.Item("a", "train", dp.Image(height=100, width=200), annotations=[box])
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary) / "out"
        assert not dp.Dataset.from_iterable([item], categories=["c"]).export(out, "yolo", task="obb")
        (again,) = dp.Dataset.import_from(out)
        (found,) = again.annotations
    assert isinstance(found, dp.RotatedBbox)
    assert (found.cx, found.cy, found.w, found.h) == pytest.approx((box.cx, box.cy, box.w, box.h), abs=1e-9)
    assert math.remainder(found.r - box.r, 360) == pytest.approx(0, abs=1e-6)


@given(st.lists(st.decimals("0.1", "0.9", places=6), min_size=2, max_size=2), st.integers(1, 80), st.floats(0, 360))
def test_usual_texts_of_turned_boxes_come_back(centre: list[float], size: int, angle: float) -> None:
    box = dp.RotatedBbox(float(centre[0]) * 2000, float(centre[1]) * 1000, size, 2 * size, angle)
    from datumpb.model.geometry import rotated_corners  # noqa: PLC0415 -- only here

    numbers = " ".join(f"{part:.6f}" for x, y in rotated_corners(box) for part in (x / 2000, y / 1000))
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / "in"
        (root / "labels").mkdir(parents=True)
        (root / "data.yaml").write_text("names: [c]\ntask: obb\ntrain: train.txt\n")
        (root / "train.txt").write_text("./images/a.png\n")
        (root / "images").mkdir()
        (root / "images.meta").write_text('"images/a.png" 1000 2000\n')
        (root / "labels" / "a.txt").write_text(f"0 {numbers}\n")
        dp.Dataset.import_from(root).export(Path(temporary) / "out", "yolo", task="obb")
        written = (Path(temporary) / "out" / "labels" / "train" / "a.txt").read_text()
    expected = [float(part) for part in numbers.split()]
    assert [float(part) for part in written.split()[1:]] == pytest.approx(expected, abs=2e-6)
