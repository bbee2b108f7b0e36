"""Free-form values, from and to messages (schema: `value.proto`).

The integers of a message's `big_int_value` are exactly those that `int_value` cannot hold, in the fewest bytes.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from datumpb.codec import fields
from datumpb.errors import DamagedFileError, InvalidItemError, UnsupportedFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from google.protobuf.internal.containers import RepeatedCompositeFieldContainer

    from datumpb import messages
    from datumpb.model.values import Value

    Place = tuple[object, ...]

MAX_DEPTH = 30
"""How many lists and maps may lie in each other."""

_INT64_MIN, _INT64_MAX = -(2**63), 2**63 - 1
_MIN_BIG_INT_SIZE = 9


def encode_attributes(
    attributes: dict[str, Value], container: RepeatedCompositeFieldContainer[messages.Attribute], field: str
) -> None:
    """Add named values to a message.

    Args:
        attributes: The values.
        container: The message's field, empty so far.
        field: The name of the field, for error messages.

    Raises:
        InvalidItemError: A value that the schema cannot hold; the text names it by its keys.
    """
    if type(attributes) is not dict:
        message = f"{field} {fields.shown(attributes)} is not a dict"
        raise InvalidItemError(message)
    if attributes:
        _encode_entries(attributes, container, (field,))


def encode_value(value: Value, message: messages.Value, field: str) -> None:
    """Put a value into an empty message.

    Raises:
        InvalidItemError: A value that the schema cannot hold; the text names it by `field` and its keys.
    """
    _encode(value, message, (field,), 0)


def decode_attributes(container: Sequence[messages.Attribute]) -> dict[str, Value]:
    """Return the named values of a message.

    Raises:
        DamagedFileError: A key stands twice, or a value is not what the schema allows.
        UnsupportedFileError: A value is of a kind that this version does not know.
    """
    return _decode_entries(container, 0)


def decode_value(message: messages.Value) -> Value:
    """Return the value of a message.

    Raises:
        DamagedFileError: It is not what the schema allows.
        UnsupportedFileError: It is of a kind that this version does not know.
    """
    return _decode(message, 0)


def _encode_entries(
    entries: dict[str, Value],
    container: RepeatedCompositeFieldContainer[messages.Attribute],
    place: Place,
    depth: int = 0,
) -> None:
    for key, value in entries.items():
        attribute = container.add()
        attribute.key = key if type(key) is str and key.isascii() else fields.text(key, f"{_named(place)}: key")
        _encode(value, attribute.value, (*place, key), depth)


def _encode(value: object, message: messages.Value, place: Place, depth: int) -> None:
    encode = _ENCODERS.get(type(value))
    if encode is None and isinstance(value, np.generic) and value.dtype.kind in "biufSU":
        value = value.item()
        encode = _ENCODERS.get(type(value))
    if encode is None:
        text = f"{_named(place)}: {type(value).__module__}.{type(value).__qualname__} is no type that values can have"
        raise InvalidItemError(text)
    encode(value, message, place, depth)


def _encode_null(_value: None, message: messages.Value, _place: Place, _depth: int) -> None:
    message.null_value = 0  # type: ignore[assignment]  # an enum of one value


def _encode_bool(value: bool, message: messages.Value, _place: Place, _depth: int) -> None:
    message.bool_value = value


def _encode_int(value: int, message: messages.Value, _place: Place, _depth: int) -> None:
    if _INT64_MIN <= value <= _INT64_MAX:
        message.int_value = value
    else:
        message.big_int_value = value.to_bytes(_big_int_size(value), "big", signed=True)


def _encode_float(value: float, message: messages.Value, _place: Place, _depth: int) -> None:
    message.double_value = value


def _encode_str(value: str, message: messages.Value, place: Place, _depth: int) -> None:
    message.string_value = value if value.isascii() else fields.text(value, f"{_named(place)}:")


def _encode_bytes(value: bytes, message: messages.Value, _place: Place, _depth: int) -> None:
    message.bytes_value = value


def _encode_list(value: list[Value], message: messages.Value, place: Place, depth: int) -> None:
    _check_depth(place, depth)
    message.list_value.SetInParent()
    values = message.list_value.values
    for index, element in enumerate(value):
        _encode(element, values.add(), (*place, index), depth + 1)


def _encode_dict(value: dict[str, Value], message: messages.Value, place: Place, depth: int) -> None:
    _check_depth(place, depth)
    message.map_value.SetInParent()
    _encode_entries(value, message.map_value.entries, place, depth + 1)


_ENCODERS: dict[type, Callable[[Any, messages.Value, Place, int], None]] = {
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
        message = f"{_named(place[:4])}...: values may nest at most {MAX_DEPTH} lists or maps deep"
        raise InvalidItemError(message)


def _named(place: Place) -> str:
    return f"{place[0]}" + "".join(f"[{fields.shown(key)}]" for key in place[1:])


def _big_int_size(value: int) -> int:
    return (value if value >= 0 else ~value).bit_length() // 8 + 1


_PLAIN_KINDS = frozenset({"bool_value", "int_value", "double_value", "string_value", "bytes_value"})


def _decode(message: messages.Value, depth: int) -> Value:
    kind = message.WhichOneof("kind")
    if kind in _PLAIN_KINDS:
        return getattr(message, kind)  # type: ignore[no-any-return]
    if kind == "null_value":
        return None
    if kind == "big_int_value":
        return _decode_big_int(message.big_int_value)
    if kind is None:
        text = "a value is of a kind that this version does not know"
        raise UnsupportedFileError(text)
    if depth >= MAX_DEPTH:
        text = f"values nest more than {MAX_DEPTH} lists or maps deep"
        raise DamagedFileError(text)
    if kind == "list_value":
        return [_decode(element, depth + 1) for element in message.list_value.values]
    return _decode_entries(message.map_value.entries, depth + 1)


def _decode_entries(container: Sequence[messages.Attribute], depth: int) -> dict[str, Value]:
    entries: dict[str, Value] = {}
    attributes = container[:]
    for attribute in attributes:
        value = attribute.value
        kind = value.WhichOneof("kind")
        entries[attribute.key] = getattr(value, kind) if kind in _PLAIN_KINDS else _decode(value, depth)
    if len(entries) != len(attributes):
        keys = Counter(attribute.key for attribute in attributes)
        text = f"the key {fields.shown(keys.most_common(1)[0][0])} stands twice in a map or among attributes"
        raise DamagedFileError(text)
    return entries


def _decode_big_int(data: bytes) -> int:
    value = int.from_bytes(data, "big", signed=True)
    if len(data) < _MIN_BIG_INT_SIZE or len(data) != _big_int_size(value):
        text = "a big integer is not written in the fewest bytes"
        raise DamagedFileError(text)
    return value
