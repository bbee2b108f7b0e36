"""The numbers of many boxes, cut out of the bytes of their messages all at once (schema: `Coordinates`, stride 4)."""

from __future__ import annotations

import numpy as np

from datumpb.codec.cursors import Cursors, gathered, packed_sint64
from datumpb.codec.scales import MAX_DECIMALS, MAX_SUM, SCALES

_COUNT = 4
# The bytes that fields begin with: number << 3, and 2 where a size follows.
_DECIMALS, _DELTA, _F32, _F64 = b"\x08", b"\x12", b"\x1a", b"\x22"


def read_boxes(data: bytes, starts: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Read boxes, each from the bytes of its `Coordinates`.

    Args:
        data: All bytes, with `PADDING` behind them.
        starts: (N,) int64, where each message begins.
        sizes: (N,) int64, how many bytes each has.

    Returns:
        (N,) bool, which of them are read here; the others may be damaged. (N, 4) float64, what those are.
    """
    cursors = Cursors(data, starts, starts + sizes)
    decimals = cursors.varints(_DECIMALS).clip(0)
    delta, single, double = (cursors.spans(tag) for tag in (_DELTA, _F32, _F64))
    there = np.stack([delta[1], single[1], double[1]]) >= 0
    alone = cursors.finished() & (there.sum(axis=0) == 1)
    boxes = np.zeros((len(starts), _COUNT))
    read = _read_scaled(data, boxes, decimals, delta, alone & there[0])
    for (places, size), kind, own in ((single, "<f4", there[1]), (double, "<f8", there[2])):
        bytes_each = _COUNT * np.dtype(kind).itemsize
        some = np.flatnonzero(alone & own & (size == bytes_each))
        if some.size:
            numbers = gathered(data, places[some], size[some]).view(kind)
            with np.errstate(invalid="ignore"):  # a signalling NaN
                boxes[some] = numbers.reshape(-1, _COUNT)
            read[some] = True
    return read, boxes


def _read_scaled(
    data: bytes, boxes: np.ndarray, decimals: np.ndarray, delta: tuple[np.ndarray, np.ndarray], own: np.ndarray
) -> np.ndarray:
    """Read those that are written as integers; return which they are."""
    starts, sizes = delta
    numbers, counts = packed_sint64(data, starts, np.where(own, sizes, 0))
    read: np.ndarray = own & (counts == _COUNT) & (decimals <= MAX_DECIMALS)
    four = numbers[read.repeat(counts)].reshape(-1, _COUNT)
    bounded = ((four <= MAX_SUM) & (four >= -MAX_SUM)).all(axis=1)
    read[read] = bounded
    boxes[read] = four[bounded] / np.array(SCALES)[decimals[read]][:, None]
    return read
