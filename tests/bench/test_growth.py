"""How things grow: the limits, and a run on a few images."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench import growth
from bench.growth import CONVERT, FIRST, ITERATE, LARGE, SMALL, WRITE, Point


def point(images: int, work: str, *, seconds: float = 1.0, peak: float = 0.0) -> Point:
    return Point(images, work, seconds, seconds, int(peak), images * 1000, 0)


def words(points: list[Point]) -> dict[str, str]:
    return {limit.what.split(",")[0] + limit.what.split(":")[1]: limit.word for limit in growth.limits(points)}


def test_flat_and_linear_is_met() -> None:
    points = [
        point(images, work, seconds=images / 1000 + (images == SMALL), peak=100e6 + 30 * images)
        for images in (1000, SMALL, LARGE)
        for work in (CONVERT, WRITE, ITERATE)
    ]
    points.append(point(LARGE, FIRST, peak=399e6))
    assert {limit.word for limit in growth.limits(points)} == {"MET"}


@pytest.mark.parametrize(
    ("points", "missed"),
    [
        ([point(LARGE, CONVERT, peak=401e6)], "MB resident"),
        ([point(LARGE, FIRST, peak=401e6)], "MB resident"),
        ([point(SMALL, CONVERT, seconds=1), point(LARGE, CONVERT, seconds=1.01 * LARGE / SMALL)], "seconds a MB"),
        ([point(SMALL, ITERATE), point(LARGE, ITERATE, peak=33 * LARGE)], "each further image"),
    ],
    ids=["memory", "memory, annotations first", "slower", "growing"],
)
def test_too_much_is_missed(points: list[Point], missed: str) -> None:
    (limit,) = (limit for limit in growth.limits(points) if limit.word == "MISSED")
    assert missed in limit.what


def test_what_was_not_measured_is_not_met() -> None:
    assert {limit.word for limit in growth.limits([])} == {"NOT MEASURED"}


def test_a_run() -> None:
    points = growth.measure(Path(sys.executable), 30)
    assert [one.work for one in points] == [CONVERT, *growth.JOBS]
    assert all(one.images == 30 and one.seconds > 0 and one.peak > 0 for one in points)
    converted, written = points[0], points[1]
    assert converted.source > converted.made > 0
    assert written.made > 0
    assert "| convert | 30 |" in growth.tables(points, growth.limits(points))
