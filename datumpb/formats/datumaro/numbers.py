"""Numbers in JSON: whole ones of a range, and lists of coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datumpb.dataset.json_values import JsonMap, check
from datumpb.errors import SourceFormatError

if TYPE_CHECKING:
    from typing import Any

INT64 = range(-(1 << 63), 1 << 63)
UINT32 = range(1 << 32)
UINT64 = range(1 << 64)

_NUMBERS = frozenset({int, float})


def integer(value: object, allowed: range, place: str) -> int:
    """Return a whole number of a range.

    Raises:
        SourceFormatError: It is none.
    """
    number: int = check(value, int, place)
    if number not in allowed:
        message = f"a number from {allowed.start} to {allowed.stop - 1} expected"
        raise SourceFormatError(message, None, place)
    return number


def optional_integer(entry: JsonMap, key: str, place: str, allowed: range) -> int | None:
    """Return the whole number of a key; None where it is missing or null.

    Raises:
        SourceFormatError: It is something else.
    """
    value = entry.get(key)
    return None if value is None else integer(value, allowed, f"{place}.{key}")


def numbers(value: Any, place: str, count: int | None = None) -> np.ndarray:  # noqa: ANN401 -- JSON
    """Return a list of numbers as (N,) float64.

    Args:
        value: The list.
        place: Where it is, for errors.
        count: How many there have to be; None: any number.

    Raises:
        SourceFormatError: It is no such list.
    """
    entries = check(value, list, place)
    if not _NUMBERS.issuperset(map(type, entries)):
        message = "a list of numbers expected"
        raise SourceFormatError(message, None, place)
    if count is not None and len(entries) != count:
        message = f"{count} numbers expected, not {len(entries)}"
        raise SourceFormatError(message, None, place)
    try:
        return np.array(entries, np.float64)
    except OverflowError:
        message = "a number beyond the range of a double"
        raise SourceFormatError(message, None, place) from None
