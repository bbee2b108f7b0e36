"""Free-form values as JSON, exactly: what JSON or its readers cannot hold is an object with one key.

``{"$float": "NaN"}`` (or ``"Infinity"``, ``"-Infinity"``), ``{"$int": "9007199254740993"}`` (from 2^53 on; in
hexadecimal beyond 2048 bits) and ``{"$bytes": "AAEC"}`` (base64). A key that begins with $ itself gets one $ more.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from datumpb.errors import InvalidItemError

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb.model.values import Value

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

# Beyond it, most readers of JSON (jq, JavaScript) round an integer to a double.
_LARGEST_INTEGER = (1 << 53) - 1
# Bits; Python refuses to write really long integers in decimal, as that takes quadratic time.
_LONGEST_DECIMAL = 2048
_INTEGER = re.compile(r"-?(?:\d{1,1000}|0x[0-9a-f]+)", re.ASCII)
_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def to_json(value: Value) -> Json:
    """Return a value as what `json` can write.

    Raises:
        InvalidItemError: It is of no type that values can have.
    """
    if value is None or type(value) in (bool, str):
        return value  # type: ignore[return-value]  # the type is known
    if type(value) is float:
        return value if math.isfinite(value) else {"$float": _float_name(value)}
    if type(value) is int:
        return value if abs(value) <= _LARGEST_INTEGER else {"$int": _digits(value)}
    if type(value) is bytes:
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, (list, tuple)):
        return [to_json(element) for element in value]
    if type(value) is dict and all(isinstance(key, str) for key in value):
        return {escaped_key(key): to_json(element) for key, element in value.items()}
    if isinstance(value, np.generic) and value.dtype.kind in "biufSU":
        return to_json(value.item())
    message = f"{type(value).__module__}.{type(value).__qualname__} is no type that values can have"
    raise InvalidItemError(message)


def escaped_key(key: str) -> str:
    """Return the key of a map as it is written."""
    return f"${key}" if key.startswith("$") else key


def encode(value: Value) -> str:
    """Write a value as text, without spaces.

    Raises:
        InvalidItemError: It is of no type that values can have, has lone surrogates, or nests too deep.
    """
    if value == {}:
        return "{}"
    try:
        text = json.dumps(to_json(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        text.encode()
    except UnicodeEncodeError as error:
        message = "a text has a lone surrogate, which UTF-8 cannot hold"
        raise InvalidItemError(message) from error
    except RecursionError as error:
        message = "lists and maps nest too deep"
        raise InvalidItemError(message) from error
    return text


def decode(text: str) -> Value:
    """Return the value of a text.

    Raises:
        ValueError: The text is not what `encode` writes; the message says why.
    """
    if text == "{}":
        return {}
    try:
        return _DECODER.decode(text)  # type: ignore[no-any-return]  # JSON
    except RecursionError as error:
        message = "lists and maps nest too deep"
        raise ValueError(message) from error


def _float_name(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _digits(value: int) -> str:
    return str(value) if value.bit_length() <= _LONGEST_DECIMAL else hex(value)


def _from_pairs(pairs: list[tuple[str, Any]]) -> Value:
    if len(pairs) == 1 and pairs[0][0] in _TYPED:
        key, text = pairs[0]
        if not isinstance(text, str):
            message = f"{key}: text expected"
            raise ValueError(message)
        return _TYPED[key](text)
    found: dict[str, Value] = {}
    for written, value in pairs:
        if written.startswith("$") and not written.startswith("$$"):
            message = f"{written[:60]!r} is no key that a map has, and no type"
            raise ValueError(message)
        key = written.removeprefix("$")
        if key in found:
            message = f"the key {key[:60]!r} stands twice"
            raise ValueError(message)
        found[key] = value
    return found


def _int(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        message = "$int: an integer expected"
        raise ValueError(message)
    return int(text, 16 if "x" in text else 10)


def _float(text: str) -> float:
    if text not in _FLOATS:
        message = "$float: NaN, Infinity or -Infinity expected"
        raise ValueError(message)
    return _FLOATS[text]


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        message = "$bytes: base64 expected"
        raise ValueError(message) from error


def _refuse(constant: str) -> None:
    message = f"{constant} is no JSON number"
    raise ValueError(message)


_TYPED: dict[str, Callable[[str], Value]] = {"$float": _float, "$int": _int, "$bytes": _bytes}
_DECODER = json.JSONDecoder(object_pairs_hook=_from_pairs, parse_constant=_refuse)
