"""Output folders that appear whole or not at all: built in a hidden folder, then moved into their place."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.container.atomic import sync_folder
from datumpb.dataset.replacement import Replacement
from datumpb.dataset.workplace import Workplace, settle
from datumpb.errors import OutputExistsError

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from datumpb.dataset.export import Export

_TAKEN = {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}


class OutputFolder:
    """A folder to be filled: write into `folder`; at the end of the block its contents stand at the path asked for.

    An exception inside of the block, or while the contents are put in their place, leaves the path as it was. So does
    the end of the process, at any moment: whoever next reads or writes the path takes back what was begun, and whoever
    next writes it clears away what is left.

    Attributes:
        folder: Where to write. Hidden, and on the same disk as the final path.
        path: Where the contents will stand, as the caller named it.
        discarded: Whether it is over and certain that nothing was put in place. An exception alone does not say so: a
            signal or a failing disk may come when everything is done.
    """

    def __init__(self, path: str | os.PathLike[str], export: Export) -> None:
        """Check the path and create the hidden folder.

        Args:
            path: Where the folder shall be. May exist, if it is empty.
            export: Whether it overwrites: the files that are written and are there already are replaced, and every
                other is kept. Its losses are settled at the end of the block.

        Raises:
            OutputExistsError: The path is taken: by a file, or by a folder with contents that is not to be overwritten.
            OutputBusyError: Another writer is making the same folder.
            OSError: The hidden folder cannot be created.
        """
        self.path = Path(path)
        self.discarded = False
        self._path = self.path.resolve()
        self._overwrite = export.overwrite
        if self._path.exists() and not self._path.is_dir():
            message = f"{path!s}: a file stands where the output folder shall be"
            raise OutputExistsError(message)
        # A folder that exists may be all of its disk, or all that may be written to.
        self._inside = self._path.is_dir()
        self._workplace = Workplace(self._path, inside=self._inside)
        self._replacement = Replacement(self._path, self._workplace.attic)
        if self._inside:
            settle(self._path)
            self._refuse_contents()
            beside = Workplace(self._path, inside=False)
            if beside.is_left:  # of a writer that began before the folder was there
                beside.claim().leave()
        self._losses = export.losses
        self._obsolete = export.obsolete
        self._new_parents = [folder for folder in self._path.parents if not folder.exists()]
        self.folder = self._workplace.folder
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            self._workplace.claim()
            self._refuse_contents()
            self.folder.mkdir()
        except BaseException:
            self.discarded = True
            self._leave()
            raise

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
            OutputExistsError: The path was taken meanwhile.
        """
        try:
            if kind is None:
                self._losses.settle()
                self._commit()
        finally:
            self.discarded = not (self._replacement.final if self._inside else not os.path.lexists(self.folder))
            self._leave()

    def _commit(self) -> None:
        for folder, _, _ in os.walk(self.folder):
            sync_folder(Path(folder))
        if self._inside:
            self._refuse_contents()
            self._replace()
        else:
            try:
                self.folder.rename(self._path)
            except OSError as error:
                if error.errno not in _TAKEN:
                    raise
                message = f"{self.path}: something was put there while the output was made"
                raise OutputExistsError(message) from error
        sync_folder(self._path.parent)

    def _replace(self) -> None:
        for pattern in self._obsolete:
            self._replacement.set_aside(sorted(filter(self._is_visible, self._path.glob(pattern))))
        for entry in sorted(self.folder.iterdir()):
            self._replacement.merge(entry, self._path / entry.name)
        self._replacement.carry_out()

    def _refuse_contents(self) -> None:
        if not self._overwrite and self._inside and any(map(self._is_visible, self._path.iterdir())):
            message = f"{self.path}: the output folder is not empty; choose another, or ask for overwriting"
            raise OutputExistsError(message)

    def _is_visible(self, path: Path) -> bool:
        return path.relative_to(self._path).parts[0] not in self._workplace.names

    def _leave(self) -> None:
        self._workplace.leave()
        if self.discarded:
            for folder in self._new_parents:
                with contextlib.suppress(OSError):  # someone else uses it meanwhile
                    folder.rmdir()
