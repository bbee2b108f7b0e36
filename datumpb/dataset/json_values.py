"""JSON that any reader can read: what may be written, and checked access to what was read."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, TypeAlias

from datumpb.errors import SourceFormatError

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb.model.values import Value

JsonMap: TypeAlias = dict[str, Any]
"""A JSON object as Python's `json` reads it."""

_MAX_DEPTH = 200
_INT_END = 1 << 1023
_NAMES = {dict: "a map", list: "a list", str: "text", int: "a whole number"}


def parse(data: bytes) -> JsonMap:
    """Parse a map.

    Raises:
        ValueError: It is none; the text says why.
    """
    try:
        values = json.loads(data.decode(), parse_constant=_refuse)
    except UnicodeDecodeError as error:
        message = "JSON that is not UTF-8"
        raise ValueError(message) from error
    except (RecursionError, ValueError) as error:
        message = f"not JSON: {error}"
        raise ValueError(message) from error
    if type(values) is not dict:
        message = "JSON that is not a map"
        raise ValueError(message)
    return values


def _refuse(constant: str) -> None:
    message = f"{constant} is no JSON number"
    raise ValueError(message)


def encode(values: JsonMap) -> bytes:
    """Write a map in UTF-8 without spaces."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def fits(value: object, depth: int = 1) -> bool:
    """Tell whether a value can be written: no bytes, NaN, infinity, integer beyond doubles, or extreme nesting."""
    if value is None or type(value) is bool:
        return True
    if type(value) is int:
        return -_INT_END < value < _INT_END
    if type(value) is float:
        return math.isfinite(value)
    if type(value) is str:
        return _is_unicode(value)
    if depth > _MAX_DEPTH:
        return False
    if type(value) is list:
        return all(fits(element, depth + 1) for element in value)
    if type(value) is dict:
        return all(type(key) is str and _is_unicode(key) and fits(element, depth + 1) for key, element in value.items())
    return False


def holdable(values: dict[str, Value], lost: Callable[[str], None]) -> JsonMap:
    """Return what of a map can be written; `lost` is told the keys of the rest."""
    held: JsonMap = {}
    for key, value in values.items():
        if fits({key: value}):
            held[key] = value
        else:
            lost(key)
    return held


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def get(values: JsonMap, key: str, kind: type, place: str) -> Any:  # noqa: ANN401 -- the type is `kind`
    """Return the value of a key that has to be there and of a type.

    Raises:
        SourceFormatError: It is not; the place is `place` and the key.
    """
    if key not in values:
        message = "this key is missing"
        raise SourceFormatError(message, None, f"{place}.{key}")
    return check(values[key], kind, f"{place}.{key}")


def check(value: object, kind: type, place: str) -> Any:  # noqa: ANN401 -- the type is `kind`
    """Return a value that has to be of a type.

    Raises:
        SourceFormatError: It is not.
    """
    if type(value) is kind:
        return value
    message = f"{_NAMES[kind]} expected, not {type(value).__name__}"
    raise SourceFormatError(message, None, place)


def elements(values: JsonMap, key: str, kind: type, place: str) -> list[Any]:
    """Return the elements of a list, each of a type; empty where the key is missing.

    Raises:
        SourceFormatError: It is not a list of that.
    """
    entries = check(values.get(key, []), list, f"{place}.{key}")
    return [check(entry, kind, f"{place}.{key}[{index}]") for index, entry in enumerate(entries)]
