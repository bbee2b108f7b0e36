"""Where an error is: told by whoever knows, from the inside to the outside, and only when there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.errors import SourceFormatError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


class Located:
    """Puts a place, and the file where known, in front of the place of a `SourceFormatError` raised inside."""

    __slots__ = ("_index", "_name", "_path")

    def __init__(self, path: Path | None, name: str = "", index: int | None = None) -> None:
        """Name the place.

        Args:
            path: The file; None where only an outer place knows it.
            name: A key, such as "annotations".
            index: The position in the list under that key.
        """
        self._path = path
        self._name = name
        self._index = index

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Tell the place, unless the error knows its file already."""
        if isinstance(error, SourceFormatError) and error.path is None:
            index = "" if self._index is None else f"[{self._index}]"
            place = f"{self._name}{index}{error.place or ''}"
            if self._path is not None:
                place = place.lstrip(".")
            raise SourceFormatError(error.message, self._path, place or None) from error
