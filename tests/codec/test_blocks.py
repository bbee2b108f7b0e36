"""Blocks: split without parsing, and bytes that are no message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec.blocks import item_id, parse, parse_item, split_batch
from datumpb.errors import DamagedFileError
from tests.support import strategies
from tests.support.item_messages import encode_item

if TYPE_CHECKING:
    from datumpb.model.item import Item


@given(st.lists(strategies.ITEMS, max_size=4))
def test_a_batch_is_split_into_its_items(items: list[Item]) -> None:
    encoded = [encode_item(item) for item in items]
    parts = split_batch(messages.ItemBatch(items=encoded).SerializeToString())
    assert parts == [message.SerializeToString() for message in encoded]
    assert [parse_item(part) for part in parts] == encoded
    assert [item_id(part) for part in parts] == [item.id for item in items]


def test_splitting_does_not_look_into_items() -> None:
    assert split_batch(b"\x0a\x02\xff\xff") == [b"\xff\xff"]


@pytest.mark.parametrize("data", [b"\xff", b"\x0a", b"\x0a\x05abc", b"\x0a\x02\xff\xff"])
def test_bytes_that_are_no_item_are_damaged(data: bytes) -> None:
    with pytest.raises(DamagedFileError, match=f"^these {len(data)} bytes are no Item message$"):
        parse_item(data)


@pytest.mark.parametrize("data", [b"\xff", b"\x0a", b"\x0a\x05abc", b"\x0a\x02\xff\xff"])
def test_bytes_that_have_no_id(data: bytes) -> None:
    with pytest.raises(DamagedFileError, match=f"^these {len(data)} bytes are no Item message$"):
        item_id(data)


def test_an_id_is_had_without_looking_at_the_rest() -> None:
    field = messages.Item.DESCRIPTOR.fields_by_name["annotations"].number
    data = messages.Item(id="a").SerializeToString() + bytes([field << 3 | 2, 1, 0xFF])
    assert item_id(data) == "a"
    with pytest.raises(DamagedFileError):
        parse_item(data)


def test_bytes_that_are_no_batch_are_damaged() -> None:
    with pytest.raises(DamagedFileError):
        split_batch(b"\x0a\x05abc")


def test_text_that_is_not_utf8_is_damaged() -> None:
    with pytest.raises(DamagedFileError):
        parse(messages.Meta, b"\x0a\x01\xff")


def test_endless_nesting_is_damaged() -> None:
    value = b""
    for _ in range(200):
        list_value = messages.SerializedItemBatch(items=[value]).SerializeToString()  # field 1, as ListValue.values
        value = b"\x42" + messages.Value(bytes_value=list_value).SerializeToString()[1:]  # field 8: list_value
    with pytest.raises(DamagedFileError):
        parse(messages.Value, value)
