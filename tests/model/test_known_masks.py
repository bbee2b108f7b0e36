"""Masks that are measured together: what is asked for is what each alone has."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb.errors import InvalidItemError
from datumpb.model import rle
from datumpb.model.known_masks import KnownMasks
from datumpb.model.rle import Rle

SHAPES = st.tuples(st.integers(1, 6), st.integers(1, 6))


@st.composite
def masks(draw: st.DrawFn) -> Rle:
    height, width = draw(SHAPES)
    bits = draw(st.lists(st.booleans(), min_size=height * width, max_size=height * width))
    return Rle(rle.from_bitmap(np.array(bits, bool).reshape(height, width)), height, width)


def alone(mask: Rle) -> tuple[int, tuple[int, int, int, int]]:
    runs = rle.checked_runs(*mask)
    return rle.area(runs), rle.box(runs, mask.height) or (0, 0, 0, 0)


@given(st.lists(masks(), max_size=6), masks())
def test_each_is_as_it_is_alone(known: list[Rle], other: Rle) -> None:
    measures = KnownMasks(known)
    for mask in (*known, other, *known):
        assert measures.measure(mask) == alone(mask)
        assert {int} == {type(number) for number in (measures.measure(mask)[0], *measures.measure(mask)[1])}


def test_runs_that_are_at_hand() -> None:
    mask, measures = Rle(rle.encode_runs([1, 2, 3]), 2, 3), KnownMasks()
    measures.add(mask, np.array([1, 2, 3]))
    assert measures.measure(mask) == alone(mask) == (2, (0, 0, 2, 2))


def test_a_mask_that_does_not_fit_is_told_when_it_is_asked_for() -> None:
    good, bad = Rle(rle.encode_runs([1, 2, 1]), 2, 2), Rle(rle.encode_runs([1, 2, 1]), 3, 3)
    measures = KnownMasks([good, bad, good])
    assert measures.measure(good) == alone(good)
    for _ in range(2):
        with pytest.raises(InvalidItemError, match="the runs make 4 pixels, 3 x 3 has 9"):
            measures.measure(bad)
