from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import datumpb as dp
from datumpb.model.values import identical
from tests.support import strategies

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
from datumpb.arrow.batches import chunks, decode_batch, encode_batch  # noqa: E402 -- needs pyarrow
from datumpb.arrow.schema import metas_of, schema_of  # noqa: E402 -- as above

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA = schema_of([dp.Meta("train")])


def row_of(**changed: object) -> dict[str, Any]:
    """Return a row as pyarrow gives it, with some of its columns changed."""
    item = dp.Item(
        "a", "train", annotations=[dp.Bbox(1, 2, 3, 4), dp.FeatureVector(np.ones(2)), dp.Points(np.array([[1, 2]]))]
    )
    (row,) = encode_batch([item], [], SCHEMA).to_pylist()
    return {**row, **changed}


def batch_of(row: dict[str, Any]) -> Any:  # noqa: ANN401 -- untyped library
    nullable = pa.schema([pa.field(field.name, field.type) for field in SCHEMA])
    return pa.RecordBatch.from_pylist([row], schema=nullable)


@given(st.lists(strategies.ITEMS, max_size=4))
def test_items_come_back_bit_for_bit(items: list[dp.Item]) -> None:
    batch = encode_batch(items, ["cat"], SCHEMA)
    batch.validate(full=True)
    assert identical(decode_batch(batch, None), items)


@given(st.lists(strategies.ITEMS, min_size=3, max_size=4))
def test_a_part_of_a_batch_is_its_part_of_the_items(items: list[dp.Item]) -> None:
    assert identical(decode_batch(encode_batch(items, [], SCHEMA).slice(1, 2), None), items[1:3])


@given(st.lists(strategies.METAS, max_size=3))
def test_what_holds_for_all_items_comes_back(metas: list[dp.Meta]) -> None:
    assert identical(metas_of(schema_of(metas)), metas)


@pytest.mark.parametrize("number", [np.finfo(np.float32).max, np.finfo(np.float32).min, np.inf, np.nan])
def test_the_largest_numbers_of_single_precision_come_back(number: float) -> None:
    positions = np.array([[number, 0.1], [0.5, number]], np.float32).astype(float)
    categories = dp.Categories(points=dp.PointsCategories({0: dp.PointsCategory(["a"], positions=positions)}))
    meta = dp.Meta("train", {"f32": [1e300, {"f32": 3.4028235e38}]}, categories)
    assert identical(metas_of(schema_of([meta])), [meta])


def test_columns_say_what_items_say() -> None:
    item = dp.Item(
        "a",
        "train",
        dp.Image(dp.MediaRef("images/a.png", size=7), 4, 5),
        {"n": 2**70, "x": [1, 1.0, None, b"\0"]},
        [dp.Polygon(np.array([[0, 1], [2.5, 3]]), label=1, group=4), dp.Bbox(1, 2, 3, 4, label=9), dp.Caption("é")],
    )
    (row,) = encode_batch([item], ["cat", "dog"], SCHEMA).to_pylist()
    assert row["attributes"] == '{"n":{"$int":"1180591620717411303424"},"x":[1,1.0,null,{"$bytes":"AA=="}]}'
    assert row["media"]["kind"] == "Image"
    assert row["media"]["file"] == {
        "path": "images/a.png",
        "data": None,
        "size": 7,
        "crc32": None,
        "encrypted": False,
    }
    polygon, box, caption = row["annotations"]
    assert (polygon["type"], polygon["label"], polygon["label_name"], polygon["group"]) == ("Polygon", 1, "dog", 4)
    assert polygon["polygon"] == {"points": [{"x": 0.0, "y": 1.0}, {"x": 2.5, "y": 3.0}]}
    assert polygon["bbox"] is None
    assert (box["label"], box["label_name"]) == (9, None)  # no label has this number
    assert box["bbox"] == {"x": 1.0, "y": 2.0, "w": 3.0, "h": 4.0}
    assert caption["caption"] == {"caption": "é"}


def test_batches_are_bounded_in_items_and_in_bytes() -> None:
    small = [dp.Item(str(number)) for number in range(7)]
    assert list(map(len, chunks(small, 3))) == [3, 3, 1]
    large = dp.Image.from_bytes(bytes(20 << 20))
    assert list(map(len, chunks([dp.Item(str(number), media=large) for number in range(5)], 100))) == [2, 2, 1]
    assert list(chunks([], 3)) == []


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (dp.Item("b", attributes={"k": object()}), "attributes: builtins.object is no type"),  # type: ignore[dict-item]
        (dp.Item("b", attributes={"k": "\ud800"}), "attributes: a text has a lone surrogate"),
        (dp.Item("b", annotations=[dp.Label(label=2**32)]), "label 4294967296 is not from 0"),
        (dp.Item("b", annotations=[dp.Label(id=True)]), "id True is not an integer"),
        (dp.Item("b", annotations=[dp.Annotation()]), "Annotation is no annotation"),
        (dp.Item("b", annotations=[dp.Caption(7)]), "caption.caption 7 is not text"),  # type: ignore[arg-type]
        (dp.Item("b", media="x"), "'x' is no medium"),  # type: ignore[arg-type]
        (dp.Item("b", media=dp.Video(step=0)), "video step 0 is not from 1"),
    ],
)
def test_the_item_that_cannot_be_kept_is_named(item: dp.Item, message: str) -> None:
    with pytest.raises(dp.InvalidItemError) as caught:
        encode_batch([dp.Item("a"), item, dp.Item("c")], [], SCHEMA)
    assert str(caught.value).startswith(f"item 'b': {message}")


def annotations_with(change: Callable[[list[dict[str, Any]]], None]) -> list[dict[str, Any]]:
    annotations: list[dict[str, Any]] = row_of()["annotations"]
    change(annotations)
    return annotations


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (row_of(id=None), "item ?.id: null"),
        (row_of(attributes="{"), "item 'a'.attributes: not values as JSON"),
        (row_of(attributes='{"a":1,"a":2}'), "item 'a'.attributes: not values as JSON: the key 'a' stands twice"),
        (row_of(attributes='{"a":{"$int":"x"}}'), "item 'a'.attributes: not values as JSON: $int"),
        (row_of(attributes='{"a":NaN}'), "item 'a'.attributes: not values as JSON: NaN is no JSON number"),
        (row_of(attributes="[" * 100000), "item 'a'.attributes: not values as JSON: lists and maps nest too deep"),
        (row_of(attributes="[]"), "item 'a'.attributes: a map expected"),
        (row_of(media={"kind": "Hologram"}), "item 'a'.media.kind: unknown kind 'Hologram'"),
        (row_of(media={"kind": "TableRow"}), "item 'a'.media.index: null"),
        (row_of(media={"kind": "Video", "step": 0, "start_frame": 0}), "item 'a'.media.step: a number from 1"),
        (row_of(annotations=None), "item 'a'.annotations: null"),
        (row_of(annotations=[{"type": "Blob"}]), "item 'a'.annotations.id: null"),
        (
            row_of(annotations=annotations_with(lambda found: found[0].update(type="Blob"))),
            "item 'a'.annotations.type: unknown type 'Blob'",
        ),
        (
            row_of(annotations=annotations_with(lambda found: found[0].update(bbox=None))),
            "item 'a'.annotations.bbox: null",
        ),
        (
            row_of(annotations=annotations_with(lambda found: found[0]["bbox"].update(w=None))),
            "item 'a'.annotations.bbox.w: null",
        ),
        (
            row_of(annotations=annotations_with(lambda found: found[1]["feature_vector"]["vector"].update(float32=[]))),
            "item 'a'.annotations.feature_vector.vector: a vector is either",
        ),
        (
            row_of(annotations=annotations_with(lambda found: found[2]["points"].update(visibility=[1, 2]))),
            "item 'a': visibility has to be 1 numbers",
        ),
    ],
)
def test_what_is_no_item_is_refused_with_its_place(row: dict[str, Any], message: str) -> None:
    with pytest.raises(dp.SourceFormatError) as caught:
        decode_batch(batch_of(row), None)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({}, "datumpb.version: not written by datumpb"),
        ({"datumpb.version": "2"}, "datumpb.version: version b'2' is not known"),
        ({"datumpb.version": "1"}, "datumpb.meta: not JSON"),
        ({"datumpb.version": "1", "datumpb.meta": "[" * 100000}, "datumpb.meta: not JSON"),
        ({"datumpb.version": "1", "datumpb.meta": "{}"}, "datumpb.meta: a list expected"),
        ({"datumpb.version": "1", "datumpb.meta": "[7]"}, "datumpb.meta: not the message Meta as JSON"),
        ({"datumpb.version": "1", "datumpb.meta": '[{"subset": 1}]'}, "datumpb.meta: not the message Meta as JSON"),
        ({"datumpb.version": "1", "datumpb.meta": "[{}]"}, "datumpb.meta: the subset has no name"),
    ],
)
def test_metadata_that_are_not_ours(metadata: dict[str, str], message: str) -> None:
    with pytest.raises(dp.SourceFormatError) as caught:
        metas_of(SCHEMA.with_metadata(metadata))
    assert str(caught.value).startswith(message)
