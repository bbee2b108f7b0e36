"""Numbers as parts of a picture's side, and as pixels: written with as many digits as bring the same pixels back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datumpb.model.geometry import Box

_USUAL_DECIMALS = 6
_DECIMALS = (_USUAL_DECIMALS, 9, 12, 14)
_DIGITS = (14, 15, 16)
_NEIGHBOURS = 4


def box_of(ratios: Box, width: int, height: int) -> Box:
    """Return a box in pixels by its top left corner, of one by its centre in parts of the picture's sides."""
    x, y, w, h = ratios
    return (x - w / 2) * width, (y - h / 2) * height, w * width, h * height


def ratios_of(box: Box, width: int, height: int) -> Box:
    """Return a box as its centre and size in parts of the picture's sides, so that `box_of` gives it back."""
    x, y, w, h = box
    w_ratio, h_ratio = ratio(w, width), ratio(h, height)
    x_ratio = _exact((x + w / 2) / width, lambda value: (value - w_ratio / 2) * width == x)
    y_ratio = _exact((y + h / 2) / height, lambda value: (value - h_ratio / 2) * height == y)
    return x_ratio, y_ratio, w_ratio, h_ratio


def ratio(pixels: float, side: int) -> float:
    """Return a number of pixels in parts of a side, so that multiplied it gives the pixels back."""
    return _exact(pixels / side, lambda value: value * side == pixels)


def text(value: float) -> str:
    """Write a number with six decimals, or with as many digits as it has."""
    usual = f"{value:.{_USUAL_DECIMALS}f}"
    return usual if float(usual) == value else repr(value)


def _exact(value: float, reproduces: Callable[[float], bool]) -> float:
    """Return the number near a value that has the fewest digits and reproduces what it stands for."""
    return next((candidate for candidate in _candidates(value) if reproduces(candidate)), value)


def _candidates(value: float) -> Iterator[float]:
    for decimals in _DECIMALS:
        yield round(value, decimals)
    for digits in _DIGITS:
        yield float(f"{value:.{digits}g}")
    yield value
    low = high = value
    for _ in range(_NEIGHBOURS):
        low, high = math.nextafter(low, -math.inf), math.nextafter(high, math.inf)
        yield low
        yield high
