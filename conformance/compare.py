"""Comparison of JSON by value: what two languages may print differently for one and the same thing."""

from __future__ import annotations

import struct
from typing import Any

_SINGLE = "f32"


def difference(expected: Any, found: Any, place: str = "", *, single: bool = False) -> str | None:  # noqa: ANN401 -- any JSON
    """Return the first place where two values differ, and how; None: they are the same.

    1 and 1.0 are the same, 0 and -0.0 are not. Fields of single precision are compared as such: 0.1 is what some print
    for 0.10000000149011612. Empty lists of coordinates do not count.

    Args:
        expected: What it should be.
        found: What it is.
        place: Where both stand, for the answer.
        single: Whether numbers are of single precision.
    """
    if isinstance(expected, dict) and isinstance(found, dict):
        return _of_maps(expected, found, place, single)
    if isinstance(expected, list) and isinstance(found, list):
        for index, (one, other) in enumerate(zip(expected, found, strict=False)):
            problem = difference(one, other, f"{place}[{index}]", single=single)
            if problem is not None:
                return problem
        if len(expected) != len(found):
            return f"{place}: {len(found)} elements, expected {len(expected)}"
        return None
    if _is_number(expected) and _is_number(found):
        same = _bits(expected, single) == _bits(found, single)
    else:
        same = type(expected) is type(found) and expected == found
    return None if same else f"{place}: {_shown(found)}, expected {_shown(expected)}"


def _of_maps(expected: dict[str, Any], found: dict[str, Any], place: str, single: bool) -> str | None:
    if expected.keys() != found.keys():
        missing = sorted(expected.keys() - found.keys())
        added = sorted(found.keys() - expected.keys())
        return f"{place}: fields missing: {missing}, fields too many: {added}"
    for name, value in expected.items():
        one, other = value, found[name]
        if name == "coordinates" and isinstance(one, list) and isinstance(other, list):
            one, other = [numbers for numbers in one if numbers], [numbers for numbers in other if numbers]
        problem = difference(one, other, f"{place}.{name}", single=single or name == _SINGLE)
        if problem is not None:
            return problem
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _bits(number: float, single: bool) -> bytes:
    try:
        return struct.pack("<f" if single else "<d", number)
    except (OverflowError, struct.error):  # beyond every number of this precision
        return repr(number).encode()


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}..."  # noqa: PLR2004 -- what a line of a report may take
