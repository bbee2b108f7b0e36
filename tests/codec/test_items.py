"""Items: whatever the model holds comes back identical through bytes; whatever it cannot hold is refused by name."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec.blocks import parse_item
from datumpb.codec.items import decode_item
from datumpb.errors import (
    DamagedFileError,
    DatumpbError,
    InvalidItemError,
    MediaPathError,
    UnknownDataWarning,
    UnsupportedFileError,
)
from datumpb.model import annotations as model
from datumpb.model.item import Item
from datumpb.model.media import Image, MediaRef, PointCloud, media_refs
from tests.support import strategies
from tests.support.item_messages import encode_item

if TYPE_CHECKING:
    from collections.abc import Iterator


class NoSource:
    def chunks(self, ref: MediaRef) -> Iterator[bytes]:
        raise NotImplementedError

    def plain_file(self, ref: MediaRef) -> None:
        raise NotImplementedError


def through_bytes(item: Item) -> Item:
    return decode_item(parse_item(encode_item(item).SerializeToString()), item.subset, None)


@given(strategies.ITEMS)
def test_items_come_back_identical(item: Item) -> None:
    assert through_bytes(item) == item


@given(strategies.ITEMS)
def test_encoding_is_the_same_each_time(item: Item) -> None:
    assert encode_item(item).SerializeToString() == encode_item(through_bytes(item)).SerializeToString()


@given(st.binary(max_size=200))
def test_arbitrary_bytes_never_misbehave(data: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownDataWarning)
        try:
            decode_item(parse_item(data), "train", None)
        except DatumpbError:
            return


@given(strategies.ITEMS, st.data())
def test_items_with_damaged_bytes_never_misbehave(item: Item, data: st.DataObject) -> None:
    damaged = bytearray(encode_item(item).SerializeToString())
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownDataWarning)
        try:
            decode_item(parse_item(bytes(damaged)), "train", None)
        except DatumpbError:
            return


def test_subset_and_source_are_set() -> None:
    source = NoSource()
    item = Item(
        "a",
        media=PointCloud(MediaRef(path="p.pcd"), [Image(MediaRef(path="i.jpg"))]),
        annotations=[model.DepthMap(Image(MediaRef(path="d.png")))],
    )
    decoded = decode_item(encode_item(item), "val", source)
    assert decoded.subset == "val"
    depth_map = decoded.annotations[0]
    assert isinstance(depth_map, model.DepthMap)
    refs = [*media_refs(decoded.media), *media_refs(depth_map.image)]
    assert [ref.path for ref in refs] == ["p.pcd", "i.jpg", "d.png"]
    assert all(ref.source is source for ref in refs)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("label", -1, "label -1 is not from 0 to 4294967295"),
        ("label", 2**32, "label 4294967296 is not from 0 to 4294967295"),
        ("label", 1.0, "label 1.0 is not an integer"),
        ("label", True, "label True is not an integer"),
        ("id", 2**63, "id 9223372036854775808 is not from -9223372036854775808 to 9223372036854775807"),
        ("id", "7", "id '7' is not an integer"),
        ("id", None, "id None is not an integer"),
        ("group", -(2**63) - 1, "group -9223372036854775809 is not from -9223372036854775808 to 9223372036854775807"),
        ("object_id", 2**63, "object_id 9223372036854775808 is not from -9223372036854775808 to 9223372036854775807"),
        ("z_order", 0.5, "z_order 0.5 is not an integer"),
        ("attributes", {"a": [{1}]}, "attributes['a'][0]: builtins.set is no type that values can have"),
        ("attributes", [], "attributes of type list is not a dict"),
        ("x", "far", "coordinates have to be numbers, not str_"),
    ],
)
def test_a_bad_field_is_named(field: str, value: Any, problem: str) -> None:  # noqa: ANN401 -- wrong on purpose
    good, bad = model.Bbox(1, 2, 3, 4), model.Bbox(1, 2, 3, 4)
    setattr(bad, field, value)
    with pytest.raises(InvalidItemError) as caught:
        encode_item(Item("a/b", annotations=[good, bad]))
    assert str(caught.value) == f"item 'a/b': annotation 1 (Bbox): {problem}"


NO_ITEMS: list[tuple[dict[str, Any], str]] = [
    ({"id": ""}, "an item needs an id that is not empty"),
    ({"id": 5}, "item id 5 is not text"),
    ({"id": b"a"}, "item id b'a' is not text"),
    ({"id": "\ud800"}, r"item id '\ud800' has a lone surrogate, which UTF-8 cannot hold"),
    ({"annotations": [None]}, "item 'a': annotation 0 (NoneType): this is no annotation that the format knows"),
    ({"media": "a.jpg"}, "item 'a': 'a.jpg' is no medium"),
    ({"media": Image(None, -1, 5)}, "item 'a': image height -1 is not from 0 to 4294967295"),
    ({"attributes": {"k": {1}}}, "item 'a': attributes['k']: builtins.set is no type that values can have"),
]


@pytest.mark.parametrize(("fields", "problem"), NO_ITEMS)
def test_a_bad_item_is_named(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidItemError) as caught:
        encode_item(Item(**{"id": "a", **fields}))
    assert str(caught.value) == problem


def test_a_media_path_that_leads_out_is_refused_with_the_item() -> None:
    with pytest.raises(MediaPathError, match=r"^\.\./x\.jpg: item 'a': annotation 0") as caught:
        encode_item(Item("a", annotations=[model.DepthMap(Image(MediaRef(path="../x.jpg")))]))
    assert caught.value.path == "../x.jpg"


def test_a_media_path_that_leads_out_is_read() -> None:
    message = messages.Item(id="a")
    message.media.image.file.path = "../x.jpg"
    assert decode_item(message, "train", None).media == Image(MediaRef(path="../x.jpg"))


def test_an_item_without_id_is_damaged() -> None:
    with pytest.raises(DamagedFileError, match="no id"):
        decode_item(messages.Item(), "train", None)


def test_unknown_annotations_are_left_out_with_a_warning() -> None:
    message = encode_item(Item("a", annotations=[model.Label(label=1)]))
    message.annotations.add(id=5)
    message.annotations.add().MergeFromString(b"\xaa\x10\x00")  # field 261
    wanted = r"item 'a': annotation 1 \(and 1 more of its annotations\) is left out"
    with pytest.warns(UnknownDataWarning, match=wanted) as caught:
        item = decode_item(message, "train", None)
    assert len(caught) == 1
    assert item == Item("a", "train", annotations=[model.Label(label=1)])


def test_an_unknown_medium_is_left_out_with_a_warning() -> None:
    message = messages.Item(id="a")
    message.media.SetInParent()
    with pytest.warns(UnknownDataWarning, match="item 'a': its medium is left out"):
        assert decode_item(message, "train", None) == Item("a", "train")


def test_an_unknown_value_is_refused() -> None:
    message = messages.Item(id="a")
    message.attributes.add(key="k")
    with pytest.raises(UnsupportedFileError):
        decode_item(message, "train", None)


def test_what_a_later_version_added_is_kept_by_who_copies_messages() -> None:
    later = encode_item(Item("a", annotations=[model.Bbox(1, 2, 3, 4)])).SerializeToString()
    later += bytes.fromhex("fa3e036e6577")  # field 1007: "new"
    message = parse_item(later)
    assert message.SerializeToString().endswith(bytes.fromhex("fa3e036e6577"))
    assert decode_item(message, "default", None) == Item("a", annotations=[model.Bbox(1, 2, 3, 4)])
