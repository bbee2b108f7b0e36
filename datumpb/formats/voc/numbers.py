"""Boxes and their corners in XML: written so that the same numbers come back.

A box has width and height, VOC has the opposite corner. Binary fractions do not add up exactly, decimal ones do: so the
sum and the difference are those of the decimals that stand for the numbers.
"""

from __future__ import annotations

import decimal
import math
import re
from typing import TYPE_CHECKING

from datumpb.errors import InvalidItemError
from datumpb.formats.voc.elements import Element, element

if TYPE_CHECKING:
    from datumpb.model.annotations import Bbox
    from datumpb.model.geometry import Box

_CORNERS = ("xmin", "ymin", "xmax", "ymax")
_NUMBER = re.compile(r"[+-]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_EXACT = decimal.Context(prec=3000)  # more digits than any sum of numbers that are accepted


def read_whole(node: Element) -> int:
    """Return the whole number, 0 or more, that an element holds.

    Raises:
        SourceFormatError: It is none.
    """
    text = node.leaf()
    if not _WHOLE.fullmatch(text):
        node.fail(f"<{node.tag}> has to be a whole number, not {text!r}")
    return int(text)


def read_flag(node: Element) -> bool:
    """Return what an element of 0 or 1 says.

    Raises:
        SourceFormatError: It is neither.
    """
    text = node.leaf()
    if text not in {"0", "1"}:
        node.fail(f"<{node.tag}> has to be 0 or 1, not {text!r}")
    return text == "1"


def read_box(node: Element, *, one_based: bool) -> Box:
    """Return the box that `<bndbox>` holds: x, y, width and height in pixels.

    Args:
        node: The element.
        one_based: Whether pixels count from 1, and the last one is part of the box.

    Raises:
        SourceFormatError: A corner is missing or no number, or they are in the wrong order.
    """
    left, top, right, bottom = (_number(node.one(name)) for name in _CORNERS)
    if one_based:
        left, top = _EXACT.subtract(left, 1), _EXACT.subtract(top, 1)
    sides = _EXACT.subtract(right, left), _EXACT.subtract(bottom, top)
    if min(sides) < 0:
        node.fail("<bndbox> has its corners in the wrong order: xmin to xmax and ymin to ymax expected")
    box = float(left), float(top), float(sides[0]), float(sides[1])
    if not all(map(math.isfinite, box)):
        node.fail("<bndbox> is too large for numbers of 64 bits")
    return box


def write_box(box: Bbox | Box, *, one_based: bool) -> Element:
    """Return `<bndbox>` of a box.

    Raises:
        InvalidItemError: A number is not finite, or a side is negative.
    """
    numbers = box if isinstance(box, tuple) else (box.x, box.y, box.w, box.h)
    x, y, w, h = (decimal.Decimal(repr(float(number))) for number in numbers)
    if not all(number.is_finite() for number in (x, y, w, h)) or w < 0 or h < 0:
        message = f"a box whose numbers are not finite, or with a negative side, cannot be written: {numbers}"
        raise InvalidItemError(message)
    first = decimal.Decimal(1 if one_based else 0)
    corners = _EXACT.add(x, first), _EXACT.add(y, first), _EXACT.add(x, w), _EXACT.add(y, h)
    return element("bndbox", [element(name, _text(corner)) for name, corner in zip(_CORNERS, corners, strict=True)])


def _number(node: Element) -> decimal.Decimal:
    text = node.leaf()
    if not _NUMBER.fullmatch(text) or abs(float(text)) == float("inf"):
        node.fail(f"<{node.tag}> has to be a number, not {text[:80]!r}")
    return decimal.Decimal(text)


def _text(number: decimal.Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
