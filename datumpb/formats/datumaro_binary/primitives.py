"""The pieces that everything in a file is made of: numbers, texts, lists and JSON maps, little-endian, read and packed.

Texts, lists and maps begin with their length in 32 bits. An empty map has the length 0.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from datumpb.dataset import json_values
from datumpb.errors import SourceFormatError

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.json_values import JsonMap

UINT32 = struct.Struct("<I")
INT32_MAX = (1 << 31) - 1
_NUMBER_SIZE = 4


class Cursor:
    """A place in bytes that moves on as they are read. Nothing is taken that is not there.

    Attributes:
        offset: Of the next byte.
    """

    __slots__ = ("_data", "_decrypted", "_path", "_start", "offset")

    def __init__(self, data: bytes, path: Path, start: int, *, decrypted: bool = False) -> None:
        """Begin with the first byte.

        Args:
            data: The bytes.
            path: The file that they are from.
            start: Where in the file they begin.
            decrypted: Whether the file holds them encrypted.
        """
        self._data = data
        self._path = path
        self._start = start
        self._decrypted = decrypted
        self.offset = 0

    def __bool__(self) -> bool:
        """Tell whether there is more to read."""
        return self.offset < len(self._data)

    def error(self, message: str, offset: int | None = None) -> SourceFormatError:
        """Make an error that names file and place; without an offset, the place of the next byte."""
        at = self.offset if offset is None else offset
        place = f"byte {self._start}, decrypted byte {at}" if self._decrypted else f"byte {self._start + at}"
        return SourceFormatError(message, self._path, place)

    def take(self, size: int) -> bytes:
        """Return the next bytes.

        Raises:
            SourceFormatError: There are not so many.
        """
        left = len(self._data) - self.offset
        if size > left:
            message = f"ends too early: {size} bytes expected, {left} left"
            raise self.error(message)
        self.offset += size
        return self._data[self.offset - size : self.offset]

    def unpack(self, layout: struct.Struct) -> tuple[Any, ...]:
        """Return the next numbers.

        Raises:
            SourceFormatError: The bytes end before.
        """
        return layout.unpack(self.take(layout.size))

    def count(self) -> int:
        """Return the next number, of 32 bits without a sign."""
        number: int = self.unpack(UINT32)[0]
        return number

    def text(self) -> str:
        """Return the next text.

        Raises:
            SourceFormatError: The bytes end before, or are not UTF-8.
        """
        start = self.offset
        try:
            return self.take(self.count()).decode()
        except UnicodeDecodeError as error:
            message = "text that is not UTF-8"
            raise self.error(message, start) from error

    def json(self) -> JsonMap:
        """Return the next JSON map.

        Raises:
            SourceFormatError: The bytes end before, or are not a JSON map.
        """
        start = self.offset
        data = self.take(self.count())
        try:
            return json_values.parse(data) if data else {}
        except ValueError as error:
            raise self.error(str(error), start) from error

    def numbers(self, kind: str) -> np.ndarray:
        """Return the next list of numbers.

        Args:
            kind: Their type, of 32 bits: "<f4" or "<i4".

        Raises:
            SourceFormatError: The bytes end before.
        """
        return np.frombuffer(self.take(self.count() * _NUMBER_SIZE), kind)


def pack_text(text: str) -> bytes:
    """Pack a text.

    Raises:
        UnicodeEncodeError: It has half of a surrogate pair.
    """
    data = text.encode()
    return UINT32.pack(len(data)) + data


def pack_json(values: JsonMap) -> bytes:
    """Pack a map of what `json_values.fits`."""
    data = json_values.encode(values) if values else b""
    return UINT32.pack(len(data)) + data


def pack_numbers(values: np.ndarray) -> bytes:
    """Pack a list of numbers, which have 32 bits and are little-endian already."""
    return UINT32.pack(values.size) + values.tobytes()
