"""Written and read again: the same, or what differs was counted."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import datumpb as dp
from datumpb.model.item import Item
from datumpb.model.meta import Meta
from tests.support import held
from tests.support import strategies as some
from tests.support.coco import ListSource
from tests.support.samples import KEY

SINGLES = st.floats(width=32)
EIGHTHS = st.integers(-(2**15), 2**15).map(lambda number: number / 8)
LABELS = st.none() | st.integers(0, 2**31 - 2)
INT32 = st.integers(-(2**31), 2**31 - 1)


def common(*, label: bool = True, z_order: bool = True) -> st.SearchStrategy[dict[str, Any]]:
    fields: dict[str, st.SearchStrategy[Any]] = {
        "id": some.INT64,
        "group": some.INT64,
        "object_id": st.none() | INT32.filter(lambda number: number != -1),
        "attributes": held.MAPS,
    }
    if label:
        fields["label"] = LABELS
    if z_order:
        fields["z_order"] = INT32
    return st.fixed_dictionaries(fields)


def numbers(count: int, kind: st.SearchStrategy[float] = SINGLES) -> st.SearchStrategy[list[float]]:
    return st.lists(kind, min_size=count, max_size=count)


def pairs(least: int = 0) -> st.SearchStrategy[np.ndarray]:
    return st.integers(least, 5).flatmap(lambda count: numbers(2 * count)).map(lambda flat: np.array(flat, np.float64))


HELD: st.SearchStrategy[dp.Annotation] = st.one_of(
    common(z_order=False).map(lambda rest: dp.Label(**rest)),
    st.builds(lambda mask, rest: dp.Mask(*mask, **rest), held.MASKS, common()),
    st.builds(lambda points, rest: dp.PolyLine(points, **rest), pairs(), common()),
    st.builds(lambda points, rest: dp.Polygon(points, **rest), pairs(3), common()),
    st.builds(lambda box, rest: dp.Bbox(*box, **rest), numbers(4, EIGHTHS), common()),
    st.builds(
        lambda points, seen, rest: dp.Points(points, np.resize(np.array(seen), len(points) // 2), **rest),
        pairs(),
        numbers(3, st.integers(0, 2)),
        common(),
    ),
    st.builds(lambda caption, rest: dp.Caption(caption, **rest), some.TEXTS, common(label=False, z_order=False)),
    st.builds(lambda flat, rest: dp.Cuboid3d(flat[:3], flat[3:6], flat[6:], **rest), numbers(9), common(z_order=False)),
    st.builds(lambda ends, rest: dp.Ellipse(*ends, **rest), numbers(4), common()),
    st.builds(lambda flat, rest: dp.Cuboid2d(np.array(flat), **rest), numbers(16), common()),
)
SIZES = st.integers(0, 2**31 - 1)
HELD_IMAGES = st.just(dp.Image()) | st.builds(dp.Image, st.none(), SIZES, SIZES)
UINT32 = st.integers(0, 2**32 - 1)
HELD_MEDIA = st.one_of(
    st.none(),
    HELD_IMAGES,
    st.builds(dp.PointCloud, st.none(), st.lists(HELD_IMAGES, max_size=2)),
    st.builds(dp.Video, st.none(), st.integers(1, 2**32 - 1), st.integers(0, 9), st.none() | st.integers(9, 2**32 - 2)),
    st.builds(dp.VideoFrame, st.just(dp.Video()), UINT32),
)
HELD_ITEMS = st.builds(Item, some.NAMES, st.just("train"), HELD_MEDIA, held.MAPS, st.lists(HELD, max_size=4))


def rewritten(items: list[Item], meta: Meta, key: str | None = None) -> tuple[list[Item], Meta, dp.LossReport]:
    options: dict[str, Any] = {"encryption": True, "encryption_key": key} if key else {}
    with tempfile.TemporaryDirectory() as folder:
        losses = dp.Dataset(ListSource(items, meta)).export(Path(folder, "out"), "datumaro_binary", **options)
        source = dp.Dataset.import_from(Path(folder, "out"), **({"encryption_key": key} if key else {}))
        subset = source.subsets()["train"]
        assert len(subset) == len(items)
        read = Meta("train", subset.infos(), subset.categories(), source.media_type())
        return list(subset), read, losses


@given(st.lists(HELD_ITEMS, max_size=3), held.MAPS, st.none() | st.just(KEY))
@settings(max_examples=150)
def test_what_can_be_held_comes_back(items: list[Item], infos: dict[str, Any], key: str | None) -> None:
    meta = Meta("train", infos, media_type=dp.MediaType.MIXED)
    read, read_meta, losses = rewritten(items, meta, key)
    assert losses.lines() == []
    assert read == items
    assert read_meta == meta


@given(st.lists(some.ITEMS, max_size=2), some.METAS)
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


@pytest.mark.parametrize("encrypted", [False, True])
def test_many_blobs(encrypted: bool) -> None:
    items = [Item(str(number), "train", attributes={"text": "x" * 300_000}) for number in range(12)]
    read, _, losses = rewritten(items, Meta("train"), KEY if encrypted else None)
    assert not losses
    assert read == items
