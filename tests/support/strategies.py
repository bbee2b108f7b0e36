"""Hypothesis strategies for everything that the model can hold, odd values included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

from datumpb.model import annotations as model
from datumpb.model import categories, media, rle
from datumpb.model.item import Item
from datumpb.model.meta import Meta

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb.model.values import Value

INT64 = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([0, 1, -1, 2**31, 2**53 + 1, -(2**63), 2**63 - 1])
UINT32 = st.integers(0, 2**32 - 1) | st.sampled_from([0, 2**31 - 1, 2**31, 2**32 - 1])
UINT64 = st.integers(0, 2**64 - 1) | st.sampled_from([0, 2**63, 2**64 - 1])
INT32 = st.integers(-(2**31), 2**31 - 1)
ODD_FLOATS = st.sampled_from(
    [0.0, -0.0, float("nan"), float("inf"), -float("inf"), 5e-324, -5e-324, 1e-45, 1.7e308, 2.0**53, 2.0**53 + 2, 0.1]
)
FLOATS = st.floats() | ODD_FLOATS
TEXTS = st.text(max_size=8) | st.sampled_from(["", "\0", "é", "漢字", "😀", "a/b", 'a"b\n'])
NAMES = st.text(min_size=1, max_size=8)
BYTES = st.binary(max_size=8)

_INTS = INT64 | st.integers() | st.sampled_from([2**63, -(2**63) - 1, 2**64, 2**71 - 1, 2**71, -(2**71), -(2**71) - 1])
SCALARS: st.SearchStrategy[Value] = st.none() | st.booleans() | _INTS | FLOATS | TEXTS | BYTES
VALUES: st.SearchStrategy[Value] = st.recursive(
    SCALARS,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(TEXTS, children, max_size=3),
    max_leaves=6,
)
ATTRIBUTES = st.dictionaries(TEXTS, VALUES, max_size=3)


@st.composite
def rounded(draw: st.DrawFn) -> float:
    """Draw a number with few decimals."""
    decimals = draw(st.integers(0, 12))
    scaled: int = draw(st.integers(-(10**6), 10**6))
    return float(scaled / 10**decimals)


_NUMBERS = [rounded(), st.floats(width=32), st.integers(-(2**53), 2**53).map(float), FLOATS]


def arrays(*shape: int) -> st.SearchStrategy[np.ndarray]:
    """Draw float64 arrays, of numbers that are each of one kind or of all; a length of -1: any up to 6."""

    def make(size: int) -> st.SearchStrategy[np.ndarray]:
        kinds = [st.lists(kind, min_size=size, max_size=size) for kind in (*_NUMBERS, st.one_of(_NUMBERS))]
        return st.one_of(kinds).map(lambda numbers: np.array(numbers, np.float64).reshape(shape))

    known = int(np.prod([length for length in shape if length != -1]))
    return (st.integers(0, 6) if -1 in shape else st.just(1)).flatmap(lambda length: make(length * known))


@st.composite
def points(draw: st.DrawFn) -> model.Points:
    """Draw keypoints with any visibility."""
    array = draw(arrays(-1, 2))
    if draw(st.booleans()):
        return model.Points(array, **draw(COMMON))
    numbers = st.lists(st.integers(0, 2) | st.integers(0, 255), min_size=len(array), max_size=len(array))
    return model.Points(array, np.array(draw(numbers), np.uint8), **draw(COMMON))


@st.composite
def masks(draw: st.DrawFn) -> model.Mask:
    """Draw masks, also huge ones and such without pixels, of runs that fit."""
    runs = draw(st.lists(st.integers(0, 9) | st.integers(0, 2**29), max_size=7))
    pixels = sum(runs)
    sides = [1, pixels] if pixels else [0, draw(UINT32)]
    height, width = draw(st.permutations(sides))
    return model.Mask(height, width, rle.encode_runs(runs), **draw(COMMON))


COMMON: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "id": INT64,
        "group": INT64,
        "label": st.none() | UINT32,
        "object_id": st.none() | INT64,
        "z_order": INT64,
        "attributes": ATTRIBUTES,
    }
)


def _annotations(kind: Callable[..., model.Annotation], **fields: st.SearchStrategy[Any]) -> Any:  # noqa: ANN401 -- of any class
    return st.tuples(COMMON, st.fixed_dictionaries(fields)).map(lambda drawn: kind(**drawn[0], **drawn[1]))


MEDIA_PATHS = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="/\\\0:"), min_size=1, max_size=5).filter(
        lambda part: part not in {".", ".."}
    ),
    min_size=1,
    max_size=3,
).map("/".join)
MEDIA_REFS = st.builds(
    media.MediaRef,
    path=st.none() | MEDIA_PATHS,
    data=st.none() | BYTES,
    size=st.none() | UINT64,
    crc32=st.none() | UINT32,
    encrypted=st.booleans(),
)
IMAGES = st.builds(media.Image, st.none() | MEDIA_REFS, st.none() | UINT32, st.none() | UINT32)
VIDEOS = st.builds(media.Video, st.none() | MEDIA_REFS, st.integers(1, 2**64 - 1), UINT64, st.none() | UINT64)
MEDIA_BY_TYPE: dict[type, st.SearchStrategy[media.Media]] = {
    media.Image: IMAGES,
    media.PointCloud: st.builds(media.PointCloud, st.none() | MEDIA_REFS, st.lists(IMAGES, max_size=3)),
    media.Video: VIDEOS,
    media.VideoFrame: st.builds(media.VideoFrame, VIDEOS, UINT64),
    media.MultiframeImage: st.builds(media.MultiframeImage, st.none() | MEDIA_REFS, st.lists(IMAGES, max_size=3)),
    media.GenericMedia: st.builds(media.GenericMedia, st.none() | MEDIA_REFS),
    media.TableRow: st.builds(media.TableRow, st.none() | MEDIA_REFS, UINT64),
}
MEDIA = st.one_of(list(MEDIA_BY_TYPE.values()))

_VECTORS = arrays(-1) | st.lists(st.floats(width=32), max_size=4).map(lambda numbers: np.array(numbers, np.float32))
ANNOTATIONS_BY_TYPE: dict[type, st.SearchStrategy[model.Annotation]] = {
    model.Label: _annotations(model.Label),
    model.Mask: masks(),
    model.PolyLine: _annotations(model.PolyLine, points=arrays(-1, 2)),
    model.Polygon: _annotations(model.Polygon, points=arrays(-1, 2)),
    model.Bbox: arrays(4).flatmap(
        lambda xywh: _annotations(model.Bbox, **dict(zip("xywh", map(st.just, xywh), strict=True)))
    ),
    model.Points: points(),
    model.Caption: _annotations(model.Caption, caption=TEXTS),
    model.Cuboid3d: _annotations(model.Cuboid3d, position=arrays(3), rotation=arrays(3), scale=arrays(3)),
    model.Ellipse: _annotations(model.Ellipse, x1=FLOATS, y1=rounded(), x2=FLOATS, y2=rounded()),
    model.Cuboid2d: _annotations(model.Cuboid2d, points=arrays(8, 2), y_3d=st.none() | FLOATS),
    model.RotatedBbox: _annotations(model.RotatedBbox, cx=rounded(), cy=FLOATS, w=rounded(), h=FLOATS, r=rounded()),
    model.FeatureVector: _annotations(model.FeatureVector, vector=_VECTORS),
    model.DepthMap: _annotations(model.DepthMap, image=IMAGES),
    model.ImageAnnotation: _annotations(model.ImageAnnotation, role=TEXTS, image=IMAGES),
    model.Tabular: _annotations(model.Tabular, values=ATTRIBUTES),
    model.HashKey: _annotations(model.HashKey, hash=BYTES),
}
ANNOTATIONS = st.one_of(list(ANNOTATIONS_BY_TYPE.values()))

_NAME_LISTS = st.lists(TEXTS, max_size=3)
LABEL_CATEGORIES = st.builds(
    categories.LabelCategories,
    st.lists(st.builds(categories.LabelCategory, TEXTS, TEXTS, _NAME_LISTS, ATTRIBUTES), max_size=3),
    st.lists(
        st.builds(categories.LabelGroup, TEXTS, _NAME_LISTS, st.sampled_from(categories.LabelGroupType)), max_size=3
    ),
    _NAME_LISTS,
)
_COLORS = st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
MASK_CATEGORIES = st.builds(categories.MaskCategories, st.dictionaries(UINT32, _COLORS, max_size=3), _NAME_LISTS)
_POINTS_CATEGORY = st.builds(
    categories.PointsCategory, _NAME_LISTS, st.lists(st.tuples(INT32, INT32), max_size=3), st.none() | arrays(-1, 2)
)
POINTS_CATEGORIES = st.builds(
    categories.PointsCategories, st.dictionaries(UINT32, _POINTS_CATEGORY, max_size=3), _NAME_LISTS
)
TABULAR_CATEGORIES = st.builds(
    categories.TabularCategories,
    st.lists(st.builds(categories.TabularCategory, TEXTS, TEXTS, st.lists(VALUES, max_size=3)), max_size=3),
)
CATEGORIES = st.builds(
    categories.Categories,
    st.none() | LABEL_CATEGORIES,
    st.none() | MASK_CATEGORIES,
    st.none() | POINTS_CATEGORIES,
    st.none() | TABULAR_CATEGORIES,
)

ITEMS = st.builds(
    Item,
    id=NAMES,
    subset=st.just("train"),
    media=st.none() | MEDIA,
    attributes=ATTRIBUTES,
    annotations=st.lists(ANNOTATIONS, max_size=3),
)
METAS = st.builds(
    Meta, subset=NAMES, infos=ATTRIBUTES, categories=CATEGORIES, media_type=st.sampled_from(media.MediaType)
)
