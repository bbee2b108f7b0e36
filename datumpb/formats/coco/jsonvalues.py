"""JSON data: compared by value, checked for type, and written compactly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
import numpy as np

from datumpb.errors import SourceFormatError

if TYPE_CHECKING:
    from collections.abc import Collection

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object as Python's `json` reads it."""

_PLAIN = frozenset({int, float, str, type(None)})
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_encode_exact = msgspec.json.Encoder().encode
_EXACT = frozenset({int, str, bool, type(None)})
_TEXT = frozenset({str})
_DEPTH = 4  # of the lists and maps in COCO's own entries
_LEAST, _MOST = 1e-4, 1e16  # of the numbers that are written without an exponent
_NAMES = {dict: "a map", list: "a list", str: "text", int: "a whole number", float: "a number"}


def same(left: object, right: object) -> bool:
    """Tell whether two values are the same JSON data: 1 is 1.0, true is not 1, NaN is NaN."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right or (left != left and right != right)  # noqa: PLR0124 -- NaN
    if isinstance(left, list) and isinstance(right, list):
        if left == right and _PLAIN.issuperset(map(type, left)) and _PLAIN.issuperset(map(type, right)):
            return True
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(value, right[key]) for key, value in left.items())
    return type(left) is type(right) and left == right


def get(data: JsonObject, key: str, kind: type) -> Any:  # noqa: ANN401 -- the type is `kind`
    """Return the value of a key that has to be there and of a type; where it should be `float`, any number is.

    Raises:
        SourceFormatError: It is not; the place is the key.
    """
    if key not in data:
        message = "this key is missing"
        raise SourceFormatError(message, None, f".{key}")
    return check(data[key], kind, f".{key}")


def check(value: object, kind: type, place: str) -> Any:  # noqa: ANN401 -- the type is `kind`
    """Return a value that has to be of a type; where it should be `float`, any number is.

    Raises:
        SourceFormatError: It is not, at `place`.
    """
    if type(value) is kind or (kind is float and type(value) is int):
        return value
    message = f"{_NAMES[kind]} expected, not {shown(value)}"
    raise SourceFormatError(message, None, place)


def shown(value: object) -> str:
    """Write a value as JSON for an error message, shortened."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}..."  # noqa: PLR2004 -- what fits in a line


def encode(value: object) -> bytes:
    """Write JSON without spaces in UTF-8; NaN and the infinities as Python's `json` writes them.

    Raises:
        TypeError: The value is not JSON, as bytes are not.
    """
    try:
        return _encode_exact(value) if _is_exact(value, _DEPTH) else _COMPACT(value).encode()
    except UnicodeEncodeError:  # half of a surrogate pair: only an escape can hold it
        return json.dumps(value, separators=(",", ":")).encode()


def _is_exact(value: object, depth: int) -> bool:
    """Tell whether msgspec writes what Python's `json` does, but several times as fast."""
    kind = type(value)
    if kind in _EXACT:
        return True
    if kind is float:
        return is_plain_float(value)
    if not depth:
        return False
    if isinstance(value, dict) and kind is dict and _TEXT.issuperset(map(type, value)):
        return _are_exact(value.values(), depth - 1)
    return isinstance(value, list) and kind is list and _are_exact(value, depth - 1)


def _are_exact(values: Collection[object], depth: int) -> bool:
    return _EXACT.issuperset(map(type, values)) or all(_is_exact(value, depth) for value in values)


def is_json(value: object) -> bool:
    """Tell whether a value can be written as JSON."""
    if type(value) in _PLAIN:
        return True
    try:
        encode(value)
    except TypeError:
        return False
    return True


def is_plain_float(value: object) -> bool:
    """Tell whether a value is a float without an exponent when written: all of JSON's libraries write it alike."""
    return type(value) is float and (_LEAST <= abs(value) < _MOST or value == 0)


def are_plain_floats(numbers: np.ndarray) -> np.ndarray:
    """Tell which float64 are written without an exponent, and are not -0.0."""
    sizes = np.abs(numbers)
    plain: np.ndarray = (sizes >= _LEAST) & (sizes < _MOST)
    if not plain.all():
        plain |= (numbers == 0) & ~np.signbit(numbers)
    return plain
