"""Where an output folder is made: hidden beside its final place or inside of it, claimed by one writer at a time."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from datumpb.container.atomic import PARTIAL_SUFFIX
from datumpb.container.claim import Claim, hidden_name
from datumpb.dataset.replacement import is_unfinished, take_back
from datumpb.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Self


class Workplace:
    """The hidden files and folders that belong to one output folder.

    Attributes:
        folder: Where the new contents are made, `.NAME.xxxxxxxx.partial`.
        attic: Where replaced files go, `.NAME.xxxxxxxx.replaced`.
    """

    def __init__(self, output: Path, *, inside: bool) -> None:
        """Name them; nothing is touched.

        Args:
            output: The output folder, without links in its path.
            inside: Whether they are in this folder, or beside it.
        """
        # Inside, the name does not depend on that of the folder, which may be renamed.
        base = output / "datumpb" if inside else output
        self._output = output
        self._lock = base.with_name(hidden_name(base, ".lock"))
        self.folder = base.with_name(hidden_name(base, PARTIAL_SUFFIX))
        self.attic = base.with_name(hidden_name(base, ".replaced"))
        self._claim: Claim | None = None

    @property
    def names(self) -> set[str]:
        """The names of all of them."""
        return {self._lock.name, self.folder.name, self.attic.name}

    @property
    def is_left(self) -> bool:
        """Whether anything is there: another writer is at work, or was killed."""
        return any(map(os.path.lexists, (self._lock, self.folder, self.attic)))

    def claim(self) -> Self:
        """Take it, and clear away what a killed writer left: what that one had begun to replace is as it was.

        Raises:
            OutputBusyError: Another writer has it.
            OSError: The files cannot be made or cleared away.
        """
        claim = Claim(self._lock)
        try:
            take_back(self._output, self.attic)
            self._clear()
        except BaseException:
            claim.remove()
            raise
        self._claim = claim
        return self

    def leave(self) -> None:
        """Clear everything away and let others in; where it was not claimed, it is not touched."""
        if self._claim is None:
            return
        try:
            self._clear()
        except BaseException:  # stopped by a signal just now, whose repetitions come later
            self._clear()
            raise
        finally:
            self._claim.remove()

    def _clear(self) -> None:
        if not is_unfinished(self.attic):  # what could not be taken back just now is still needed
            shutil.rmtree(self.attic, ignore_errors=True)
            shutil.rmtree(self.folder, ignore_errors=True)


def settle(path: Path) -> None:
    """Make a folder again what it was, where a writer was killed while it replaced files in there.

    Raises:
        OutputBusyError: A writer is replacing files at this moment.
        DatasetError: The folder cannot be made what it was.
    """
    if not path.is_dir():
        return
    output = path.resolve()
    workplace = Workplace(output, inside=True)
    if not is_unfinished(workplace.attic):
        return
    try:
        workplace.claim().leave()
    except OSError as error:
        message = f"{path}: files of it were being replaced when the writer was stopped, and cannot be put back: "
        raise DatasetError(message + (error.strerror or str(error))) from error
