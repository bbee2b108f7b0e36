"""Items encoded together are those encoded one by one, and so are their errors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import datumpb as dp
from datumpb.container.item_encoder import ItemEncoder
from tests.support import strategies

ENCODE = ItemEncoder("train", dp.Categories(), 1 << 22)


@given(st.lists(strategies.ITEMS, max_size=5))
def test_together_as_one_by_one(items: list[dp.Item]) -> None:
    encode = ItemEncoder("train", dp.Categories(), 1 << 22)
    items = [dp.Item(item.id, "train", item.media, item.attributes, item.annotations) for item in items]
    assert list(encode.all(items)) == list(map(encode, items))


@pytest.mark.parametrize(
    "wrong",
    [
        dp.Item("c", annotations=[dp.Label(label=-1)]),
        dp.Item("c", "val"),
        dp.Item("c", attributes={"x": "x" * (1 << 22)}),
        dp.Item("c", media=dp.Image(dp.MediaRef("../x.jpg"))),
    ],
    ids=["a label", "a subset", "a size", "a path"],
)
def test_an_error_comes_behind_the_items_before_it(wrong: dp.Item) -> None:
    items = [dp.Item("a"), dp.Item("b", annotations=[dp.Polygon(np.ones((3, 2)))]), wrong, dp.Item("d")]
    found = ENCODE.all(items)
    assert [next(found).id, next(found).id] == ["a", "b"]
    with pytest.raises(dp.DatumpbError):
        next(found)
