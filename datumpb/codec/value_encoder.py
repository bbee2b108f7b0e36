"""Free-form values as the bytes of their messages (schema: `value.proto`); `values` reads them.

The integers of a message's `big_int_value` are exactly those that `int_value` cannot hold, in the fewest bytes.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from datumpb.codec import fields
from datumpb.codec.wire import double, sint64, sized
from datumpb.errors import InvalidItemError

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb.model.values import Value

    # The place of what a value is in, and its own key there.
    Place = tuple["Place | None", object]

MAX_DEPTH = 30
"""How many lists and maps may lie in each other."""

_FLAGS = (b"\x10\x00", b"\x10\x01")
_SHORT_NAME = 32
_INT64_MIN, _INT64_MAX = -(2**63), 2**63 - 1


def attributes_to_bytes(attributes: dict[str, Value], tag: bytes, field: str) -> bytes:
    """Return a message's field of named values, one `Attribute` each.

    Args:
        attributes: The values.
        tag: The tag of the field that holds them.
        field: The name of the field, for error messages.

    Raises:
        InvalidItemError: A value that the schema cannot hold; the text names it by its keys.
    """
    if type(attributes) is not dict:
        message = f"{field} {fields.shown(attributes)} is not a dict"
        raise InvalidItemError(message)
    return _entries(attributes, tag, (None, field), 0) if attributes else b""


def value_to_bytes(value: Value, field: str) -> bytes:
    """Return a `Value`.

    Raises:
        InvalidItemError: A value that the schema cannot hold; the text names it by `field` and its keys.
    """
    return _encode(value, (None, field), 0)


def big_int_size(value: int) -> int:
    """Return how many bytes `big_int_value` has for an integer."""
    return (value if value >= 0 else ~value).bit_length() // 8 + 1


def _entries(entries: dict[str, Value], tag: bytes, place: Place, depth: int) -> bytes:
    parts = []
    for key, value in entries.items():
        known = type(key) is str and len(key) <= _SHORT_NAME and key.isascii()
        if known and type(value) is bool:
            parts.append(_flag(tag, key, value))
            continue
        name = _short_name(key) if known else _name(fields.text(key, f"{_named(place)}: key"))
        parts.append(sized(tag, name + sized(b"\x12", _encode(value, (place, key), depth))))
    return b"".join(parts)


def _name(name: str) -> bytes:
    return sized(b"\x0a", name.encode()) if name else b""  # an empty text is not written


# The same few names come again and again, and the same flags with them.
_short_name = functools.lru_cache(maxsize=1024)(_name)


@functools.lru_cache(maxsize=1024)
def _flag(tag: bytes, name: str, value: bool) -> bytes:
    return sized(tag, _name(name) + sized(b"\x12", _FLAGS[value]))


def _encode(value: object, place: Place, depth: int) -> bytes:
    encode = _ENCODERS.get(type(value))
    if encode is None and isinstance(value, np.generic) and value.dtype.kind in "biufSU":
        value = value.item()
        encode = _ENCODERS.get(type(value))
    if encode is None:
        text = f"{_named(place)}: {type(value).__module__}.{type(value).__qualname__} is no type that values can have"
        raise InvalidItemError(text)
    return encode(value, place, depth)


def _encode_null(_value: None, _place: Place, _depth: int) -> bytes:
    return b"\x08\x00"


def _encode_bool(value: bool, _place: Place, _depth: int) -> bytes:
    return _FLAGS[value]


def _encode_int(value: int, _place: Place, _depth: int) -> bytes:
    if _INT64_MIN <= value <= _INT64_MAX:
        return b"\x18" + sint64(value)
    return sized(b"\x22", value.to_bytes(big_int_size(value), "big", signed=True))


def _encode_float(value: float, _place: Place, _depth: int) -> bytes:
    return b"\x29" + double(value)


def _encode_str(value: str, place: Place, _depth: int) -> bytes:
    return sized(b"\x32", (value if value.isascii() else fields.text(value, f"{_named(place)}:")).encode())


def _encode_bytes(value: bytes, _place: Place, _depth: int) -> bytes:
    return sized(b"\x3a", value)


def _encode_list(value: list[Value], place: Place, depth: int) -> bytes:
    _check_depth(place, depth)
    elements = [sized(b"\x0a", _encode(element, (place, index), depth + 1)) for index, element in enumerate(value)]
    return sized(b"\x42", b"".join(elements))


def _encode_dict(value: dict[str, Value], place: Place, depth: int) -> bytes:
    _check_depth(place, depth)
    return sized(b"\x4a", _entries(value, b"\x0a", place, depth + 1))


_ENCODERS: dict[type, Callable[[Any, Place, int], bytes]] = {
    type(None): _encode_null,
    bool: _encode_bool,
    int: _encode_int,
    float: _encode_float,
    str: _encode_str,
    bytes: _encode_bytes,
    list: _encode_list,
    tuple: _encode_list,
    dict: _encode_dict,
}


def _check_depth(place: Place, depth: int) -> None:
    if depth >= MAX_DEPTH:
        message = f"{_named(place, 4)}...: values may nest at most {MAX_DEPTH} lists or maps deep"
        raise InvalidItemError(message)


def _named(place: Place, most: int | None = None) -> str:
    keys: list[object] = []
    rest: Place | None = place
    while rest is not None:
        rest, key = rest
        keys.append(key)
    first, *others = keys[::-1][:most]
    return f"{first}" + "".join(f"[{fields.shown(key)}]" for key in others)
