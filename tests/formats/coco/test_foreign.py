"""Shapes that COCO does not have are written as the nearest that it has, and counted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pycocotools import mask as oracle

import datumpb as dp
from datumpb.model.rle import to_bitmap

if TYPE_CHECKING:
    from pathlib import Path

ELLIPSE = dp.Ellipse(10, 5, 30, 25, label=0, id=7, attributes={"wet": True})


def exported(folder: Path, *shapes: dp.Annotation, media: dp.Image | None = None) -> tuple[list[Any], dp.LossReport]:
    media = dp.Image(height=40, width=50) if media is None else media
    dataset = dp.Dataset.from_iterable([dp.Item("a", media=media, annotations=list(shapes))], categories=["cat"])
    report = dataset.export(folder, "coco")
    return json.loads((folder / "annotations" / "instances_default.json").read_text())["annotations"], report


def test_an_ellipse_is_drawn(tmp_path: Path) -> None:
    (entry,), report = exported(tmp_path, ELLIPSE)
    assert report.lines() == ["1 x Ellipse, drawn as a mask (first: a)"]
    bitmap = to_bitmap(entry["segmentation"]["counts"].encode(), 40, 50)
    assert entry["area"] == int(oracle.area(entry["segmentation"]))
    ys, xs = np.mgrid[0:40, 0:50]
    inside = ((xs + 0.5 - 20) / 10) ** 2 + ((ys + 0.5 - 15) / 10) ** 2 <= 1
    assert np.array_equal(bitmap, inside)
    assert entry["bbox"] == [10, 5, 20, 20]
    assert (entry["id"], entry["iscrowd"], entry["attributes"]) == (7, 0, {"wet": True})


@pytest.mark.parametrize("media", [dp.Image(), dp.Image.from_bytes(b"no picture")])
def test_an_ellipse_in_a_picture_of_unknown_size_becomes_its_box(tmp_path: Path, media: dp.Image) -> None:
    (entry,), report = exported(tmp_path, ELLIPSE, media=media)
    assert entry["bbox"] == [10, 5, 20, 20]
    assert entry["segmentation"] == []
    assert report.counts["Ellipse, written as its box"] == 1


def test_a_turned_box_becomes_its_corners(tmp_path: Path) -> None:
    (entry,), report = exported(tmp_path, dp.RotatedBbox(20, 20, 10, 4, 90, label=0))
    assert np.allclose(np.reshape(entry["segmentation"][0], (4, 2)), [(22, 15), (22, 25), (18, 25), (18, 15)])
    assert entry["area"] == pytest.approx(40)
    assert report.lines() == ["1 x RotatedBbox, written as a polygon (first: a)"]


def test_lines_and_cuboids_become_their_boxes(tmp_path: Path) -> None:
    corners = np.array([[1, 1], [5, 1], [5, 9], [1, 9]] * 2)
    line = dp.PolyLine(np.array([[3, 4], [13.5, 2]]), label=0)
    entries, report = exported(tmp_path, line, dp.Cuboid2d(corners, label=0))
    assert [entry["bbox"] for entry in entries] == [[3, 2, 10.5, 2], [1, 1, 4, 8]]
    assert report.counts == {"PolyLine, written as its box": 1, "Cuboid2d, written as its box": 1}


def test_what_has_no_extent_is_lost(tmp_path: Path) -> None:
    shapes = [dp.PolyLine(np.empty((0, 2))), dp.RotatedBbox(float("nan"), 1, 2, 3, 4)]
    folder = tmp_path / "out"
    report = dp.Dataset.from_iterable([dp.Item("a", annotations=shapes)]).export(folder, "coco")
    assert report.counts == {"annotation of type PolyLine": 1, "annotation of type RotatedBbox": 1}


def test_a_turned_box_joins_its_object(tmp_path: Path) -> None:
    shapes = [dp.Bbox(1, 2, 3, 4, label=0, group=1), dp.RotatedBbox(20, 20, 10, 4, 0, label=0, group=1)]
    (entry,), _ = exported(tmp_path, *shapes)
    assert entry["bbox"] == [1, 2, 3, 4]
    assert len(entry["segmentation"]) == 1
