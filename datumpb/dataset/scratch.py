"""Where temporary files go while a dataset is exported: to the disk of the output, which has room for more than these.

The folder for temporary files of the system is memory on many machines.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.storage.location import Location

_folder: ContextVar[str | None] = ContextVar("_folder", default=None)


@contextmanager
def scratch_beside(output: Location) -> Iterator[None]:
    """Let temporary files without a name be made where an output is, within this block.

    Args:
        output: The output folder, or the place where it will be; what is behind a URL changes nothing.
    """
    there = next(filter(Path.is_dir, (output, *output.absolute().parents)), None) if isinstance(output, Path) else None
    token = _folder.set(None if there is None else str(there))
    try:
        yield
    finally:
        _folder.reset(token)


def scratch_folder() -> str | None:
    """Return the folder for temporary files; None: that of the system."""
    return _folder.get()
