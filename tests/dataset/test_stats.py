from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import datumpb as dp
from datumpb.dataset.missing_media import has_missing_media
from datumpb.dataset.stats import NO_LABEL, gather_stats, quantiles
from tests.support.pictures import picture

if TYPE_CHECKING:
    from pathlib import Path

SQUARE = np.array([[0, 0], [4, 0], [4, 4], [0, 4]])


def test_objects_by_label_and_subset() -> None:
    items = [
        dp.Item("a", "train", annotations=[dp.Bbox(0, 0, 3, 12, label=1), dp.Caption("c"), dp.Label(label=0)]),
        dp.Item("b", "train", annotations=[dp.Polygon(SQUARE + n, label=1, group=5) for n in (0, 4)]),
        dp.Item("c", "val", annotations=[dp.Ellipse(0, 0, 2, 2, label=7), dp.Bbox(0, 0, 1, 1)]),
        dp.Item("d", "val"),
    ]  # fmt: skip
    found = gather_stats(dp.Dataset.from_iterable(items, categories=["cat", "dog", "emu"]))
    train, val = found.subsets["train"], found.subsets["val"]
    assert (train.items, train.empty, train.annotations, train.objects) == (2, 0, 5, 2)
    assert (val.items, val.empty, val.annotations, val.objects) == (2, 1, 2, 2)
    assert next(iter(found.labels)) == "dog"  # the one with most objects
    assert dict(found.labels["dog"].objects) == {"train": 2}
    assert dict(found.labels["dog"].items) == {"train": 2}
    assert found.labels["dog"].sides.tolist() == [6, 8]  # the two polygons are one object
    assert (found.labels["cat"].objects.total(), found.labels["cat"].items.total()) == (0, 1)
    assert found.labels["emu"].objects.total() == 0
    assert found.labels["label 7"].sides.tolist() == [2]
    assert dict(found.labels[NO_LABEL].items) == {"val": 1}
    assert sorted(found.sides()) == [1, 2, 6, 8]


@pytest.mark.parametrize("box", [(0, 0, math.nan, 1), (0, 0, math.inf, 1), (0, 0, -1, 1)])
def test_boxes_without_a_size_are_objects_all_the_same(box: tuple[float, ...]) -> None:
    dataset = dp.Dataset.from_iterable([dp.Item("a", annotations=[dp.Bbox(*box), dp.Points(SQUARE)])])
    found = gather_stats(dataset)
    assert found.subsets["default"].objects == 2
    assert not len(found.sides())


def test_a_damaged_mask_is_named_by_its_item() -> None:
    dataset = dp.Dataset.from_iterable([dp.Item("a", "train", annotations=[dp.Mask(2, 2, b"\xff")])])
    with pytest.raises(dp.InvalidItemError, match="item 'a' of 'train': RLE"):
        gather_stats(dataset)


def test_quantiles_are_those_of_numpy() -> None:
    numbers = np.random.default_rng(1).random(101) * 50
    assert quantiles(numbers) == {
        "min": numbers.min(),
        "p10": pytest.approx(np.sort(numbers)[10]),
        "p50": np.sort(numbers)[50],
        "p90": pytest.approx(np.sort(numbers)[90]),
        "max": numbers.max(),
    }
    assert set(quantiles([]).values()) == {None}


@pytest.mark.parametrize("encrypted", [False, True])
def test_missing_media_are_counted_without_reading_them(tmp_path: Path, encrypted: bool) -> None:
    (tmp_path / "a.png").write_bytes(picture())
    image = dp.Image.from_file(str(tmp_path / "a.png"))
    items = [
        dp.Item("there", media=image),
        dp.Item("gone", media=image),
        dp.Item("inline", media=dp.Image.from_bytes(b"")),
    ]
    options: dict[str, Any] = {"encryption": True, "encryption_key": dp.generate_key()} if encrypted else {}
    dp.Dataset.from_iterable(items).export(tmp_path / "out", "datumpb", save_media=True, **options)
    (tmp_path / "out/images/default/gone.png").unlink()
    (tmp_path / "out/images/default/there.png").write_bytes(b"not read")
    reading: dict[str, Any] = {"encryption_key": options["encryption_key"]} if encrypted else {}
    dataset = dp.Dataset.import_from(tmp_path / "out", **reading)
    assert gather_stats(dataset).subsets["default"].missing_media == 1
    assert [item.id for item in dataset if has_missing_media(item)] == ["gone"]


@pytest.mark.parametrize(
    ("media", "missing"),
    [
        (None, False),
        (dp.Image(), True),
        (dp.Image(height=1, width=1), True),
        (dp.Image(dp.MediaRef("/nowhere/at/all.png")), True),
        (dp.MultiframeImage(None, [dp.Image.from_bytes(b"a"), dp.Image(dp.MediaRef("/nowhere.png"))]), True),
        (dp.PointCloud(dp.MediaRef(data=b"")), False),
    ],
)
def test_which_media_are_missing(media: dp.Media | None, missing: bool) -> None:
    assert has_missing_media(dp.Item("a", media=media)) == missing
