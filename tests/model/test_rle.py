"""Run lengths: the same as pycocotools makes, and nothing that does not fit gets past the check."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as reference

from datumpb.errors import InvalidItemError
from datumpb.model import rle

SIZES = st.tuples(st.integers(1, 12), st.integers(1, 12))


@st.composite
def bitmaps(draw: st.DrawFn) -> np.ndarray:
    height, width = draw(SIZES)
    bits = draw(st.lists(st.booleans(), min_size=height * width, max_size=height * width))
    return np.array(bits, bool).reshape(height, width)


@given(bitmaps())
def test_runs_are_those_of_the_pixels(bitmap: np.ndarray) -> None:
    pixels = bitmap.T.reshape(-1).tolist()
    runs, value = [0], False
    for pixel in pixels:
        if pixel is not value:
            runs.append(0)
            value = pixel
        runs[-1] += 1
    assert rle.decode_runs(rle.from_bitmap(bitmap)).tolist() == runs
    assert np.array_equal(rle.to_bitmap(rle.encode_runs(runs), *bitmap.shape), bitmap)


@given(bitmaps())
def test_pycocotools_agrees(bitmap: np.ndarray) -> None:
    height, width = bitmap.shape
    expected = reference.encode(np.asfortranarray(bitmap.astype(np.uint8)))
    counts = rle.from_bitmap(bitmap)
    assert counts == expected["counts"]
    assert np.array_equal(rle.to_bitmap(counts, height, width), bitmap)
    runs = rle.checked_runs(counts, height, width)
    assert rle.area(runs) == reference.area(expected)
    assert list(rle.box(runs, height) or (0, 0, 0, 0)) == reference.toBbox(expected).tolist()


@given(st.lists(st.integers(0, 2**32 - 1), max_size=12))
def test_runs_survive(runs: list[int]) -> None:
    assert rle.decode_runs(rle.encode_runs(runs)).tolist() == runs


@given(st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 40) | st.integers(500, 530), max_size=12), st.booleans())
def test_pycocotools_compresses_runs_alike(runs: list[int], as_array: bool) -> None:
    whole: Any = {"size": [1, 1], "counts": runs}  # which the stubs do not know
    expected = reference.frPyObjects(whole, 1, 1)["counts"] if runs else b""
    assert rle.encode_runs(np.array(runs, np.int64) if as_array else runs) == expected


@given(st.binary(max_size=12), SIZES)
def test_any_bytes_fit_or_are_refused(counts: bytes, size: tuple[int, int]) -> None:
    try:
        bitmap = rle.to_bitmap(counts, *size)
    except InvalidItemError:
        return
    assert bitmap.shape == size


@given(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=5))
def test_segments_are_masks_of_each_number(rows: list[list[int]]) -> None:
    numbers = np.array(rows)
    masks = rle.segment_masks(numbers)
    assert masks.keys() == set(numbers.flatten().tolist())
    for number, counts in masks.items():
        assert counts == rle.from_bitmap(numbers == number)
    assert rle.segment_masks(numbers, [1]).keys() == masks.keys() & {1}


def test_no_pixels() -> None:
    assert rle.segment_masks(np.zeros((0, 3))) == {}
    assert rle.to_bitmap(b"", 0, 3).shape == (0, 3)


@pytest.mark.parametrize(("height", "width"), [(2**20, 2**20), (-1, -1), (2**16, 2**16)])
def test_absurd_sizes(height: int, width: int) -> None:
    with pytest.raises(InvalidItemError, match="impossible"):
        rle.check_runs(np.array([height * width]), height, width)


def test_a_mask_too_large_to_unpack() -> None:
    with pytest.raises(InvalidItemError, match="too large to unpack"):
        rle.to_bitmap(rle.encode_runs([2**30]), 2**15, 2**15)


def test_too_many_characters_are_not_unpacked() -> None:
    with pytest.raises(InvalidItemError, match="8388609 characters, at most 8388608"):
        rle.decode_runs(b"0" * (rle.MAX_COUNTS + 1))
