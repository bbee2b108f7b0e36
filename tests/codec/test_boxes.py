"""Boxes of items' messages: what the model's geometry says of the decoded items' objects, bit for bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec.boxes import decode_boxes
from datumpb.errors import DamagedFileError
from datumpb.model import annotations as model
from datumpb.model import rle
from datumpb.model.geometry import Box, bbox_of
from datumpb.model.item import Item
from datumpb.model.objects import objects_of
from tests.support.item_messages import encode_item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.model.item_boxes import ItemBoxes


def boxes_of(*items: Item) -> list[ItemBoxes]:
    return decode_boxes([encode_item(item).SerializeToString() for item in items])


def expected(item: Item) -> tuple[list[Box], list[int]]:
    """Sort the annotations of an item into objects, and ask the model for each one's box."""
    objects = objects_of(item.annotations)
    boxes = [bbox_of(one) or (0.0, 0.0, 0.0, 0.0) for one in objects]
    return boxes, [-1 if one[0].label is None else one[0].label for one in objects]


def mask(rows: Sequence[str]) -> model.Mask:
    bitmap = np.array([[character == "#" for character in row] for row in rows])
    return model.Mask(len(rows), len(rows[0]), rle.from_bitmap(bitmap))


NUMBERS = (
    st.integers(-(10**6), 10**6).map(lambda number: number / 100)
    | st.integers(-(10**9), 10**9).map(lambda number: number / 10**5)
    | st.integers(-(2**53), 2**53).map(float)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.floats(-1e15, 1e15)
)
POINTS = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=8).map(lambda points: np.array(points).reshape(-1, 2))
BOX = st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
MASK = st.lists(st.text(".#", min_size=3, max_size=3), min_size=1, max_size=4).map(mask)
SHAPES = st.one_of(
    POINTS.map(model.Polygon),
    POINTS.map(model.Polygon),
    POINTS.map(model.PolyLine),
    POINTS.map(model.Points),
    BOX.map(lambda numbers: model.Bbox(*numbers)),
    BOX.map(lambda numbers: model.Ellipse(*numbers)),
    st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS).map(lambda numbers: model.RotatedBbox(*numbers)),
    st.just(model.Cuboid2d(np.arange(16.0) / 8)),
    st.just(model.Caption("text")),
    st.just(model.Label()),
    MASK,
)


@st.composite
def items(draw: st.DrawFn) -> Item:
    shapes = draw(st.lists(SHAPES, max_size=7))
    grouped = []
    for shape in shapes:
        one = type(shape)(**{name: getattr(shape, name) for name in type(shape).__match_args__})
        one.group = draw(st.integers(0, 2))
        one.label = draw(st.sampled_from([None, 0, 7, 2**32 - 1]))
        grouped.append(one)
    return Item(draw(st.sampled_from(["a", "b/c"])), annotations=grouped)


@given(st.lists(items(), max_size=4))
def test_boxes_are_those_of_the_model(given_items: list[Item]) -> None:
    with np.errstate(over="ignore"):
        found = boxes_of(*given_items)
    assert [one.item_id for one in found] == [item.id for item in given_items]
    for one, item in zip(found, given_items, strict=True):
        boxes, labels = expected(item)
        assert one.xywh.dtype == np.float64
        assert one.labels.dtype == np.int64
        assert one.xywh.tolist() == [list(box) for box in boxes]
        assert one.labels.tolist() == labels


def test_a_width_has_the_decimals_of_the_corners() -> None:
    (found,) = boxes_of(Item("a", annotations=[model.Polygon(np.array([0.1, 5, 0.3, 7.25]))]))
    assert 0.3 - 0.1 != 0.2
    assert found.xywh.tolist() == [[0.1, 5, 0.2, 2.25]]


def test_an_item_without_shapes_has_arrays_without_rows() -> None:
    (found,) = boxes_of(Item("a", annotations=[model.Caption("nothing", label=3)]))
    assert (found.xywh.shape, found.labels.shape) == ((0, 4), (0,))


def test_who_keeps_boxes_keeps_those_of_no_other_item() -> None:
    first, second = boxes_of(*[Item(name, annotations=[model.Bbox(1, 2, 3, 4, label=5)]) for name in "ab"])
    assert first.xywh.base is None
    first.xywh[:], first.labels[:] = 0, 0
    assert second.xywh.tolist() == [[1, 2, 3, 4]]
    assert second.labels.tolist() == [5]


@pytest.mark.parametrize(
    "annotation",
    [
        messages.Annotation(polygon={"points": {"delta": [1, 2, 3]}}),
        messages.Annotation(bbox={"xywh": {"delta": [1, 2, 3]}}),
        messages.Annotation(mask={"height": 5, "width": 5, "counts": b"1"}),
        messages.Annotation(ellipse={}),
    ],
)
def test_a_damaged_shape_is_refused(annotation: messages.Annotation) -> None:
    good = encode_item(Item("a", annotations=[model.Polygon(np.array([1, 2, 3, 4]))])).SerializeToString()
    bad = messages.Item(id="b", annotations=[annotation]).SerializeToString()
    with pytest.raises(DamagedFileError):
        decode_boxes([good, bad, good])
    with pytest.raises(DamagedFileError, match="no id"):
        decode_boxes([good, b""])


def test_keypoints_are_not_looked_at() -> None:
    outline = encode_item(Item("a", annotations=[model.Polygon(np.array([1, 2, 3, 4]))])).annotations[0]
    keypoints = messages.Annotation(points={"points": {"delta": [1, 2, 3]}})
    (found,) = decode_boxes([messages.Item(id="a", annotations=[outline, keypoints, outline]).SerializeToString()])
    assert found.xywh.tolist() == [[1, 2, 2, 2], [0, 0, 0, 0], [1, 2, 2, 2]]


@pytest.mark.usefixtures("unchecked_masks")
def test_a_damaged_mask_is_named() -> None:
    item = encode_item(Item("b", annotations=[model.Mask(5, 5, b"1")]))
    with pytest.raises(DamagedFileError, match="item 'b': RLE does not fit"):
        decode_boxes([item.SerializeToString()])


def test_many_masks_are_those_of_the_model() -> None:
    # More than are unpacked at once, one of them too long for that, and some without pixels.
    pixels = np.random.default_rng(0).random((60, 40, 50)) < 0.5
    pixels[::7] = False
    masks: list[model.Annotation] = [
        model.Mask(40, 50, rle.from_bitmap(one), group=number // 3, label=number % 2)
        for number, one in enumerate(pixels)
    ]
    long = np.zeros((200, 200), bool)
    long[7:190:2, 5:200] = True
    masks.append(model.Mask(200, 200, rle.from_bitmap(long)))
    item = Item("a", annotations=masks)
    for found in boxes_of(item, item):
        boxes, labels = expected(item)
        assert found.xywh.tolist() == [list(box) for box in boxes]
        assert found.labels.tolist() == labels


@pytest.mark.usefixtures("unchecked_masks")
def test_a_damaged_mask_among_many_is_named() -> None:
    good = Item("a", annotations=[model.Mask(1, 3, rle.encode_runs([1, 2]))] * 2)
    bad = Item("b", annotations=[*good.annotations, model.Mask(5, 5, b"1"), *good.annotations])
    with pytest.raises(DamagedFileError, match="item 'b': RLE does not fit"):
        boxes_of(good, bad, good)
