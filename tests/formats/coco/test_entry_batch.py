"""What is measured and encoded some at a time has the bytes that it would have one by one."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb.formats.coco import entry_batch, subset_entries
from datumpb.formats.coco.objects import IS_CROWD
from datumpb.model import rle
from datumpb.model.annotations import Annotation, Bbox, Caption, Mask, Points, Polygon
from datumpb.model.item import Item
from datumpb.model.meta import Meta
from tests.support.coco import ListSource
from tests.support.exports import export_as
from tests.support.strategies import FLOATS, INT64, arrays, rounded

SQUARE = np.array([[1.25, 2.5], [11.0, 2.5], [11.0, 22.75]])
CROWDS: list[dict[str, Any]] = [{}, {IS_CROWD: False}, {IS_CROWD: True}]
ODD_CROWDS: list[dict[str, Any]] = [{IS_CROWD: 1}, {IS_CROWD: "no"}, {"x": 1}, {IS_CROWD: True, "x": 0.5}]
ODD_RESTS: list[dict[str, Any]] = [
    {"coco": {"values": {"area": 7}}},
    {"coco": {"order": 1}},
    {"coco": {"missing": ["bbox"]}},
    {"coco": {"task": "person_keypoints"}},
    {"coco": {"values": {"id": 3}}},
]
NUMBERS = rounded() | st.floats(0, 640).map(lambda number: round(number, 2)) | FLOATS
COMMON = {
    "id": st.integers(0, 6) | INT64,
    "group": st.integers(0, 2),
    "label": st.sampled_from([None, 0, 0, 1, 7]),
    "attributes": st.sampled_from([*CROWDS * 4, *ODD_CROWDS, *ODD_RESTS]),
}
OUTLINES = (st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=5).map(np.array)) | arrays(-1, 2)
SHAPES: st.SearchStrategy[Annotation] = st.one_of(
    st.builds(Polygon, OUTLINES, **COMMON),
    st.builds(Polygon, OUTLINES, **COMMON),
    st.builds(Bbox, NUMBERS, NUMBERS, NUMBERS, NUMBERS, **COMMON),
    st.builds(Mask, st.just(2), st.just(2), st.just(rle.encode_runs([1, 2, 1])), **COMMON),
    st.builds(Points, arrays(2, 2), **COMMON),
    st.builds(Caption, st.text(max_size=3), **COMMON),
)
TASKS = st.sampled_from([(), ("instances",), ("results",), ("stuff", "captions"), ("panoptic",), ("person_keypoints",)])


def written(items: list[Item], tasks: tuple[str, ...] = (), *, by_id: bool = False) -> tuple[dict[str, bytes], object]:
    """Return the files that are written of items, and what was lost."""
    infos: dict[str, Any] = {task: {"annotations": "by id"} if by_id else {} for task in tasks}
    meta = ListSource([]).meta("x")
    source = ListSource(items, Meta("x", {"coco": {"tasks": infos}} if tasks else {}, meta.categories))
    with tempfile.TemporaryDirectory() as folder:
        losses = export_as("coco", source, Path(folder) / "out")
        files = {file.name: file.read_bytes() for file in (Path(folder) / "out" / "annotations").glob("*.json")}
    return files, (losses.counts, losses.examples)


def written_alone(*args: Any, **options: Any) -> tuple[dict[str, bytes], object]:  # noqa: ANN401 -- of `written`
    """Return what is written where no object is a usual one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subset_entries, "is_usual", lambda _parts: False)
        return written(*args, **options)


@given(st.lists(st.lists(SHAPES, max_size=6), max_size=4), TASKS, st.booleans(), st.sampled_from([1, 3, 512]))
def test_as_one_by_one(shapes: list[list[Annotation]], tasks: tuple[str, ...], by_id: bool, at_once: int) -> None:
    items = [Item(str(place), annotations=annotations) for place, annotations in enumerate(shapes)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entry_batch, "_ENTRIES_AT_ONCE", at_once)
        patch.setattr(entry_batch, "_POINTS_AT_ONCE", 3 * at_once)
        assert written(items, tasks, by_id=by_id) == written_alone(items, tasks, by_id=by_id)


@pytest.mark.parametrize("number", [-0.0, 0.0, 9.9e-5, 1e-4, 1e16, 9.9e15, -1e17, 1e300, float("nan"), float("inf")])
@pytest.mark.parametrize("corner", [0, 1, 2])
def test_an_odd_number_among_usual_ones(number: float, corner: int) -> None:
    odd = [Polygon(SQUARE.copy(), id=place, label=0, attributes={IS_CROWD: False}) for place in range(4)]
    odd[2].points[corner] = number, 0
    odd[2].points[corner - 1] = -5, 30  # so that the box does not show the odd number
    boxes = [Bbox(1, 2, 3, 4), Bbox(1, 2, number, 4), Bbox(1, 2, 3, number, group=1), Polygon(SQUARE, group=1)]
    files, losses = written([Item("a", annotations=[*odd, *boxes])])
    assert (files, losses) == written_alone([Item("a", annotations=[*odd, *boxes])])
    entries = json.loads(files["instances_x.json"])["annotations"]
    assert repr(entries[2]["segmentation"][0][2 * corner]) == repr(number)


@pytest.mark.parametrize(
    "points", [SQUARE.astype(np.float32), SQUARE.astype(int), SQUARE.astype(">f8"), SQUARE.reshape(-1), SQUARE.T]
)
def test_points_that_were_put_in_place_of_others(points: np.ndarray) -> None:
    shapes = [Polygon(SQUARE + 0.1, label=0, group=group) for group in (0, 1, 1)]
    shapes[1].points = points
    assert written([Item("a", annotations=[*shapes])]) == written_alone([Item("a", annotations=[*shapes])])


def test_an_area_and_a_width_beyond_all_usual_numbers() -> None:
    large = [Polygon(SQUARE * 1e9), Polygon(SQUARE * 8e14), Polygon(np.array([[-9e15, 0], [9e15, 1], [0, 3]]))]
    small = [Polygon(SQUARE * 1e-3), Polygon(np.array([[0.5, 1], [0.50001, 1], [0.5, 100]]))]
    assert (
        json.loads(written([Item("a", annotations=[small[1]])])[0]["instances_x.json"])["annotations"][0]["area"] > 1e-4
    )
    items = [Item("a", annotations=[*large, *small])]
    assert written(items) == written_alone(items)


def test_the_usual_object_is_one() -> None:
    shapes = [Polygon(SQUARE, attributes={IS_CROWD: True}), Bbox(1, 2, 3, 4), Polygon(SQUARE)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subset_entries, "entry_of", None)  # the long way
        files, _ = written([Item("a", annotations=[*shapes])])
    first, second, third = json.loads(files["instances_x.json"])["annotations"]
    assert (first["iscrowd"], first["area"], first["bbox"]) == (1, 98.71875, [1.25, 2.5, 9.75, 20.25])
    assert (second["segmentation"], second["area"], second["bbox"]) == ([], 12.0, [1.0, 2.0, 3.0, 4.0])
    assert (third["iscrowd"], third["id"], third["image_id"]) == (0, 3, 1)
