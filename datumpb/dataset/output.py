"""Output folders that appear whole or not at all: built in a hidden folder, then moved into their place."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.container.atomic import PARTIAL_SUFFIX, hidden_name, sync_folder
from datumpb.errors import OutputExistsError

if TYPE_CHECKING:
    import os
    from types import TracebackType

    from typing_extensions import Self

    from datumpb.dataset.export import Export


class OutputFolder:
    """A folder to be filled: write into `folder`; at the end of the block its contents stand at the path asked for.

    An exception inside of the block, or while the contents are put in their place, leaves the path as it was.

    Attributes:
        folder: Where to write. Hidden, and on the same disk as the final path.
    """

    def __init__(self, path: str | os.PathLike[str], export: Export) -> None:
        """Check the path and create the hidden folder.

        Args:
            path: Where the folder shall be. May exist, if it is empty.
            export: Whether it overwrites: the files that are written and are there already are replaced, and every
                other is kept. Its losses are settled at the end of the block.

        Raises:
            OutputExistsError: The path is taken: by a file, or by a folder with contents that is not to be overwritten.
            OSError: The hidden folder cannot be created.
        """
        self._path = Path(path).resolve()
        if self._path.exists() and not self._path.is_dir():
            message = f"{path!s}: a file stands where the output folder shall be"
            raise OutputExistsError(message)
        if not export.overwrite and self._path.is_dir() and any(self._path.iterdir()):
            message = f"{path!s}: the output folder is not empty; choose another, or ask for overwriting"
            raise OutputExistsError(message)
        self._losses = export.losses
        self._obsolete: list[str] = []
        self._new_parents = [folder for folder in self._path.parents if not folder.exists()]
        # A folder that exists may be all of its disk, or all that may be written to.
        beside = self._path if self._path.is_dir() else self._path.parent
        beside.mkdir(parents=True, exist_ok=True)
        self.folder = beside / hidden_name(self._path, PARTIAL_SUFFIX)
        self._attic = beside / hidden_name(self._path, ".replaced")
        self.folder.mkdir()

    def replace_all(self, pattern: str) -> None:
        """At the end of the block, remove the files at the path that fit a pattern (as in `Path.glob`), written or not.

        They are those of the old output that would be taken for a part of the new one.
        """
        self._obsolete.append(pattern)

    def __enter__(self) -> Self:
        """Return the output itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the contents in their place, or remove them where the block raised.

        Raises:
            LossyConversionError: Something was lost in a strict export.
        """
        done = False
        try:
            if kind is None:
                self._losses.settle()
                self._commit()
                done = True
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
            if not done:
                for folder in self._new_parents:
                    with contextlib.suppress(OSError):  # someone else uses it meanwhile
                        folder.rmdir()

    def _commit(self) -> None:
        moves = _Moves(self._attic)
        try:
            for pattern in self._obsolete:
                for file in sorted(self._path.glob(pattern)):
                    moves.set_aside(file)
            moves.merge(self.folder, self._path)
        except BaseException:
            moves.take_back()
            raise
        shutil.rmtree(self._attic, ignore_errors=True)
        sync_folder(self._path.parent)


class _Moves:
    """Renames that can be taken back."""

    def __init__(self, attic: Path) -> None:
        self._attic = attic
        self._done: list[tuple[Path, Path]] = []

    def merge(self, source: Path, target: Path) -> None:
        """Move a file or folder to its place; in a folder that is there already, replace only what `source` has."""
        if _is_folder(target):
            if not source.is_dir():
                message = f"{target}: a folder stands where a file shall be"
                raise OutputExistsError(message)
            for entry in sorted(source.iterdir()):
                self.merge(entry, target / entry.name)
            return
        if target.exists() or target.is_symlink():
            self.set_aside(target)
        self._move(source, target)

    def set_aside(self, path: Path) -> None:
        """Move something out of the way."""
        self._attic.mkdir(exist_ok=True)
        self._move(path, self._attic / str(len(self._done)))

    def take_back(self) -> None:
        """Leave everything as it was."""
        for source, target in reversed(self._done):
            with contextlib.suppress(FileNotFoundError):  # the last one, where it did not come to that
                target.rename(source)
        with contextlib.suppress(FileNotFoundError):
            self._attic.rmdir()

    def _move(self, source: Path, target: Path) -> None:
        self._done.append((source, target))
        source.rename(target)


def _is_folder(path: Path) -> bool:
    # A link is replaced itself: what it leads to is outside.
    return path.is_dir() and not path.is_symlink()
