"""Boxes come back as the same numbers, whichever way pixels are counted; and what a corner means is fixed."""

from __future__ import annotations

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import datumpb as dp
from datumpb.formats.voc.elements import Element, element
from datumpb.formats.voc.numbers import read_box, write_box

PLACES = st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0)  # no -0.0
SIDES = st.floats(0, allow_infinity=False).map(lambda number: number + 0.0)


def texts(node: Element) -> list[str]:
    return [child.text for child in node.children]


@given(x=PLACES, y=PLACES, w=SIDES, h=SIDES, one_based=st.booleans())
@example(x=0.1, y=0.7, w=0.2, h=0.1, one_based=False)
@example(x=0.1, y=0.7, w=0.2, h=0.1, one_based=True)
@example(x=5e-324, y=-1e300, w=1e300, h=5e-324, one_based=True)
def test_a_box_comes_back_exactly(x: float, y: float, w: float, h: float, one_based: bool) -> None:
    if max(x + w, y + h, x + 1, y + 1) > sys.float_info.max / 2:
        return  # the corner itself is no number of 64 bits
    assert read_box(write_box((x, y, w, h), one_based=one_based), one_based=one_based) == (x, y, w, h)


def test_corners_are_the_edges_of_the_box_unless_pixels_count_from_one() -> None:
    box = dp.Bbox(0, 1, 10, 4.5)
    assert texts(write_box(box, one_based=False)) == ["0", "1", "10", "5.5"]
    assert texts(write_box(box, one_based=True)) == ["1", "2", "10", "5.5"]


def test_the_first_pixel_is_a_box_of_one_pixel_where_pixels_count_from_one() -> None:
    node = element("bndbox", [element(name, "1") for name in ("xmin", "ymin", "xmax", "ymax")])
    assert read_box(node, one_based=True) == (0, 0, 1, 1)
    assert read_box(node, one_based=False) == (1, 1, 0, 0)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -1.0])
def test_what_is_no_box_is_not_written(bad: float) -> None:
    with pytest.raises(dp.InvalidItemError):
        write_box((1, 2, bad, 3), one_based=False)


BAD_NUMBERS = ["1e999999999", "9" * 500, "0x10", "1_0", "nan", "inf", "", "1,5", "\u0661", "1e400"]


@pytest.mark.parametrize("text", BAD_NUMBERS)
def test_what_is_no_number_is_not_read(text: str) -> None:
    corners = [element("xmin", text), element("ymin", "1"), element("xmax", "5"), element("ymax", "5")]
    with pytest.raises(dp.SourceFormatError, match="xmin"):
        read_box(element("bndbox", corners), one_based=False)
