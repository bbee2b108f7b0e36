"""Attributes and infos of Datumaro, which may be any Python objects, to values that datumpb has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datumpb.dataset.losses import LossReport
    from datumpb.model.values import Value

_PLAIN = (bool, int, float, str, bytes)


def values_from_datumaro(values: Mapping[object, object], where: str, losses: LossReport) -> dict[str, Value]:
    """Return named values; what is of no type that datumpb has is left out and counted.

    Numbers and arrays of numpy, members of enumerations, tuples and sets become plain numbers, texts and lists.

    Args:
        values: The values by their names.
        where: What has them, for the report.
        losses: Counts what is left out.
    """
    converted: dict[str, Value] = {}
    for key, value in values.items():
        if not isinstance(key, str):
            losses.add(f"key of an attribute that is no text but of the type {type(key).__name__}: made one", where)
        try:
            converted[str(key)] = _value(value, where, losses)
        except _UnknownTypeError as error:
            losses.add(f"attribute of the type {error}, which datumpb does not have", f"{where}: {key}")
    return converted


class _UnknownTypeError(Exception):
    pass


def _value(value: object, where: str, losses: LossReport) -> Value:
    if value is None or type(value) in _PLAIN:
        return value  # type: ignore[return-value]  # a plain one
    if isinstance(value, (np.generic, np.ndarray)):
        plain = value.tolist()
        if isinstance(plain, np.generic):  # longer than a float
            raise _UnknownTypeError(type(value).__name__)
        return _value(plain, where, losses)
    if isinstance(value, (list, tuple)):
        return [_value(one, where, losses) for one in value]
    if isinstance(value, (set, frozenset)):
        return [_value(one, where, losses) for one in sorted(value, key=str)]
    if isinstance(value, dict):
        return values_from_datumaro(value, where, losses)
    return _of_subclass(value)


def _of_subclass(value: object) -> Value:
    """Return the plain value of, say, a member of an enumeration that is also a text."""
    if isinstance(value, bytes):
        return bytes(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    raise _UnknownTypeError(type(value).__name__)
