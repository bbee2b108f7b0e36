"""Parts of a JSON file, parsed quickly and exactly, with the line and column of what is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from datumpb.errors import SourceFormatError

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK_SIZE = 1 << 20
_DECODER = msgspec.json.Decoder()
# What it cannot read, such as NaN, Python's own parser can, or tells what is wrong.
NOT_READ = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def parse_part(text: bytes, path: Path, start: int) -> Any:  # noqa: ANN401 -- JSON
    """Parse a part of a file; numbers become what Python's `json` makes of them, of any size.

    Args:
        text: The part.
        path: The file.
        start: Where in the file the part begins.

    Raises:
        SourceFormatError: It is not JSON in UTF-8.
    """
    try:
        return _DECODER.decode(text)
    except NOT_READ:
        return _parse_slowly(text, path, start)


def _parse_slowly(text: bytes, path: Path, start: int) -> Any:  # noqa: ANN401 -- JSON
    try:
        decoded = text.decode()
        return json.loads(decoded)
    except UnicodeDecodeError as error:
        message = "not UTF-8 text"
        raise SourceFormatError(message, path, f"byte {start + error.start}") from error
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg}"
        offset = start + len(decoded[: error.pos].encode())
        raise SourceFormatError(message, path, place_of(path, offset)) from error
    except (RecursionError, ValueError) as error:
        message = f"JSON that cannot be parsed: {error}"
        raise SourceFormatError(message, path) from error


def place_of(path: Path, offset: int) -> str:
    """Return a place in a file for people, such as "line 3 column 7".

    Args:
        path: The file.
        offset: The place in bytes, at the start of a character.
    """
    line, column = 1, 1
    with path.open("rb") as file:
        if file.read(3) != b"\xef\xbb\xbf":
            file.seek(0)
        while file.tell() < offset:
            passed = file.read(min(_CHUNK_SIZE, offset - file.tell()))
            lines = passed.count(b"\n")
            line += lines
            column = 1 if lines else column
            tail = passed[passed.rfind(b"\n") + 1 :]
            column += sum(byte & 0xC0 != 0x80 for byte in tail)  # noqa: PLR2004 -- characters, by their first bytes
    return f"line {line} column {column}"
