"""Single fields on their way into messages: of the right type and within range, or an error that names the field."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from datumpb.errors import InvalidItemError

T = TypeVar("T")

_SHOWN = 60
_SHOWN_BITS = 200


def int64(value: object, field: str) -> int:
    """Return an int from -2^63 to 2^63 - 1.

    Raises:
        InvalidItemError: It is something else.
    """
    if type(value) is int and -(2**63) <= value <= 2**63 - 1:  # as most are, in half the time
        return value
    return _integer(value, field, -(2**63), 2**63 - 1)


def int32(value: object, field: str) -> int:
    """Return an int from -2^31 to 2^31 - 1.

    Raises:
        InvalidItemError: It is something else.
    """
    return _integer(value, field, -(2**31), 2**31 - 1)


def uint32(value: object, field: str) -> int:
    """Return an int from 0 to 2^32 - 1.

    Raises:
        InvalidItemError: It is something else.
    """
    if type(value) is int and 0 <= value <= 2**32 - 1:  # as most are, in half the time
        return value
    return _integer(value, field, 0, 2**32 - 1)


def uint64(value: object, field: str, low: int = 0) -> int:
    """Return an int from `low` to 2^64 - 1.

    Raises:
        InvalidItemError: It is something else.
    """
    return _integer(value, field, low, 2**64 - 1)


def uint8(value: object, field: str) -> int:
    """Return an int from 0 to 255.

    Raises:
        InvalidItemError: It is something else.
    """
    return _integer(value, field, 0, 255)


def number(value: object, field: str) -> float:
    """Return a float.

    Raises:
        InvalidItemError: It is no number, or an integer beyond every float.
    """
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            pass
    message = f"{field} {shown(value)} is not a number that a float can be"
    raise InvalidItemError(message)


def text(value: object, field: str) -> str:
    """Return text that has a form in UTF-8.

    Raises:
        InvalidItemError: It is something else, or has lone surrogates.
    """
    if isinstance(value, np.str_):
        value = str(value)
    if type(value) is not str:
        message = f"{field} {shown(value)} is not text"
        raise InvalidItemError(message)
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            message = f"{field} {shown(value)} has a lone surrogate, which UTF-8 cannot hold"
            raise InvalidItemError(message) from error
    return value


def octets(value: object, field: str) -> bytes:
    """Return bytes.

    Raises:
        InvalidItemError: It is something else.
    """
    if type(value) is not bytes:
        message = f"{field} {shown(value)} is not bytes"
        raise InvalidItemError(message)
    return value


def boolean(value: object, field: str) -> bool:
    """Return True or False.

    Raises:
        InvalidItemError: It is something else.
    """
    if not isinstance(value, (bool, np.bool_)):
        message = f"{field} {shown(value)} is not true or false"
        raise InvalidItemError(message)
    return bool(value)


def instance(value: object, kind: type[T], field: str) -> T:
    """Return a value that is of a class.

    Raises:
        InvalidItemError: It is something else.
    """
    if not isinstance(value, kind):
        message = f"{field} {shown(value)} is no {kind.__name__}"
        raise InvalidItemError(message)
    return value


def shown(value: object) -> str:
    """Show a value in an error message: one line, and short."""
    if isinstance(value, int) and value.bit_length() > _SHOWN_BITS:
        return f"of {value.bit_length()} bits"
    if isinstance(value, (str, bytes)):
        value = value[:_SHOWN]
    elif not isinstance(value, (bool, int, float, type(None), np.generic)):
        return f"of type {type(value).__name__}"
    return repr(value)


def _integer(value: object, field: str, low: int, high: int) -> int:
    if isinstance(value, np.integer) and value.dtype.kind in "iu":
        value = int(value)
    if type(value) is not int:
        message = f"{field} {shown(value)} is not an integer"
        raise InvalidItemError(message)
    if not low <= value <= high:
        message = f"{field} {shown(value)} is not from {low} to {high}"
        raise InvalidItemError(message)
    return value
