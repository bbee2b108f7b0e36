"""Written and read again: the same, or what differs was counted."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import datumpb as dp
from datumpb.model.item import Item
from datumpb.model.meta import Meta
from tests.support import held
from tests.support import strategies as some
from tests.support.coco import ListSource

DOUBLES = st.floats(allow_nan=False, allow_infinity=False)
COMMON: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "id": some.INT64,
        "group": some.INT64,
        "label": st.none() | some.UINT32,
        "object_id": st.none() | some.INT64.filter(lambda number: number != -1),
        "z_order": some.INT64,
        "attributes": held.MAPS,
    }
)


def numbers(count: int) -> st.SearchStrategy[list[float]]:
    return st.lists(DOUBLES | some.rounded(), min_size=count, max_size=count)


def pairs(least: int = 0) -> st.SearchStrategy[np.ndarray]:
    return st.integers(least, 5).flatmap(lambda count: numbers(2 * count)).map(lambda flat: np.array(flat, np.float64))


HELD: st.SearchStrategy[dp.Annotation] = st.one_of(
    st.builds(lambda label, rest: dp.Label(**rest | {"label": label}), some.UINT32, COMMON),
    st.builds(lambda mask, rest: dp.Mask(*mask, **rest), held.MASKS, COMMON),
    st.builds(lambda points, rest: dp.PolyLine(points, **rest), pairs(), COMMON),
    st.builds(lambda points, rest: dp.Polygon(points, **rest), pairs(3), COMMON),
    st.builds(lambda box, rest: dp.Bbox(*box, **rest), numbers(4), COMMON),
    st.builds(
        lambda points, seen, rest: dp.Points(points, np.resize(np.array(seen), len(points) // 2), **rest),
        pairs(),
        st.lists(st.integers(0, 2), min_size=3, max_size=3),
        COMMON,
    ),
    st.builds(lambda caption, rest: dp.Caption(caption, **rest), some.TEXTS, COMMON),
    st.builds(lambda flat, rest: dp.Cuboid3d(flat[:3], flat[3:6], flat[6:], **rest), numbers(9), COMMON),
    st.builds(lambda ends, rest: dp.Ellipse(*ends, **rest), numbers(4), COMMON),
    st.builds(lambda flat, rest: dp.Cuboid2d(np.array(flat), **rest), numbers(16), COMMON),
)
SIZES = st.integers(1, 2**32 - 1)
IMAGES = st.just(dp.Image()) | st.builds(dp.Image, st.none(), SIZES, SIZES)
MEDIA = st.one_of(
    st.none(),
    IMAGES,
    st.builds(dp.PointCloud, st.none(), st.lists(IMAGES, max_size=2)),
    st.builds(dp.Video, st.none(), st.integers(1, 2**64 - 1), some.UINT64, st.none() | some.UINT64),
    st.builds(dp.VideoFrame, st.just(dp.Video()), some.UINT64),
)
ITEMS = st.builds(Item, some.NAMES, st.just("train"), MEDIA, held.MAPS, st.lists(HELD, max_size=4))


def rewritten(items: list[Item], meta: Meta) -> tuple[list[Item], Meta, dp.LossReport]:
    with tempfile.TemporaryDirectory() as folder:
        losses = dp.Dataset(ListSource(items, meta)).export(Path(folder, "out"), "datumaro")
        source = dp.Dataset.import_from(Path(folder, "out"))
        subset = source.subsets()["train"]
        read = Meta("train", subset.infos(), subset.categories(), source.media_type())
        found = list(subset)
        assert len(subset) == len(items)
        assert [subset.get(item.id) for item in found] == found
        return found, read, losses


@given(st.lists(ITEMS, max_size=3, unique_by=lambda item: item.id), held.MAPS)
@settings(max_examples=200)
def test_what_can_be_held_comes_back(items: list[Item], infos: dict[str, Any]) -> None:
    meta = Meta("train", infos, media_type=dp.MediaType.MIXED)
    read, read_meta, losses = rewritten(items, meta)
    assert losses.lines() == []
    assert read == items
    assert read_meta == meta


@given(st.lists(some.ITEMS, max_size=2, unique_by=lambda item: item.id), some.METAS)
@settings(max_examples=200)
def test_nothing_else_is_lost_in_silence(items: list[Item], meta: Meta) -> None:
    meta.subset = "train"
    for item in items:
        item.media = held.without_files(item.media)
        for annotation in item.annotations:
            if isinstance(annotation, dp.Mask):
                annotation.height, annotation.width, annotation.counts = 2, 1, b"2"
    read, read_meta, losses = rewritten(items, meta)
    if not losses:
        assert read == items
        assert read_meta == meta
    assert [item.id for item in read] == [item.id for item in items]
