"""Text files that are read line by line: each line with the number that an error names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.errors import SourceFormatError

if TYPE_CHECKING:
    from pathlib import Path


def read_text(path: Path) -> str:
    """Read a text file, without the mark at its start that some editors leave.

    Raises:
        SourceFormatError: It cannot be read, or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise SourceFormatError(message, path) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        message = "text in UTF-8 expected"
        raise SourceFormatError(message, path, line_place(line)) from error


def numbered_lines(path: Path) -> list[tuple[int, str]]:
    """Return the lines that are not blank, each with its number from 1; without the space at their ends.

    Raises:
        SourceFormatError: The file cannot be read, or is not UTF-8.
    """
    lines = enumerate(read_text(path).split("\n"), 1)
    return [(number, stripped) for number, line in lines if (stripped := line.strip())]


def line_place(number: int) -> str:
    """Return how an error names a line."""
    return f"line {number}"
