"""What a message weighs, compared with what the parser makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from datumpb.codec.item_encoder import serialize_items
from datumpb.codec.weight import LIGHT, MAX_WEIGHT, weigh
from datumpb.container.varint import encode_varint
from datumpb.errors import DamagedFileError
from datumpb.messages import ItemBatch
from tests.support import strategies

if TYPE_CHECKING:
    import datumpb as dp


def field(number: int, data: bytes) -> bytes:
    """A length-delimited field."""
    return encode_varint(number << 3 | 2) + encode_varint(len(data)) + data


def in_annotation(data: bytes) -> bytes:
    """A batch of an item of an annotation."""
    return field(1, field(4, data))


@given(st.lists(strategies.ITEMS, max_size=3), st.integers(0), st.binary(max_size=3))
def test_whatever_can_be_parsed_can_be_weighed(items: list[dp.Item], place: int, replaced: bytes) -> None:
    body = b"".join(field(1, item.data) for item in serialize_items(items))
    at = place % (len(body) + 1)
    for data in (body, body[:at], body[:at] + replaced + body[at:], body[:at] + replaced + body[at + len(replaced) :]):
        try:
            ItemBatch.FromString(data)
        except DecodeError:
            continue
        assert 0 <= weigh(ItemBatch, data) <= 16 * len(data)


@pytest.mark.parametrize(
    ("body", "weight"),
    [
        (b"", 0),
        (field(1, b"") * 3, 96),
        (field(1, field(4, field(16, b"")) * 2), 32 + 2 * 64),
        (in_annotation(field(17, field(3, bytes(100)))), 3 * 32),
        (in_annotation(field(7, field(1, field(2, bytes(100))))), 4 * 32 + 32 + 800),  # delta, packed
        (in_annotation(field(7, field(1, b"\x10\x05" * 100))), 4 * 32 + 3200),  # delta, not packed
        (in_annotation(field(7, field(1, field(3, bytes(100))))), 4 * 32 + 32 + 100),  # f32
        (in_annotation(field(7, field(1, field(6, bytes(100))))), 4 * 32),  # rice_low
        (in_annotation(field(7, field(1, field(7, bytes(100))))), 4 * 32 + 1600),  # rice_high
        (field(99, field(4, b"")), 0),  # of a later version: kept as bytes
        (b"\x0b" + field(1, b"") + b"\x0c" + field(1, b""), 2 * 32),  # the first two stand in a group
    ],
)
def test_weights(body: bytes, weight: int) -> None:
    ItemBatch.FromString(body)
    # A group with the number of a message counts as one itself.
    assert weigh(ItemBatch, body) == weight


@pytest.mark.parametrize(
    "body", [b"\x0a", b"\x0a\x05abc", b"\x0a\x02\x22\x05", b"\xff" * 11, b"\x09abc", b"\x0c", b"\x08"]
)
def test_what_is_no_message(body: bytes) -> None:
    with pytest.raises(DecodeError):
        ItemBatch.FromString(body)
    with pytest.raises(DamagedFileError, match=f"{len(body)} bytes are no ItemBatch"):
        weigh(ItemBatch, body)


def test_4_mib_may_hold_anything_and_more_is_noticed_early() -> None:
    parts = b"\x0a\x00" * (LIGHT // 2)
    assert weigh(ItemBatch, parts) == MAX_WEIGHT
    parts *= 4
    assert weigh(ItemBatch, parts) == MAX_WEIGHT + 32
    assert weigh(ItemBatch, in_annotation(field(7, field(1, field(7, bytes(LIGHT + 1)))))) > MAX_WEIGHT
