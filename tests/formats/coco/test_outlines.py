"""The short cut for usual entries makes what the long way makes."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb.errors import SourceFormatError
from datumpb.formats.coco.outlines import polygons_of_entries
from datumpb.formats.coco.shapes import Context, Groups, annotations_of_entry
from datumpb.model.annotations import Polygon
from datumpb.model.geometry import measure_outlines
from datumpb.model.known_masks import KnownMasks

CORNERS = [1.25, 2.5, 11.0, 2.5, 11.0, 22.75]
USUAL = {
    "segmentation": [CORNERS],
    "area": 98.71875,
    "iscrowd": 0,
    "image_id": 7,
    "bbox": [1.25, 2.5, 9.75, 20.25],
    "category_id": 18,
    "id": 1768,
}
NUMBERS = st.one_of(
    st.floats(-1000, 1000).map(lambda number: round(number, 2)),
    st.integers(-1000, 1000),
    st.sampled_from([-0.0, float("nan"), float("inf"), 1e300, 2**53 + 1, 10**400, True, "1", None]),
)
ODD: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    2,
    -0.0,
    1.0,
    float("nan"),
    2**63,
    10**400,
    "1",
    [],
    {},
    [[]],
    [None],
    [True] * 4,
]


def polygons_of_entry(entry: dict[str, Any], label: int) -> list[Polygon] | None:
    """Make the polygons of one entry, which has to come out the same among others."""
    labels = {number: label for number in (18, entry.get("category_id")) if type(number) is int}
    encoded, usual, other = (json.dumps(each).encode() for each in (entry, USUAL, USUAL | {"x": 1}))
    alone = polygons_of_entries([encoded], labels)
    assert polygons_of_entries([usual, encoded, usual], labels)[1:2] == alone
    among = polygons_of_entries([usual, encoded, other, encoded], labels)
    assert repr(among[1:]) == repr([*alone, None, *alone])
    return alone[0]


def _long_way(entry: dict[str, Any]) -> list[Any]:
    return annotations_of_entry(entry, Context("instances", ["instances"], 3, 18, 7, Groups(), KnownMasks()))


def test_the_usual_entry() -> None:
    polygons = polygons_of_entry(USUAL, 3)
    assert polygons == [Polygon(CORNERS, id=1768, label=3, attributes={"is_crowd": False})]  # type: ignore[arg-type]  # a list will do
    assert polygons == _long_way(USUAL)


def test_several_outlines_and_whole_numbers() -> None:
    parts: list[list[float]] = [CORNERS, [30, 30, 40, 30, 40, 40.5]]
    entry = USUAL | {"segmentation": parts, "area": 151.21875, "bbox": [1.25, 2.5, 38.75, 38], "iscrowd": 1}
    polygons = polygons_of_entry(entry, 3)
    assert polygons is not None
    expected = _long_way(entry)
    for polygon in expected:
        polygon.group = 0
    assert polygons == expected


@pytest.mark.parametrize("key", USUAL)
@pytest.mark.parametrize("value", ODD, ids=lambda value: f"{value!r:.9}")
def test_an_odd_value(key: str, value: object) -> None:
    _assert_same(USUAL | {key: value})


def test_other_keys() -> None:
    for key in USUAL:
        assert polygons_of_entry({name: value for name, value in USUAL.items() if name != key}, 3) is None
    assert polygons_of_entry(USUAL | {"x": 1}, 3) is None


@given(st.lists(st.lists(NUMBERS, max_size=8), max_size=3), st.data())
def test_any_numbers(parts: list[list[Any]], data: st.DataObject) -> None:
    entry = USUAL | {"segmentation": parts}
    if all(type(number) in (int, float) and abs(number) < 1e9 for part in parts for number in part):
        box, area = measure_outlines([part[: len(part) // 2 * 2] for part in parts])
        entry["bbox"], entry["area"] = list(box or ()), area
    if data.draw(st.booleans()):
        entry["bbox"] = data.draw(st.lists(NUMBERS, min_size=4, max_size=4))
    if data.draw(st.booleans()):
        entry["area"] = data.draw(NUMBERS)
    _assert_same(entry)


def _assert_same(entry: dict[str, Any]) -> None:
    given_entry = copy.deepcopy(entry)
    polygons = polygons_of_entry(entry, 3)
    assert repr(entry) == repr(given_entry)
    if polygons is None or entry["image_id"] != 7 or entry["category_id"] != 18:  # those are looked at before
        return
    try:
        expected = _long_way(entry)
    except SourceFormatError as error:
        pytest.fail(f"the long way refuses this entry: {error}")
    for polygon in expected:
        polygon.group = 0
    assert polygons == expected
