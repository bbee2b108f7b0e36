"""Many masks at once: numpy takes as long for the runs of one small mask as for those of many.

What runs are and how they are written says `rle`. Here they are rows of two, a run of 0 and the run of 1 behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datumpb.errors import InvalidItemError
from datumpb.model import rle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from datumpb.model.rle import Rle

# The characters of masks that are unpacked at once, and what each counts for besides: longer ones gain nothing by that.
_PIECE_SIZE, _MASK_SIZE = 1 << 14, 64


class MaskMeasures(NamedTuple):
    """Areas of masks, and the corners of boxes around them.

    Attributes:
        areas: (M,) int64, how many pixels of each are set.
        filled: (N,) int64, which of the masks have pixels that are set.
        corners: (4, N) int64, of those the left, top, right and bottom ends.
    """

    areas: np.ndarray
    filled: np.ndarray
    corners: np.ndarray


def pieces(masks: Iterable[Rle]) -> Iterator[list[Rle]]:
    """Yield masks, those together that are worth it; long ones come alone."""
    piece: list[Rle] = []
    size = 0
    for mask in masks:
        own = len(mask.counts) + _MASK_SIZE
        if piece and size + own > _PIECE_SIZE:
            yield piece
            piece, size = [], 0
        piece.append(mask)
        size += own
    if piece:
        yield piece


def first_misfit(masks: Iterable[Rle]) -> int | None:
    """Return which of some masks is the first one whose runs do not fit its size; None: all do."""
    before = 0
    for piece in pieces(masks):
        if not _all_fit(piece):
            return before + next(place for place, mask in enumerate(piece) if not _fits(mask))
        before += len(piece)
    return None


def _all_fit(masks: list[Rle]) -> bool:
    if len(masks) == 1:
        return _fits(masks[0])
    try:
        _fitting_runs(masks)
    except InvalidItemError:
        return False
    return True


def _fits(mask: Rle) -> bool:
    try:
        rle.checked_runs(*mask)
    except InvalidItemError:
        return False
    return True


def measure_masks(masks: Sequence[Rle]) -> MaskMeasures:
    """Measure masks, one or more; as `rle.area` and `rle.box` do it for each.

    All of their runs are unpacked at once: `pieces` sees to it that they are not too many.

    Raises:
        InvalidItemError: The runs of a mask do not fit its size. It is `rle.checked_runs` that says of which, and why.
    """
    runs, rows, totals = _fitting_runs(masks)
    firsts = rows.cumsum() - rows
    areas = np.add.reduceat(runs[:, 1], firsts)
    solid = np.flatnonzero(runs[:, 1])
    counts = np.diff(solid.searchsorted(firsts + rows), prepend=0)
    filled = np.flatnonzero(counts)
    if not filled.size:
        return MaskMeasures(areas, filled, np.zeros((4, 0), np.int64))
    heights = np.array([mask.height for mask in masks])
    begins = runs.cumsum()[2 * solid] - (totals.cumsum() - totals).repeat(counts)
    tops = begins % heights.repeat(counts)
    ends, bottoms = begins + runs[solid, 1], tops + runs[solid, 1]
    heights, lasts = heights[filled], counts.cumsum()[filled] - 1
    firsts = lasts - counts[filled] + 1
    left, right = begins[firsts] // heights, (ends[lasts] - 1) // heights + 1
    top, bottom = np.minimum.reduceat(tops, firsts), np.maximum.reduceat(bottoms, firsts)
    top[bottom > heights] = 0  # a run that goes on in the next column touches bottom and top
    return MaskMeasures(areas, filled, np.array([left, top, right, np.minimum(bottom, heights)]))


def _fitting_runs(masks: Sequence[Rle]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unpack runs that fit their masks.

    Returns:
        As `_runs`, and (N,) int64, how many pixels each mask has.

    Raises:
        InvalidItemError: The runs of a mask do not fit its size.
    """
    sizes = [mask.height * mask.width for mask in masks]
    if max(sizes) > rle.MAX_PIXELS or any(mask.height < 0 or mask.width < 0 for mask in masks):
        raise _misfit()
    runs, rows = _runs([mask.counts or _NO_PIXELS for mask in masks])
    # Sums of more could go beyond 64 bits.
    if runs.min() < 0 or runs.max() > rle.MAX_PIXELS:
        raise _misfit()
    totals = np.add.reduceat(runs.reshape(-1), 2 * (rows.cumsum() - rows))
    if (totals != sizes).any():
        raise _misfit()
    return runs, rows, totals


_NO_PIXELS = b"0"
"""One run without pixels: of masks without pixels, which may have no runs, each gets a row by it."""


def _runs(texts: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Unpack compressed runs.

    Returns:
        (R, 2) int64, the runs of all, with a run of no pixels behind an odd number of them; (N,) int64, how many rows
        each has.

    Raises:
        InvalidItemError: The bytes are not compressed runs.
    """
    differences, ends = rle.decode_differences(b"".join(texts))
    text_ends = np.cumsum([len(text) for text in texts])
    run_ends = ends.searchsorted(text_ends)
    if (ends[run_ends - 1] != text_ends - 1).any():
        raise _misfit()
    counts = np.diff(run_ends, prepend=0)
    rows = (counts + 1) // 2
    row_ends = rows.cumsum()
    firsts = row_ends - rows
    runs = np.zeros((int(row_ends[-1]), 2), np.int64)
    runs.reshape(-1)[np.arange(differences.size) + (2 * firsts - run_ends + counts).repeat(counts)] = differences
    # The first run is not what the third one differs from.
    alone = runs[firsts, 0]
    runs[firsts, 0] = 0
    begins = runs[firsts]
    runs.cumsum(axis=0, out=runs)
    runs -= (runs[firsts] - begins).repeat(rows, axis=0)
    runs[firsts, 0] = alone
    runs[row_ends[counts % 2 > 0] - 1, 1] = 0
    return runs, rows


def _misfit() -> InvalidItemError:
    return InvalidItemError("the runs of a mask do not fit its size")
