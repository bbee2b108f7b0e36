"""Free-form values, from and to messages (schema: `value.proto`)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from datumpb import messages
from datumpb.codec import fields
from datumpb.codec.value_encoder import MAX_DEPTH, attributes_to_bytes, big_int_size, value_to_bytes
from datumpb.errors import DamagedFileError, UnsupportedFileError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.internal.containers import RepeatedCompositeFieldContainer

    from datumpb.model.values import Value

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
    encoded = attributes_to_bytes(attributes, b"\x0a", field)
    container.extend(messages.MapValue.FromString(encoded).entries)


def encode_value(value: Value, message: messages.Value, field: str) -> None:
    """Put a value into an empty message.

    Raises:
        InvalidItemError: A value that the schema cannot hold; the text names it by `field` and its keys.
    """
    message.MergeFromString(value_to_bytes(value, field))


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
    if len(data) < _MIN_BIG_INT_SIZE or len(data) != big_int_size(value):
        text = "a big integer is not written in the fewest bytes"
        raise DamagedFileError(text)
    return value
