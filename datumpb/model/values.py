"""Free-form values, and what it means that two of them are the same."""

from __future__ import annotations

import dataclasses
import struct
from typing import TypeAlias

import numpy as np

Value: TypeAlias = "bool | int | float | str | bytes | list[Value] | dict[str, Value] | None"
"""What an attribute may hold: null, bool, int of any size, float, str, bytes, and lists and maps of them."""


def identical(left: object, right: object) -> bool:
    """Tell whether two values are the same in type and in every bit, NaN payloads aside.

    Unlike ``==``: True is not 1, 1 is not 1.0, 0.0 is not -0.0, NaN is NaN. The order of a map does not matter.
    """
    if type(left) is not type(right):
        return False
    if isinstance(left, float) and isinstance(right, float):
        return (left != left and right != right) or struct.pack("<d", left) == struct.pack("<d", right)  # noqa: PLR0124 -- NaN
    if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
        return _identical_arrays(left, right)
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(map(identical, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(identical(value, right[key]) for key, value in left.items())
    return bool(left == right)


def _identical_arrays(left: np.ndarray, right: np.ndarray) -> bool:
    if left.dtype != right.dtype or left.shape != right.shape:
        return False
    if left.dtype.kind != "f":
        return bool(np.array_equal(left, right))
    same = (left == right) & (np.signbit(left) == np.signbit(right))
    return bool(np.all(same | (np.isnan(left) & np.isnan(right))))


class Exact:
    """A dataclass whose equality is that of `identical`, field by field; fields with ``compare=False`` do not count."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # compared by value, and it can change

    def __eq__(self, other: object) -> bool:
        """Tell whether both are of one class and identical in every field."""
        if type(self) is not type(other):
            return NotImplemented
        fields = dataclasses.fields(self)  # type: ignore[arg-type]  # every subclass is a dataclass
        names = (field.name for field in fields if field.compare)
        return all(identical(getattr(self, name), getattr(other, name)) for name in names)
