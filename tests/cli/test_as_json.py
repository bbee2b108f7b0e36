from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given

import datumpb as dp
from datumpb.cli.as_json import item_line
from datumpb.model.values import identical
from tests.support import strategies

if TYPE_CHECKING:
    from datumpb.model.values import Value

SPECIAL = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": -float("inf")}


def decode(value: Any) -> Value:  # noqa: ANN401 -- whatever JSON gives
    """Return the value that a piece of JSON stands for, by the rules in the help of `datumpb cat`."""
    if isinstance(value, list):
        return [decode(element) for element in value]
    if isinstance(value, dict) and len(value) == 1:
        ((key, text),) = value.items()
        if key == "$float":
            return SPECIAL[text]
        if key == "$int":
            return int(text, 0)
        if key == "$bytes":
            return base64.b64decode(text, validate=True)
    if isinstance(value, dict):
        return {key.removeprefix("$"): decode(element) for key, element in value.items()}
    return value  # type: ignore[no-any-return]  # a str, bool, number or None


def forbidden(constant: str) -> float:
    raise AssertionError(constant)


@given(strategies.ATTRIBUTES)
def test_any_value_survives(attributes: dict[str, Value]) -> None:
    line = item_line(dp.Item("1", attributes=attributes))
    assert identical(decode(json.loads(line, parse_constant=forbidden)["attributes"]), attributes)


@pytest.mark.parametrize(
    "value",
    [
        {"$int": "1"},
        {"$": 1, "$$": 2, "$$$bytes": b"\xff"},
        {"": {"$float": "NaN"}},
        10**5000,
        -(10**5000),
        [2**53 - 1, 2**53, -(2**53)],
        [-0.0, 0.0, 1.0, 1, True, None],
        5e-324,
    ],
    ids=lambda value: type(value).__name__,  # pytest would write huge integers in decimal
)
def test_odd_values_survive(value: Value) -> None:
    line = item_line(dp.Item("1", attributes={"value": value}))
    assert identical(decode(json.loads(line, parse_constant=forbidden)["attributes"]["value"]), value)


def test_no_number_is_larger_than_a_double_holds() -> None:
    line = item_line(dp.Item("1", annotations=[dp.Label(id=2**63 - 1)], attributes={"x": [2**53 - 1, 2**53, 2**900]}))
    assert max(map(int, re.findall(r'(?<!["\d])\d+(?!["\d])', line))) == 2**53 - 1


def test_a_line_is_a_line_and_no_terminal_command() -> None:
    text = "a\nb\r\x85\u2028\u2029\x1b[31m\x9b31m\x7f漢"
    line = item_line(dp.Item(text))
    assert len(line.splitlines()) == 1
    assert line.isprintable()
    assert json.loads(line)["id"] == text


def test_fields_are_those_of_the_classes() -> None:
    notes: list[dp.Annotation] = [
        dp.Mask(2, 3, b"06", id=5, group=6, label=1, object_id=7, z_order=8, attributes={"crowd": True}),
        dp.Points(np.array([[1.5, 2]]), np.array([1])),
        dp.RotatedBbox(1, 2, 3, 4, float("nan")),
        dp.FeatureVector(np.array([0.1, np.inf], np.float32)),
        dp.DepthMap(dp.Image.from_bytes(b"\x00", 1, 2)),
    ]
    mask, points, box, vector, depth = json.loads(item_line(dp.Item("1", annotations=notes)))["annotations"]
    assert mask == {
        "type": "Mask", "id": 5, "group": 6, "label": 1, "object_id": 7, "z_order": 8, "attributes": {"crowd": True},
        "height": 2, "width": 3, "counts": "06",
    }  # fmt: skip
    assert (points["points"], points["visibility"]) == ([[1.5, 2.0]], [1])
    assert (box["type"], box["cx"], box["r"]) == ("RotatedBbox", 1.0, {"$float": "NaN"})
    assert vector["vector"] == [float(np.float32(0.1)), {"$float": "Infinity"}]
    file = {"path": None, "data": {"$bytes": "AA=="}, "size": None, "crc32": None, "encrypted": False}
    assert depth["image"] == {"type": "Image", "file": file, "height": 1, "width": 2}


def test_an_item_without_anything() -> None:
    expected: dict[str, object] = {"id": "1", "subset": "default", "media": None, "attributes": {}, "annotations": []}
    assert json.loads(item_line(dp.Item("1"))) == expected


@given(strategies.ITEMS)
def test_any_item_is_valid_json(item: dp.Item) -> None:
    document = json.loads(item_line(item), parse_constant=forbidden)
    assert document["id"] == item.id
    assert [note["type"] for note in document["annotations"]] == [type(note).__name__ for note in item.annotations]
