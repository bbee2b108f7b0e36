"""Annotations: every type through bytes, wire values written by hand, and messages that are not what they should be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec.annotation_encoder import draft_annotation, finish_annotation
from datumpb.codec.annotations import decode_annotation
from datumpb.codec.coordinate_encoder import CoordinateEncoder
from datumpb.codec.outlines import Outlines
from datumpb.errors import DamagedFileError, InvalidItemError
from datumpb.model import annotations as model
from datumpb.model.media import Image
from tests.support import strategies


def encoded(annotation: model.Annotation) -> messages.Annotation:
    encoder = CoordinateEncoder()
    draft = draft_annotation(annotation, encoder)
    return messages.Annotation.FromString(finish_annotation(draft, iter(encoder.encode())))


def keypoints(points: list[float], visibility: list[int]) -> model.Points:
    return model.Points(np.array(points), np.array(visibility))


def through_bytes(annotation: model.Annotation) -> model.Annotation | None:
    return decoded(messages.Annotation.FromString(encoded(annotation).SerializeToString()))


def decoded(message: messages.Annotation) -> model.Annotation | None:
    outlines = Outlines()
    annotation = decode_annotation(message, None, outlines)
    outlines.end_item()
    outlines.fill()
    return annotation


@pytest.mark.parametrize("kind", strategies.ANNOTATIONS_BY_TYPE, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_every_type_comes_back_identical(kind: type, data: st.DataObject) -> None:
    annotation: model.Annotation = data.draw(strategies.ANNOTATIONS_BY_TYPE[kind])
    assert type(annotation) is kind
    assert through_bytes(annotation) == annotation


def test_every_type_of_the_schema_is_known() -> None:
    kinds = {field.name for field in messages.Annotation.DESCRIPTOR.oneofs_by_name["kind"].fields}
    written = {encoded(annotation).WhichOneof("kind") for annotation in EMPTY}
    assert written == kinds
    assert set(strategies.ANNOTATIONS_BY_TYPE) == {type(annotation) for annotation in EMPTY}


EMPTY: list[model.Annotation] = [
    model.Label(),
    model.Mask(0, 0, b""),
    model.PolyLine(np.empty((0, 2))),
    model.Polygon(np.empty((0, 2))),
    model.Bbox(0, 0, 0, 0),
    model.Points(np.empty((0, 2))),
    model.Caption(""),
    model.Cuboid3d(np.zeros(3), np.zeros(3), np.zeros(3)),
    model.Ellipse(0, 0, 0, 0),
    model.Cuboid2d(np.zeros((8, 2))),
    model.RotatedBbox(0, 0, 0, 0, 0),
    model.FeatureVector(np.empty(0, np.float32)),
    model.DepthMap(Image()),
    model.ImageAnnotation("", Image()),
    model.Tabular({}),
    model.HashKey(b""),
]


@pytest.mark.parametrize("annotation", EMPTY, ids=lambda annotation: type(annotation).__name__)
def test_what_is_empty_is_still_there(annotation: model.Annotation) -> None:
    assert through_bytes(annotation) == annotation


def test_the_wire_of_a_polygon() -> None:
    polygon = model.Polygon(np.array([[1.25, 2.5], [1.5, 2.25]]), id=7, group=3, label=0, object_id=0, z_order=-1)
    expected = bytes.fromhex(
        "0807"  # id 7
        "1003"  # group 3
        "1800"  # label_index 0, present
        "2801"  # z_order -1, zigzag
        "3000"  # object_id 0, present
        "3a0c0a0a"  # polygon { points {
        "0802"  # decimals 2
        "1206fa01f4033231"  # delta: 125, 250, 25, -25, zigzag
    )
    assert encoded(polygon).SerializeToString(deterministic=True) == expected


def test_plain_fields_are_not_written() -> None:
    assert encoded(model.Label()).SerializeToString() == bytes.fromhex("820100")


def test_visibility_is_written_only_where_a_point_is_not_visible() -> None:
    assert not encoded(keypoints([1, 2, 3, 4], [2, 2])).points.visibility
    assert list(encoded(keypoints([1, 2, 3, 4], [2, 0])).points.visibility) == [2, 0]


@pytest.mark.parametrize(("dtype", "filled"), [(np.float32, "f32"), (np.float64, "f64"), (np.int16, "f64")])
def test_vectors_keep_their_precision(dtype: type, filled: str) -> None:
    message = encoded(model.FeatureVector(np.array([1, 2], dtype)))
    assert [name.name for name, _ in message.feature_vector.ListFields()] == [filled]


def change(annotation: model.Annotation, field: str, value: object) -> model.Annotation:
    setattr(annotation, field, value)
    return annotation


@pytest.mark.parametrize(
    ("annotation", "problem"),
    [
        (model.Mask(-1, 0, b""), "height -1 is not from 0 to"),
        (model.Mask(0, 2**32, b""), "width 4294967296 is not from 0 to"),
        (model.Mask(0, 0, "abc"), "counts 'abc' is not bytes"),  # type: ignore[arg-type]  # wrong on purpose
        (model.Caption(b"abc"), "caption b'abc' is not text"),  # type: ignore[arg-type]  # wrong on purpose
        (model.Caption("\udfff"), "caption .* has a lone surrogate"),
        (model.HashKey("abc"), "hash 'abc' is not bytes"),  # type: ignore[arg-type]  # wrong on purpose
        (model.DepthMap(None), "image None is no Image"),  # type: ignore[arg-type]  # wrong on purpose
        (model.ImageAnnotation(None, Image()), "role None is not text"),  # type: ignore[arg-type]  # wrong on purpose
        (model.Tabular({1: 2}), "values: key 1 is not text"),  # type: ignore[dict-item]  # wrong on purpose
        (model.Annotation(), "no annotation"),
        (
            change(model.Polygon(np.empty(0)), "points", np.zeros(3)),
            "3 coordinates given, but a multiple of 2 expected",
        ),
        (change(model.Cuboid2d(np.zeros(16)), "points", np.zeros(14)), "14 coordinates given, but 16 expected"),
        (change(model.Cuboid2d(np.zeros(16)), "y_3d", "high"), "y_3d 'high' is not a number"),
        (change(keypoints([1, 2], [2]), "visibility", [1, 2]), "visibility has 2 numbers for 1 points"),
        (change(keypoints([1, 2], [2]), "visibility", [256]), "visibility 256 is not from 0 to 255"),
        (change(model.FeatureVector(np.empty(0)), "vector", [1, 2]), "vector of int64 is neither"),
    ],
)
def test_what_cannot_be_held_is_refused(annotation: model.Annotation, problem: str) -> None:
    with pytest.raises(InvalidItemError, match=problem):
        encoded(annotation)


DELTAS = {"delta": [1, 2, 3]}


@pytest.mark.parametrize(
    "fields",
    [
        {"polygon": {"points": DELTAS}},
        {"poly_line": {"points": DELTAS}},
        {"bbox": {}},
        {"bbox": {"xywh": DELTAS}},
        {"ellipse": {"box": {"delta": [1, 2]}}},
        {"cuboid_3d": {"position_rotation_scale": {"delta": [1] * 12}}},
        {"cuboid_2d": {"points": {"delta": [1] * 18}}},
        {"rotated_bbox": {"cxcywhr": {"delta": [1] * 10}}},
        {"points": {"points": {"delta": [1, 2]}, "visibility": [1, 2]}},
        {"points": {"points": {"delta": [1, 2]}, "visibility": [256]}},
        {"points": {"visibility": [1]}},
        {"feature_vector": {"f32": [1], "f64": [1]}},
    ],
    ids=str,
)
def test_a_malformed_message_is_damaged(fields: dict[str, Any]) -> None:
    with pytest.raises(DamagedFileError):
        decoded(messages.Annotation(**fields))


def test_no_kind_is_none() -> None:
    assert decoded(messages.Annotation(id=5)) is None
