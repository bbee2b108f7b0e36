"""A COCO file read in one pass and in constant memory: where each object of its long lists is, and all else.

The bytes of a list are cut between its objects by counting brackets outside of texts, which numpy does for a window at
once; a JSON parser then reads what was cut, so that nothing counts as JSON that is not.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from datumpb.errors import SourceFormatError
from datumpb.formats.coco.parsing import parse_part, place_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

MAX_SIZE = 1 << 26
"""How long a value or an object of a list may be, in bytes."""

_CHUNK_SIZE = 1 << 20
_SPACE = re.compile(rb"[ \t\n\r]*")
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SCALAR = re.compile(rb"[^ \t\n\r,\]}]+(?=[ \t\n\r,\]}])")
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_QUOTE = ord('"')
_STEPS = np.zeros(256, np.int32)  # how much deeper a character leads
_STEPS[[*b"[{"]] = 1
_STEPS[[*b"]}"]] = -1
_BITS = np.uint8(0b01011001)  # what is common to [, ], { and }


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the map at the top; of a list that is read in runs, an empty one, before them."""

    key: str
    value: Any


@dataclass(frozen=True, slots=True)
class Run:
    """Objects of a list, one after the other.

    Attributes:
        key: The list's key.
        offsets: Where each begins, in bytes from the start of the file, (N,) int64.
        sizes: How many bytes each has, (N,) int64.
        text: All of them as a JSON list. Nobody has parsed it so far: it may hold more than those objects.
        start: Where the text begins in the file.
    """

    key: str
    offsets: np.ndarray
    sizes: np.ndarray
    text: bytes
    start: int


def scan(file: IO[bytes], path: Path, lists: Collection[str]) -> Iterator[Value | Run]:
    """Yield the parts of the map at the top, in the order of the file.

    Args:
        file: The file, at its start.
        path: Its path, for errors.
        lists: The keys of lists of objects that are read in runs.

    Raises:
        SourceFormatError: It is not JSON in UTF-8, or not such a map.
    """
    window = _Window(file, path)
    window.take(b"{")
    more = not window.accept(b"}")
    while more:
        key = str(window.key())
        window.take(b":")
        if key in lists and window.peek() == b"[":
            yield Value(key, [])
            yield from _runs(window, key)
        else:
            yield Value(key, window.value())
        more = window.accept(b",")
        if not more:
            window.take(b"}")
    window.end()


def scan_list(file: IO[bytes], path: Path, key: str) -> Iterator[Run]:
    """Yield the runs of a list at the top, under a key of the caller's.

    Raises:
        SourceFormatError: It is not JSON in UTF-8, or not a list.
    """
    window = _Window(file, path)
    yield from _runs(window, key)
    window.end()


def _runs(window: _Window, key: str) -> Iterator[Run]:
    window.take(b"[")
    if window.accept(b"]"):
        return
    while True:
        window.peek()
        data = window.rest()
        places, steps, depths = _brackets(data)
        outside = np.flatnonzero(depths < 0)
        close = int(outside[0]) if len(outside) else len(depths)
        ends = places[:close][depths[:close] == 0] + 1
        if len(ends):
            starts = places[:close][(depths[:close] == 1) & (steps[:close] > 0)][: len(ends)]
            last = int(ends[-1])
            yield Run(key, starts + window.offset, ends - starts, b"[" + data[:last] + b"]", window.offset - 1)
            window.skip(last)
            if window.accept(b"]"):
                return
            window.take(b",")
        elif len(outside):  # no object, but something that a parser will name
            last = int(places[close])
            yield Run(key, ends, ends, b"[" + data[:last] + b"]", window.offset - 1)
            message = "an object should stand here"
            raise window.error(message)
        elif not window.refill():
            yield Run(key, ends, ends, b"[" + data, window.offset - 1)
            message = "the end is missing"
            raise window.error(message)


def _brackets(data: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return where brackets are outside of texts, how each changes the depth, and the depth behind it."""
    codes = np.frombuffer(_ESCAPE.sub(b"  ", data) if b"\\" in data else data, np.uint8)
    # All brackets have these bits, and few others; numpy does this many times as quickly as to look each one up.
    places = np.flatnonzero(((codes & _BITS) == _BITS) | (codes == _QUOTE))
    found = codes[places]
    steps = _STEPS[found]
    quotes = found == _QUOTE
    outside = (steps != 0) & (quotes.cumsum() & 1 == 0)
    places, steps = places[outside], steps[outside]
    return places, steps, steps.cumsum()


class _Window:
    """A piece of a file that moves on as it is read."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        self._file = file
        self._path = path
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._data = b""
        self._at = 0
        self._start = 0  # of the data in the file
        if file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8:
            self._start = len(codecs.BOM_UTF8)
        file.seek(self._start)

    @property
    def offset(self) -> int:
        return self._start + self._at

    def rest(self) -> bytes:
        return self._data[self._at :]

    def skip(self, size: int) -> None:
        self._at += size

    def peek(self) -> bytes:
        """Pass over white space, and return the next character; nothing at the end."""
        while True:
            matched = _SPACE.match(self._data, self._at)
            self._at = matched.end() if matched else self._at
            if self._at < len(self._data) or not self.refill():
                return self._data[self._at : self._at + 1]

    def accept(self, char: bytes) -> bool:
        """Pass over a character if it is the next one."""
        found = self.peek() == char
        self._at += found
        return found

    def take(self, char: bytes) -> None:
        """Pass over a character that has to be the next one."""
        if not self.accept(char):
            message = f"{char.decode()!r} should stand here"
            raise self.error(message)

    def key(self) -> Any:  # noqa: ANN401 -- JSON
        if self.peek() != b'"':
            message = "a key in quotes should stand here"
            raise self.error(message)
        return self.value()

    def value(self) -> Any:  # noqa: ANN401 -- JSON
        """Pass over the next value, and return it."""
        first = self.peek()
        size = self._size_of(first)
        while size is None and self.refill():
            size = self._size_of(first)
        text = self.rest()[:size]
        value = parse_part(text, self._path, self.offset)
        self._at += len(text)
        return value

    def _size_of(self, first: bytes) -> int | None:
        """Return the size of the value here; None where its end is not in the window."""
        if first in {b"[", b"{"}:
            places, _, depths = _brackets(self.rest())
            ends = np.flatnonzero(depths == 0)
            return int(places[ends[0]]) + 1 if len(ends) else None
        matched = (_TEXT if first == b'"' else _SCALAR).match(self._data, self._at)
        return None if matched is None else matched.end() - self._at

    def end(self) -> None:
        """Make sure that nothing follows."""
        if self.peek():
            message = "more data behind the end"
            raise self.error(message)

    def refill(self) -> bool:
        """Drop what is behind, and read as much again as is left; return False at the end of the file."""
        rest = self.rest()
        if len(rest) > MAX_SIZE:
            message = f"a value of more than {MAX_SIZE} bytes"
            raise self.error(message)
        more = self._file.read(max(_CHUNK_SIZE, len(rest)))
        if self._at or more:
            self._start += self._at
            self._data, self._at = rest + more, 0
        if not more.isascii() or not more:
            self._decode(more)
        return bool(more)

    def _decode(self, more: bytes) -> None:
        try:
            self._decoder.decode(more, final=not more)
        except UnicodeDecodeError as error:
            message = "not UTF-8 text"
            start = self._file.tell() - len(error.object) + error.start
            raise SourceFormatError(message, self._path, f"byte {start}") from None

    def error(self, message: str) -> SourceFormatError:
        """Make an error at the next character."""
        return SourceFormatError(f"not JSON as expected: {message}", self._path, place_of(self._path, self.offset))
