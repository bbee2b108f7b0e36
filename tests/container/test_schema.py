"""Items decoded by the schema in the file alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.json_format import MessageToDict

import datumpb as dp
from datumpb import messages
from datumpb.container.schema import dynamic_items, read_schema
from tests.support.item_messages import encode_item
from tests.support.samples import KEY, some_items, write

if TYPE_CHECKING:
    from pathlib import Path


def written(path: Path, key: str | None = None) -> Path:
    return write(path, some_items(40), key)


@pytest.mark.parametrize("key", [None, KEY])
def test_items_are_those_that_were_written(tmp_path: Path, key: str | None) -> None:
    found = list(dynamic_items(written(tmp_path / "a.datum", key), key))
    assert not any(isinstance(item, messages.Item) for item in found)
    assert [MessageToDict(item) for item in found] == [MessageToDict(encode_item(item)) for item in some_items(40)]
    assert [item.SerializeToString(deterministic=True) for item in found] == [
        encode_item(item).SerializeToString(deterministic=True) for item in some_items(40)
    ]


def test_the_schema_needs_no_key(tmp_path: Path) -> None:
    schema = read_schema(written(tmp_path / "a.datum", KEY))
    assert schema == FileDescriptorSet.FromString(messages.file_descriptor_set())
    with pytest.raises(dp.MissingKeyError):
        next(dynamic_items(tmp_path / "a.datum"))


def test_what_has_no_schema(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"picture")
    item = dp.Item("a", media=dp.Image.from_file(str(picture)))
    dp.Dataset.from_iterable([item]).export(
        tmp_path / "out", "datumpb", save_media=True, encryption=True, encryption_key=KEY
    )
    with pytest.raises(dp.DamagedFileError, match="carries no schema"):
        read_schema(tmp_path / "out" / "images" / "default" / "a.png")
    with pytest.raises(dp.NotADatumFileError):
        read_schema(picture)


EMPTY = FileDescriptorSet(file=[FileDescriptorProto(name="a.proto")])


@pytest.mark.parametrize("schema", [b"\xff", EMPTY.SerializeToString()])
def test_a_schema_that_cannot_be_used(tmp_path: Path, schema: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datumpb.container.header.file_descriptor_set", lambda: schema)
    with pytest.raises(dp.DamagedFileError, match="the schema that the file carries"):
        next(dynamic_items(written(tmp_path / "a.datum")))
