"""Serialized items are those of messages filled field by field; errors are those of `test_items`."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec.item_encoder import serialize_item, serialize_items
from datumpb.codec.statistics import types_and_labels
from datumpb.errors import InvalidItemError
from datumpb.model import annotations as model
from datumpb.model import rle
from datumpb.model.item import Item
from tests.support import strategies
from tests.support.plain_encoder import plain_item


def one(**fields: Any) -> Item:  # noqa: ANN401 -- of an annotation
    """Return an item with an outline that has some fields."""
    return Item("a", annotations=[model.Polygon(np.array([1.5, 2, 3, 4, 5, 6]), **fields)])


@given(st.lists(strategies.ITEMS, max_size=4))
def test_as_messages_filled_field_by_field(items: list[Item]) -> None:
    serialized = list(serialize_items(items))
    assert [found.data for found in serialized] == list(map(plain_item, items))


@given(strategies.ITEMS)
def test_types_and_labels_are_those_of_the_message(item: Item) -> None:
    data, types, labels = serialize_item(item)
    assert (types, labels) == types_and_labels(messages.Item.FromString(data))
    assert all(type(label) is int for label in labels)


@pytest.mark.parametrize(
    "attributes",
    [
        {"k": value}
        for value in (
            True,
            1,
            1.0,
            np.True_,
            np.int64(1),
            np.float32(1),
            False,
            0,
            0.0,
            -0.0,
            np.float64(-0.0),
            None,
            "",
        )
    ],
    ids=lambda attributes: repr(attributes["k"]),
)
def test_values_that_are_equal_are_not_the_same(attributes: dict[str, Any]) -> None:
    # Each of them behind all of the others, so that nothing that is remembered can stand for another value.
    for value in (True, 1, 1.0, False, 0, 0.0, -0.0, None):
        serialize_item(one(attributes={"k": value}))
    assert serialize_item(one(attributes=attributes)).data == plain_item(one(attributes=attributes))


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33, 127, 128, 16383, 16384, 1 << 21])
def test_texts_of_any_size(size: int) -> None:
    for name in ("k" * size, "é" * (size // 2)):
        item = Item("a", attributes={name: name, "": name.encode()}, annotations=[model.Caption(name)])
        assert serialize_item(item).data == plain_item(item)
    name = np.str_("k" * size)
    item = Item(np.str_("a"), attributes={name: name})
    assert serialize_item(item).data == plain_item(item)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int64, np.uint32])
def test_integers_of_numpy(kind: type[np.integer[Any]]) -> None:
    drawn = {name: kind(7) for name in ("id", "group", "label", "object_id", "z_order")}
    assert serialize_item(one(**drawn)) == serialize_item(one(**{name: int(number) for name, number in drawn.items()}))


def test_outlines_in_any_layout_of_memory() -> None:
    points = np.arange(24.0).reshape(6, 4)
    expected = model.Polygon(np.array(points[:, 1:3]))
    others: list[np.ndarray] = [
        points[:, 1:3],
        np.asfortranarray(points[:, 1:3]),
        points[:, 1:3].astype(">f8"),
        points[:, 1:3].astype(np.int16),
        points[:, 1:3].reshape(-1),
    ]
    for other in others:
        polygon = dataclasses.replace(expected)
        polygon.points = other
        items = [Item("a", annotations=[model.Bbox(1, 2, 3, 4), annotation]) for annotation in (polygon, expected)]
        found, wanted = serialize_items(items)
        assert found == wanted


@pytest.mark.parametrize(
    ("mask", "problem"),
    [
        (model.Mask(1, 1, bytes((1 << 23) + 1)), "8388609 characters"),
        (model.Mask(2, 2, b"2"), "the runs make 2 pixels, 2 x 2 has 4"),
        (model.Mask(2, 2, b"not runs"), "character that compressed runs do not use"),
        (model.Mask(1 << 16, 1 << 16, b""), "impossible size: 65536 x 65536"),
    ],
)
@pytest.mark.parametrize("among", [0, 3])
def test_a_mask_that_does_not_fit_is_named(mask: model.Mask, problem: str, among: int) -> None:
    good: list[model.Annotation] = [model.Mask(2, 2, b"112"), model.Label(label=1)] * among
    with pytest.raises(InvalidItemError, match=rf"^item 'a': annotation {2 * among} \(Mask\): .*{problem}"):
        serialize_item(Item("a", annotations=[*good, mask, *good]))


def test_the_first_problem_of_an_item_with_two_masks_that_do_not_fit() -> None:
    wrong = model.Mask(2, 2, b"2")
    with pytest.raises(InvalidItemError, match="annotation 1 "):
        serialize_item(Item("a", annotations=[model.Label(), wrong, wrong]))


def test_masks_with_numbers_of_numpy() -> None:
    mask = model.Mask(np.uint32(1 << 16), np.uint32(1 << 15), rle.encode_runs([1 << 31]))  # type: ignore[arg-type]  # as some have them
    item = Item("a", annotations=[mask, mask])
    assert serialize_item(item).data == plain_item(item)
