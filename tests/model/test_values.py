"""What it means that two values are the same."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given

from datumpb.model.annotations import Bbox, Label, Polygon
from datumpb.model.item import Item
from datumpb.model.media import Image, MediaRef
from datumpb.model.values import Exact, Value, identical
from tests.support import strategies

NAN = float("nan")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (True, 1),
        (1, 1.0),
        (0.0, -0.0),
        (0, False),
        (None, False),
        ("", b""),
        ("a", "b"),
        (1.0, NAN),
        ([], ()),
        ([1], [True]),
        ([1], [1, 2]),
        ({"a": 1}, {"a": 1.0}),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": 1, "b": 2}),
        (np.zeros(2), np.zeros(2, np.float32)),
        (np.zeros(2), np.zeros((2, 1))),
        (np.zeros(2), -np.zeros(2)),
        (np.array([1.0, NAN]), np.array([1.0, 2.0])),
        (np.array([1, 2]), np.array([1, 3])),
        (np.zeros(2), [0.0, 0.0]),
        (Label(label=1), Label(label=None)),
        (Label(label=1), Label(label=True)),
        (Label(), Bbox(0, 0, 0, 0)),
    ],
)
def test_these_differ(left: object, right: object) -> None:
    assert not identical(left, right)
    assert not identical(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (NAN, -NAN),
        ([NAN], [NAN]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (np.array([NAN, -0.0]), np.array([-NAN, -0.0])),
        (np.array([1, 2], np.uint8), np.array([1, 2], np.uint8)),
        (Polygon(np.array([1.0, NAN])), Polygon(np.array([[1.0, NAN]]))),
    ],
)
def test_these_are_the_same(left: object, right: object) -> None:
    assert identical(left, right)
    assert identical(right, left)


@given(strategies.VALUES)
def test_a_copy_is_identical(value: Value) -> None:
    assert identical(value, copy.deepcopy(value))


@given(strategies.ITEMS)
def test_a_copy_of_an_item_is_equal(item: Item) -> None:
    assert item == copy.deepcopy(item)


def test_classes_are_compared_field_by_field() -> None:
    item = Item("a", annotations=[Bbox(1, 2, 3, 4)])
    other = copy.deepcopy(item)
    other.annotations[0].attributes["k"] = 1
    assert item != other
    assert item != "a"


def test_fields_that_do_not_count_are_not_compared() -> None:
    class Source:
        chunks = None

    assert Image(MediaRef("a", source=Source())) == Image(MediaRef("a"))  # type: ignore[arg-type]  # never read


def test_exact_classes_are_not_hashable() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Label())


def test_another_class_with_the_same_fields_differs() -> None:
    @dataclass(eq=False)
    class One(Exact):
        x: int

    @dataclass(eq=False)
    class Two(Exact):
        x: int

    assert One(1) == One(1)
    assert One(1) != Two(1)
