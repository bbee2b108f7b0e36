"""Text files that are read line by line: each line with the number that an error names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset.inner_path import refuse_links_out
from datumpb.errors import SourceFormatError

if TYPE_CHECKING:
    from pathlib import Path


def read_text(path: Path, root: Path | None = None) -> str:
    """Read a text file, without the mark at its start that some editors leave.

    Args:
        path: The file.
        root: The folder out of which no link may lead; None: any may. Any text at all passes for a list of names.

    Raises:
        SourceFormatError: It cannot be read, is not UTF-8, or a link leads to it from inside of the folder.
    """
    if root is not None:
        refuse_links_out(root, path)
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise SourceFormatError(message, path) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        message = "text in UTF-8 expected"
        raise SourceFormatError(message, path, line_place(line)) from error


def numbered_lines(path: Path, root: Path | None = None) -> list[tuple[int, str]]:
    """Return the lines that are not blank, each with its number from 1; without the space at their ends.

    Args:
        path: The file.
        root: The folder out of which no link may lead; None: any may.

    Raises:
        SourceFormatError: As in `read_text`.
    """
    lines = enumerate(read_text(path, root).split("\n"), 1)
    return [(number, stripped) for number, line in lines if (stripped := line.strip())]


def line_place(number: int) -> str:
    """Return how an error names a line."""
    return f"line {number}"
