"""Columns: lists of values of one field of the model, from and to Arrow arrays.

A column's `encode` takes the values of any number of rows and names the field in errors; `decode` takes an array that
may be a part of another one, has no nulls but those that the column allows, and is what the file says: anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyarrow as pa

from datumpb.codec import fields
from datumpb.errors import InvalidItemError, SourceFormatError
from datumpb.model import value_text
from datumpb.model.arrays import as_float64, as_points

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

XY = pa.struct({"x": pa.float64(), "y": pa.float64()})
XYZ = pa.struct({"x": pa.float64(), "y": pa.float64(), "z": pa.float64()})
VECTOR = pa.struct({"float32": pa.list_(pa.float32()), "float64": pa.list_(pa.float64())})


class Column(Protocol):
    """How one field is kept."""

    @property
    def type(self) -> pa.DataType:
        """Its type in Arrow."""
        ...

    def encode(self, values: list[Any], field: str) -> pa.Array:
        """Make an array.

        Raises:
            InvalidItemError: A value is not what the field may be; the text names the field.
        """
        ...

    def decode(self, array: pa.Array, field: str) -> Sequence[Any]:
        """Return the values.

        Raises:
            SourceFormatError: The array is not what `encode` makes; the place is the field.
        """
        ...


@dataclass(frozen=True)
class Scalar:
    """Numbers, texts or bytes.

    Attributes:
        type: The type in Arrow.
        check: Returns a value as it is kept, or refuses it.
        optional: Whether None is allowed.
    """

    type: pa.DataType
    check: Callable[[object, str], Any]
    optional: bool = False

    def encode(self, values: list[Any], field: str) -> pa.Array:
        """Make an array."""
        check = self.check
        if self.optional:
            return pa.array([None if value is None else check(value, field) for value in values], self.type)
        return pa.array([check(value, field) for value in values], self.type)

    def decode(self, array: pa.Array, field: str) -> list[Any]:
        """Return the values."""
        if not self.optional:
            refuse_nulls(array, field)
        return array.to_pylist()  # type: ignore[no-any-return]  # untyped library


class JsonText:
    """Maps of free-form values, as text (`datumpb.model.value_text`)."""

    type = pa.string()

    def encode(self, values: list[Any], field: str) -> pa.Array:
        """Make an array."""
        try:
            return pa.array([value_text.encode(fields.instance(value, dict, field)) for value in values], self.type)
        except InvalidItemError as error:
            message = f"{field}: {error}"
            raise InvalidItemError(message) from error

    def decode(self, array: pa.Array, field: str) -> list[Any]:
        """Return the values."""
        refuse_nulls(array, field)
        values = []
        for text in array.to_pylist():
            try:
                value = value_text.decode(text)
            except ValueError as error:
                message = f"not values as JSON: {error}"
                raise SourceFormatError(message, None, field) from error
            if type(value) is not dict:
                message = "a map expected"
                raise SourceFormatError(message, None, field)
            values.append(value)
        return values


class PointLists:
    """Points of the plane, (N, 2) float64."""

    type = pa.list_(XY)

    def encode(self, values: list[Any], field: str) -> pa.Array:
        """Make an array."""
        arrays = [np.asarray(_named(as_points, value, field)).reshape(-1, 2) for value in values]
        numbers = np.concatenate(arrays) if arrays else np.empty((0, 2))
        points = pa.StructArray.from_arrays([*map(pa.array, numbers.T.copy())], fields=list(XY))
        return pa.ListArray.from_arrays(offsets_of(map(len, arrays)), points, type=self.type)

    def decode(self, array: pa.Array, field: str) -> list[np.ndarray]:
        """Return the values."""
        refuse_nulls(array, field)
        points = array.flatten()
        refuse_nulls(points, field)
        numbers = np.stack([floats(part, field) for part in points.flatten()], axis=1)
        ends = np.cumsum(lengths(array))
        return [part.copy() for part in np.split(numbers, ends[:-1])] if len(array) else []


class Triples:
    """Three numbers, (3,) float64."""

    type = XYZ

    def encode(self, values: list[Any], field: str) -> pa.Array:
        """Make an array."""
        numbers = np.array([_named(as_float64, value, field) for value in values], np.float64).reshape(-1, 3)
        return pa.StructArray.from_arrays([*map(pa.array, numbers.T.copy())], fields=list(XYZ))

    def decode(self, array: pa.Array, field: str) -> list[np.ndarray]:
        """Return the values."""
        refuse_nulls(array, field)
        return list(np.stack([floats(part, field) for part in array.flatten()], axis=1))


class Numbers:
    """Lists of numbers below 256, (N,) uint8."""

    type = pa.list_(pa.uint8())

    def encode(self, values: list[Any], field: str) -> pa.Array:
        """Make an array."""
        return pa.array([[fields.uint8(number, field) for number in value] for value in values], self.type)

    def decode(self, array: pa.Array, field: str) -> list[np.ndarray]:
        """Return the values."""
        refuse_nulls(array, field)
        refuse_nulls(array.flatten(), field)
        return [np.array(numbers, np.uint8) for numbers in array.to_pylist()]


class Vectors:
    """Vectors, (N,) float32 or float64, each of its own type."""

    type = VECTOR

    def encode(self, values: list[Any], field: str) -> pa.Array:
        """Make an array."""
        rows = []
        for value in values:
            vector = fields.instance(value, np.ndarray, field).reshape(-1)
            if vector.dtype not in (np.float32, np.float64):
                message = f"{field} is of {vector.dtype}: float32 or float64 expected"
                raise InvalidItemError(message)
            rows.append({vector.dtype.name: vector})
        return pa.array(rows, self.type)

    def decode(self, array: pa.Array, field: str) -> list[np.ndarray]:
        """Return the values."""
        refuse_nulls(array, field)
        found = []
        for row in range(len(array)):
            parts = {part.name: column[row] for part, column in zip(VECTOR, array.flatten(), strict=True)}
            given = [(name, part.values) for name, part in parts.items() if part.is_valid]
            if len(given) != 1:
                message = "a vector is either of float32 or of float64"
                raise SourceFormatError(message, None, field)
            ((name, numbers),) = given
            refuse_nulls(numbers, field)
            found.append(numbers.to_numpy(zero_copy_only=False).astype(name, copy=True))
        return found


def offsets_of(sizes: Any) -> pa.Array:  # noqa: ANN401 -- any iterable of int
    """Return where lists of these sizes begin and end, as Arrow wants it.

    Raises:
        InvalidItemError: They have more elements than a batch can.
    """
    ends = np.cumsum([0, *sizes])
    if ends[-1] > np.iinfo(np.int32).max:
        message = "more coordinates or annotations than a batch of Arrow can hold"
        raise InvalidItemError(message)
    return pa.array(ends.astype(np.int32))


def lengths(array: pa.Array) -> np.ndarray:
    """Return how long the lists of an array without nulls are."""
    return np.diff(array.offsets.to_numpy())


def floats(array: pa.Array, field: str) -> np.ndarray:
    """Return the numbers of an array, float64.

    Raises:
        SourceFormatError: One is null.
    """
    refuse_nulls(array, field)
    return np.asarray(array.to_numpy(zero_copy_only=False))


def refuse_nulls(array: pa.Array, field: str) -> None:
    """Refuse an array with nulls.

    Raises:
        SourceFormatError: It has one.
    """
    if array.null_count:
        message = "null where a value has to be"
        raise SourceFormatError(message, None, field)


def _named(check: Callable[[object], np.ndarray], value: object, field: str) -> np.ndarray:
    try:
        return check(value)
    except InvalidItemError as error:
        message = f"{field}: {error}"
        raise InvalidItemError(message) from error


INT64 = Scalar(pa.int64(), fields.int64)
OPTIONAL_INT64 = Scalar(pa.int64(), fields.int64, optional=True)
UINT32 = Scalar(pa.uint32(), fields.uint32)
OPTIONAL_UINT32 = Scalar(pa.uint32(), fields.uint32, optional=True)
FLOAT64 = Scalar(pa.float64(), fields.number)
OPTIONAL_FLOAT64 = Scalar(pa.float64(), fields.number, optional=True)
TEXT = Scalar(pa.string(), fields.text)
BYTES = Scalar(pa.binary(), fields.octets)
JSON = JsonText()
POINTS = PointLists()
TRIPLE = Triples()
NUMBERS = Numbers()
VECTORS = Vectors()
