"""Many masks at once: areas and corners are those that pycocotools and each mask alone have, and no misfit gets by."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as reference

from datumpb.errors import InvalidItemError
from datumpb.model import many_masks, rle
from datumpb.model.annotations import Mask
from datumpb.model.geometry import Box, corners_of
from datumpb.model.many_masks import first_misfit, measure_masks, pieces
from datumpb.model.rle import Rle

RUNS = st.lists(st.integers(0, 40) | st.integers(0, 2**20), max_size=12)
TEXTS = st.binary(max_size=12) | st.text("".join(map(chr, range(48, 112))), max_size=12).map(str.encode)


@st.composite
def bitmaps(draw: st.DrawFn) -> np.ndarray:
    height, width = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    bits = draw(st.lists(st.booleans(), min_size=height * width, max_size=height * width))
    return np.array(bits, bool).reshape(height, width)


def rles_of(masks: list[Mask]) -> list[Rle]:
    return [mask.rle for mask in masks]


def by_mask(masks: list[Mask]) -> list[Box | None]:
    """What was found of each mask."""
    found: list[Box | None] = [None] * len(masks)
    areas, filled, corners = measure_masks(rles_of(masks))
    assert areas.tolist() == [reference.area({"size": [m.height, m.width], "counts": m.counts}) for m in masks]
    for place, (left, top, right, bottom) in zip(filled.tolist(), corners.T.tolist(), strict=True):
        found[place] = left, top, right, bottom
    return found


@given(st.lists(bitmaps(), min_size=1, max_size=5))
def test_pycocotools_agrees(pictures: list[np.ndarray]) -> None:
    masks = [Mask(len(picture), len(picture[0]), rle.from_bitmap(picture)) for picture in pictures]
    for picture, corners in zip(pictures, by_mask(masks), strict=True):
        left, top, width, height = reference.toBbox(reference.encode(np.asfortranarray(picture, np.uint8))).tolist()
        assert corners == ((left, top, left + width, top + height) if picture.any() else None)


@given(st.lists(RUNS, min_size=1, max_size=5), st.integers(1, 9))
def test_each_mask_alone_says_the_same(all_runs: list[list[int]], height: int) -> None:
    masks = []
    for runs in all_runs:
        rest = -sum(runs) % height
        masks.append(Mask(height, (sum(runs) + rest) // height, rle.encode_runs([*runs, rest] if rest else runs)))
    assert by_mask(masks) == [corners_of(mask) for mask in masks]


@given(TEXTS, st.integers(0, 3), st.integers(0, 3))
def test_what_is_refused_alone_is_refused_among_others(text: bytes, height: int, width: int) -> None:
    good = Mask(2, 2, rle.encode_runs([1, 2, 1]))
    masks = [good, Mask(height, width, text), good]
    try:
        expected = corners_of(masks[1])
    except InvalidItemError:
        with pytest.raises(InvalidItemError):
            measure_masks(rles_of(masks))
    else:
        assert by_mask(masks) == [(0, 0, 2, 2), expected, (0, 0, 2, 2)]


@pytest.mark.parametrize(
    "mask",
    [
        pytest.param(Mask(5, 5, b"1"), id="too few pixels"),
        pytest.param(Mask(5, 5, rle.encode_runs([5, 21])), id="too many"),
        pytest.param(Mask(5, 5, b""), id="no runs"),
        pytest.param(Mask(1, 1, b"1P"), id="ends in the middle of a run"),
        pytest.param(Mask(1, 1, b"1\x7f"), id="another character"),
        pytest.param(Mask(1, 1, b"P" * 8 + b"1"), id="a run of too many characters"),
        pytest.param(Mask(1 << 20, 1 << 20, rle.encode_runs([1])), id="a size that is too large"),
        pytest.param(Mask(-5, -5, rle.encode_runs([25])), id="a negative size"),
        pytest.param(Mask(1, 1, rle.encode_runs([5]) + b"L"), id="a negative run"),
    ],
)
def test_misfits_are_refused(mask: Mask) -> None:
    good = Mask(1, 5, rle.encode_runs([5]))
    with pytest.raises(InvalidItemError):
        corners_of(mask)
    for masks in ([mask], [mask, good], [good, mask]):
        with pytest.raises(InvalidItemError):
            measure_masks(rles_of(masks))
        assert first_misfit(rles_of(masks)) == masks.index(mask)
    assert first_misfit(rles_of([good, good])) is None


def test_runs_that_fit_only_together_are_refused() -> None:
    with pytest.raises(InvalidItemError):
        measure_masks([Rle(rle.encode_runs([4]), 1, 5), Rle(rle.encode_runs([6]), 1, 5)])


def test_a_run_does_not_go_on_in_the_next_mask() -> None:
    whole = rle.encode_runs([100])
    assert len(whole) == 2
    with pytest.raises(InvalidItemError):
        measure_masks([Rle(whole[:1], 10, 10), Rle(whole[1:], 0, 0)])


def test_the_largest_mask() -> None:
    mask = Mask(65535, 65537, rle.encode_runs([0, rle.MAX_PIXELS]))
    assert by_mask([mask, mask]) == [(0, 0, 65537, 65535)] * 2


def test_pieces_are_small_and_long_masks_are_alone() -> None:
    short, long = Rle(b"1" * 100, 10, 10), Rle(b"1" * (1 << 14), 128, 128)
    masks = [*[short] * 250, long, long, *[short] * 5]
    found = [*pieces(masks)]
    assert [mask for piece in found for mask in piece] == masks
    assert [len(piece) for piece in found] == [99, 99, 52, 1, 1, 5]
    assert [*pieces([])] == []


@given(st.lists(bitmaps(), max_size=5), st.lists(st.integers(0, 4), max_size=5))
def test_which_is_the_first_misfit(pictures: list[np.ndarray], spoiled: list[int]) -> None:
    masks = [Rle(rle.from_bitmap(picture), *picture.shape) for picture in pictures]
    places = {place for place in spoiled if place < len(masks)}
    for place in places:
        masks[place] = Rle(rle.encode_runs([masks[place].height * masks[place].width + 1]), *masks[place][1:])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(many_masks, "_PIECE_SIZE", 150)
        assert first_misfit(masks) == min(places, default=None)
