"""Output folders that appear whole or not at all: built in a hidden folder beside their place, then moved into it."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.errors import OutputExistsError

if TYPE_CHECKING:
    import os
    from types import TracebackType

    from typing_extensions import Self


class OutputFolder:
    """A folder to be filled: write into `folder`; at the end of the block its contents stand at the path asked for.

    An exception inside of the block leaves the path as it was.

    Attributes:
        folder: Where to write. Hidden, and beside the final path.
    """

    def __init__(self, path: str | os.PathLike[str], *, overwrite: bool) -> None:
        """Check the path and create the hidden folder.

        Args:
            path: Where the folder shall be. May exist, if it is empty.
            overwrite: Replace what is there under the names that are written, and keep everything else.

        Raises:
            OutputExistsError: The path is taken: by a file, or by a folder with contents and without `overwrite`.
            OSError: The hidden folder cannot be created.
        """
        self._path = Path(path)
        if self._path.exists() and not self._path.is_dir():
            message = f"{self._path}: a file stands where the output folder shall be"
            raise OutputExistsError(message)
        if not overwrite and self._path.is_dir() and any(self._path.iterdir()):
            message = f"{self._path}: the output folder is not empty; choose another, or ask for overwriting"
            raise OutputExistsError(message)
        parent = self._path.absolute().parent
        parent.mkdir(parents=True, exist_ok=True)
        self.folder = parent / f".{self._path.absolute().name}.{secrets.token_hex(4)}.partial"
        self.folder.mkdir()

    def __enter__(self) -> Self:
        """Return the output itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the contents in their place, or remove them where the block raised."""
        try:
            if kind is None:
                self._commit()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _commit(self) -> None:
        self._path.mkdir(exist_ok=True)
        replaced = self.folder / ".replaced"
        for entry in sorted(self.folder.iterdir()):
            target = self._path / entry.name
            if target.exists() or target.is_symlink():
                replaced.mkdir(exist_ok=True)
                target.rename(replaced / entry.name)
            entry.rename(target)
