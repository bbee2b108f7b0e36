"""JSON files read piece by piece, in constant memory: a map at the top, whose long lists yield element by element."""

from __future__ import annotations

import codecs
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from datumpb.errors import SourceFormatError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

MAX_DEPTH = 250
"""How deep lists and maps may be nested in a value."""

MAX_SIZE = 1 << 28
"""How long a value may be that is read at once, in characters."""

_CHUNK_SIZE = 1 << 20
_LONGEST_TOKEN = 16  # of those that say nothing before they are complete, such as -Infinity; texts aside
_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Entry:
    """A part of the map at the top.

    Attributes:
        key: Its key.
        index: The place in the list of that key; None: it is the whole value.
        value: The element, or the value; of a list that yields its elements, an empty one, before them.
        offset: Where it begins, in bytes from the start of the file.
        place: The same for people, such as "line 3 column 7".
    """

    key: str
    index: int | None
    value: Any
    offset: int
    place: str


def read_entries(path: Path, lists: Collection[str]) -> Iterator[Entry]:
    """Yield the values of the map at the top, in the order of the file.

    Args:
        path: The file.
        lists: The keys of lists that yield their elements instead.

    Raises:
        SourceFormatError: It cannot be read, or is not JSON in UTF-8, or not such a map; the place is line and column.
    """
    with _opened(path) as text:
        text.take("{")
        seen: set[str] = set()
        more = not text.accept("}")
        while more:
            key = text.key()
            if key in seen:
                message = f"the key {key!r} is there twice"
                raise text.error(message)
            seen.add(key)
            text.take(":")
            if key in lists:
                yield from _elements(text, key)
            else:
                value = text.value()
                yield Entry(key, None, value, text.offset, text.place)
            more = text.accept(",")
            if not more:
                text.take("}")
        text.end()


def read_value(path: Path, offset: int) -> Any:  # noqa: ANN401 -- JSON
    """Return the value that begins at an offset, as an entry has it.

    Raises:
        SourceFormatError: There is no JSON value; or the file cannot be read.
    """
    with _opened(path, offset) as text:
        return text.value()


def _elements(text: _Text, key: str) -> Iterator[Entry]:
    text.take("[")
    yield Entry(key, None, [], text.offset, text.place)
    more = not text.accept("]")
    index = 0
    while more:
        value = text.value()
        yield Entry(key, index, value, text.offset, text.place)
        index += 1
        more = text.accept(",")
        if not more:
            text.take("]")


@contextmanager
def _opened(path: Path, offset: int = 0) -> Iterator[_Text]:
    try:
        with path.open("rb") as file:
            if not offset and file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8:
                offset = len(codecs.BOM_UTF8)
            file.seek(offset)
            yield _Text(file, path, offset)
    except OSError as error:
        message = f"cannot read this file: {error.strerror}"
        raise SourceFormatError(message, path) from error


class _Text:
    """A window on the text of a file, which moves on as it is read.

    Attributes:
        offset: Where the last value began, in bytes from the start of the file.
        place: The same as line and column.
    """

    def __init__(self, file: IO[bytes], path: Path, offset: int) -> None:
        self._file = file
        self._path = path
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text = ""
        self._ended = False
        self._at = 0
        self._mark = 0  # offset, line and column are those of this place in the window
        self._line = self._column = 1
        self.offset = offset

    @property
    def place(self) -> str:
        return f"line {self._line} column {self._column}"

    def take(self, char: str) -> None:
        """Pass over a character that has to be the next one."""
        if not self.accept(char):
            message = f"not JSON as expected: {char!r} should stand here"
            raise self.error(message)

    def accept(self, char: str) -> bool:
        """Pass over a character if it is the next one."""
        found = self._peek() == char
        self._at += found
        return found

    def key(self) -> str:
        """Return the next value, which has to be text."""
        if self._peek() != '"':
            message = "not JSON as expected: a key in quotes should stand here"
            raise self.error(message)
        key: str = self.value()
        return key

    def value(self) -> Any:  # noqa: ANN401 -- JSON
        """Return the next value."""
        self._peek()
        self._settle(self._at)
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                cut_off = error.pos >= len(self._text) - _LONGEST_TOKEN or error.msg.startswith("Unterminated string")
                if not cut_off or self._ended:
                    message = f"not JSON: {error.msg}"
                    raise self.error(message, error.pos) from None
            except RecursionError:
                raise self._too_deep() from None
            except ValueError:
                message = "JSON with a number of thousands of digits"
                raise self.error(message) from None
            else:
                if end < len(self._text) - _LONGEST_TOKEN or self._ended:  # a number may go on behind the window
                    self._check_depth(value, end)
                    self._at = end
                    return value
            if len(self._text) - self._at > MAX_SIZE:
                message = f"a value of more than {MAX_SIZE} characters"
                raise self.error(message)
            self._refill()

    def end(self) -> None:
        """Make sure that nothing follows."""
        if self._peek():
            message = "not JSON: more data behind the end"
            raise self.error(message)

    def error(self, message: str, at: int | None = None) -> SourceFormatError:
        """Make an error at a place in the window; without one, at the next character."""
        self._settle(self._at if at is None else at)
        return SourceFormatError(message, self._path, self.place)

    def _peek(self) -> str:
        """Pass over white space, and return the next character; an empty text at the end."""
        while True:
            matched = _SPACE.match(self._text, self._at)
            self._at = matched.end() if matched else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._refill()

    def _refill(self) -> None:
        """Drop what is behind, and read as much again as is left."""
        self._settle(min(self._at, len(self._text)))
        rest = self._text[self._mark :]
        data = self._file.read(max(_CHUNK_SIZE, len(rest)))
        self._ended = not data
        try:
            self._text = rest + self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError as error:
            message = "not UTF-8 text"
            start = self._file.tell() - len(error.object) + error.start
            raise SourceFormatError(message, self._path, f"byte {start}") from None
        self._at = self._mark = 0

    def _settle(self, at: int) -> None:
        passed = self._text[self._mark : at]
        self.offset += len(passed) if passed.isascii() else len(passed.encode())
        lines = passed.count("\n")
        self._line += lines
        self._column = len(passed) - passed.rindex("\n") if lines else self._column + len(passed)
        self._mark = at

    def _check_depth(self, value: object, end: int) -> None:
        brackets = self._text.count("[", self._at, end) + self._text.count("{", self._at, end)
        if brackets <= MAX_DEPTH:
            return
        level = [value]
        for _ in range(MAX_DEPTH):
            level = [
                inner
                for outer in level
                for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
                if isinstance(inner, (dict, list))
            ]
            if not level:
                return
        raise self._too_deep()

    def _too_deep(self) -> SourceFormatError:
        message = f"JSON nested more than {MAX_DEPTH} levels deep"
        return self.error(message)
