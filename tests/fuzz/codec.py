"""Any bytes as the body of a record: parsed and decoded; what was decoded is encoded, and decodes to the same again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb import messages
from datumpb.codec.blocks import parse, parse_item, split_batch
from datumpb.codec.items import decode_item
from datumpb.codec.meta import decode_meta, encode_meta
from datumpb.container.index import BlockTable
from datumpb.container.item_check import check_item
from datumpb.model.meta import Meta
from tests.fuzz.harness import OnlyTypedErrors, Target
from tests.support.item_messages import encode_item
from tests.support.samples import some_items

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _run(data: bytes, folder: Path) -> bool:  # noqa: ARG001 -- needs no files
    with OnlyTypedErrors():
        _KINDS[data[0] % len(_KINDS) if data else 0](data[1:])
        return True
    return False


def _item(body: bytes) -> None:
    item = decode_item(parse_item(body), "train", None)
    encoded = encode_item(item)
    again = decode_item(parse_item(encoded.SerializeToString()), "train", None)
    assert again == item
    assert encode_item(again) == encoded
    check_item(item, 2)


def _meta(body: bytes) -> None:
    meta = decode_meta(parse(messages.Meta, body))
    encoded = encode_meta(meta)
    again = decode_meta(parse(messages.Meta, encoded.SerializeToString()))
    assert again == meta
    assert encode_meta(again) == encoded


def _block(body: bytes) -> None:
    for item in split_batch(body):
        _item(item)


def _index(body: bytes) -> None:
    table = BlockTable([parse(messages.Index, body)])
    table.candidates("item-1")
    for block in range(min(len(table), 10)):
        assert table.block_of(table.first_item[block]) >= block


def _footer(body: bytes) -> None:
    parse(messages.Footer, body)


_KINDS = (_item, _meta, _block, _index, _footer)


def _seeds(folder: Path) -> Iterator[bytes]:  # noqa: ARG001 -- needs no files
    for item in some_items(2):
        yield b"\0" + encode_item(item).SerializeToString()
    yield b"\1" + encode_meta(Meta("train")).SerializeToString()


TARGET = Target("codec", _run, _seeds)
