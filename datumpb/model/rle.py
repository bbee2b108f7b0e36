"""COCO's run-length encoding of masks: runs of 0 and 1 in turn, column by column, as numbers or as compressed text.

Compressed, each run (from the fourth on: its difference to the one two places before) is written in groups of five
bits, the lowest first, one character each: 48 + group, + 32 where another follows; the last group has the sign.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datumpb.errors import InvalidItemError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_PIXELS = (1 << 32) - 1
"""The largest mask that COCO's tools can number the pixels of."""

MAX_BITMAP_PIXELS = 1 << 28
"""The largest mask that is unpacked into pixels."""

MAX_COUNTS = 1 << 23
"""The most characters of compressed runs that are unpacked: four million runs, in less than a GiB of memory."""

_FIRST, _LAST = 48, 111
_MORE, _SIGN, _GROUP, _BITS = 0x20, 0x10, 0x1F, 5
_LIMITS = _SIGN << (_BITS * np.arange(12))  # each takes another group; so many are there in 64 bits
_MAX_GROUPS = 8  # 40 bits: more than any difference of two runs needs


class Rle(NamedTuple):
    """A mask: its compressed runs, and its height and width in pixels."""

    counts: bytes
    height: int
    width: int


def decode_runs(counts: bytes) -> np.ndarray:
    """Unpack compressed runs to (N,) int64; they may not fit any size yet: see `check_runs`.

    Raises:
        InvalidItemError: The bytes are not compressed runs, or too many.
    """
    if len(counts) > MAX_COUNTS:
        message = f"RLE has {len(counts)} characters, at most {MAX_COUNTS} are unpacked"
        raise InvalidItemError(message)
    if not counts:
        return np.zeros(0, np.int64)
    runs, _ = decode_differences(counts)
    runs[1::2] = np.cumsum(runs[1::2])
    runs[2::2] = np.cumsum(runs[2::2])
    return runs


def decode_differences(counts: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Unpack what is written for each run: the first three of a mask, and the differences of the others.

    Args:
        counts: Compressed runs, one or more, also those of several masks.

    Returns:
        (N,) int64, the runs and differences, of less than 2^40; (N,) int64, the character that each ends with.

    Raises:
        InvalidItemError: The bytes are not compressed runs.
    """
    codes = np.frombuffer(counts, np.uint8).astype(np.int64)
    if codes.min() < _FIRST or codes.max() > _LAST:
        message = "RLE has a character that compressed runs do not use"
        raise InvalidItemError(message)
    codes -= _FIRST
    ends = np.flatnonzero(codes < _MORE)
    if ends.size == 0 or ends[-1] != codes.size - 1:
        message = "RLE ends in the middle of a run"
        raise InvalidItemError(message)
    starts = np.concatenate(([0], ends[:-1] + 1))
    sizes = ends - starts + 1
    if sizes.max() > _MAX_GROUPS:
        message = "RLE has a run that is too long for any mask"
        raise InvalidItemError(message)
    place = np.arange(codes.size) - np.repeat(starts, sizes)
    differences = np.add.reduceat((codes & _GROUP) << (place * _BITS), starts)
    differences -= np.where(codes[ends] & _SIGN, np.int64(1) << (sizes * _BITS), 0)
    return differences, ends


def encode_runs(runs: np.ndarray | Iterable[int]) -> bytes:
    """Compress runs, whole numbers from 0 to 2^32 - 1."""
    values = np.asarray(runs if isinstance(runs, np.ndarray) else [*runs], np.int64)
    changes = values.copy()
    changes[3:] -= values[1:-2]
    sizes = np.searchsorted(_LIMITS, np.where(changes < 0, ~changes, changes), "right") + 1
    ends = sizes.cumsum()
    count = int(sizes.sum())
    place = np.arange(count) - np.repeat(ends - sizes, sizes)
    codes = (np.repeat(changes, sizes) >> (place * _BITS)) & _GROUP
    codes += _FIRST + _MORE
    codes[ends - 1] -= _MORE
    return codes.astype(np.uint8).tobytes()


def check_runs(runs: np.ndarray, height: int, width: int) -> None:
    """Make sure that runs fill a mask of a size exactly.

    Raises:
        InvalidItemError: They do not, or the size is absurd.
    """
    if height < 0 or width < 0 or height * width > MAX_PIXELS:
        message = f"RLE of an impossible size: {height} x {width}"
        raise InvalidItemError(message)
    if runs.size and (runs.min() < 0 or runs.max() > MAX_PIXELS):
        message = "RLE has a run that is negative or too long"
        raise InvalidItemError(message)
    total = int(runs.sum())
    if total != height * width:
        message = f"RLE does not fit its size: the runs make {total} pixels, {height} x {width} has {height * width}"
        raise InvalidItemError(message)


def checked_runs(counts: bytes, height: int, width: int) -> np.ndarray:
    """Unpack compressed runs that have to fit a size, to (N,) int64.

    Raises:
        InvalidItemError: The bytes are not compressed runs, or do not fit.
    """
    runs = decode_runs(counts)
    check_runs(runs, height, width)
    return runs


def area(runs: np.ndarray) -> int:
    """Count the pixels of a mask that are set."""
    return int(runs[1::2].sum())


def box(runs: np.ndarray, height: int) -> tuple[int, int, int, int] | None:
    """Return the smallest box around the pixels that are set (x, y, width, height); None where none is."""
    ends = np.cumsum(runs)
    starts = (ends - runs)[1::2]
    ends = ends[1::2]
    filled = ends > starts
    if not filled.any():
        return None
    first, last = starts[filled], ends[filled] - 1
    left, right = int(first[0] // height), int(last[-1] // height)
    if np.any(first // height != last // height):  # a run that goes on in the next column touches top and bottom
        top, bottom = 0, height - 1
    else:
        top, bottom = int((first % height).min()), int((last % height).max())
    return left, top, right - left + 1, bottom - top + 1


def to_bitmap(counts: bytes, height: int, width: int) -> np.ndarray:
    """Unpack a mask to (height, width) bool.

    Raises:
        InvalidItemError: The runs do not fit the size, or the mask is too large to unpack.
    """
    runs = checked_runs(counts, height, width)
    if height * width > MAX_BITMAP_PIXELS:
        message = f"a mask of {height} x {width} pixels is too large to unpack"
        raise InvalidItemError(message)
    values = np.zeros(runs.size, bool)
    values[1::2] = True
    return np.repeat(values, runs).reshape(width, height).T


def from_bitmap(bitmap: np.ndarray) -> bytes:
    """Compress a mask, (height, width) of anything that is true where it is set."""
    return segment_masks(np.asarray(bitmap, bool).astype(np.uint8), {1: ()}).get(1) or encode_runs([bitmap.size])


def segment_masks(numbers: np.ndarray, wanted: Iterable[int] | None = None) -> dict[int, bytes]:
    """Split a picture of numbers into a compressed mask for each number that occurs.

    Args:
        numbers: (height, width) of a whole number for each pixel.
        wanted: The numbers of interest; None: all.
    """
    flat = np.asarray(numbers).T.reshape(-1)
    if flat.size == 0:
        return {}
    starts = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1))
    ends = np.concatenate((starts[1:], [flat.size]))
    order = np.argsort(flat[starts], kind="stable")
    values = flat[starts][order]
    splits = np.flatnonzero(values[1:] != values[:-1]) + 1
    masks = {}
    chosen = None if wanted is None else set(wanted)
    for places in np.split(order, splits):
        value = int(flat[starts[places[0]]])
        if chosen is None or value in chosen:
            edges = np.stack((starts[places], ends[places]), axis=1).reshape(-1)
            runs = np.diff(edges, prepend=0)
            rest = flat.size - int(edges[-1])
            masks[value] = encode_runs(np.append(runs, rest) if rest else runs)
    return masks
