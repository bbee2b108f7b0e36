"""Claims: a hidden file that its writer keeps locked, so that a second writer is told and a dead one's file removed."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import sys
from typing import TYPE_CHECKING

from datumpb.errors import OutputBusyError

if TYPE_CHECKING:
    import io
    from pathlib import Path

if sys.platform != "win32":
    import fcntl

_SHOWN_NAME = 50  # characters, of up to four bytes
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL}
_TEXT_OF_LEFTOVER = "{}: another writer is at work here, or was stopped; if there is none, remove this file"
# An open file cannot be renamed there.
_CLOSE_FIRST = sys.platform == "win32"


class Claim:
    """A new hidden file, locked until it is renamed or removed.

    The lock ends with the process, whatever ends it. Where the system or the disk knows no locks, a file that is there
    already counts as somebody's claim.

    Attributes:
        path: The hidden file.
        file: The same, open for writing, without a buffer: a process forked meanwhile would write the same bytes again.
    """

    def __init__(self, path: Path) -> None:
        """Create and lock the file; a leftover of a writer that is gone is removed first.

        Raises:
            OutputBusyError: Another writer has it.
            OSError: The folder does not exist or cannot be written to.
        """
        self.path = path
        self.file = _claimed(path)
        self._held = True

    def rename(self, target: Path) -> None:
        """Put the file at its final place, replacing what is there, and give up the claim."""
        if _CLOSE_FIRST:
            self.file.close()
        self.path.replace(target)
        self._held = False
        self.file.close()

    def remove(self) -> None:
        """Remove the file, where it was not renamed, and give up the claim; doing so again does nothing."""
        # Closed last: whoever finds it unlocked removes it, and puts another in its place.
        if self._held and not _CLOSE_FIRST:
            self.path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # some network disks tell only now that they are full
            self.file.close()
        if self._held and _CLOSE_FIRST:
            self.path.unlink(missing_ok=True)
        self._held = False


def hidden_name(path: Path, suffix: str) -> str:
    """Return the hidden name that belongs to a path. It does not get too long where that one is as long as may be."""
    digest = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:8]
    return f".{path.name[:_SHOWN_NAME]}.{digest}{suffix}"


def _claimed(path: Path) -> io.FileIO:
    while True:
        try:
            file = path.open("xb", buffering=0)
        except FileExistsError:
            _remove_leftover(path)
            continue
        try:
            # Between its creation and its lock, another writer may have taken it for a leftover.
            if _lock(file) is not False and _is_at(file, path):
                return file
        except BaseException:
            path.unlink(missing_ok=True)
            file.close()
            raise
        file.close()


def _remove_leftover(path: Path) -> None:
    try:
        # Not through a link: somebody else could make us lock and remove a file elsewhere.
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return
    with open(descriptor, "r+b", buffering=0) as file:  # noqa: PTH123 -- of a descriptor
        locked = _lock(file)
        if locked is None:
            raise OutputBusyError(_TEXT_OF_LEFTOVER.format(path))
        if not locked:
            message = f"{path.parent}: another writer is making this output right now ({path.name})"
            raise OutputBusyError(message)
        if _is_at(file, path):
            path.unlink()


def _lock(file: io.FileIO) -> bool | None:
    """Lock a file without waiting; False where another has it, None where nothing can be locked."""
    if sys.platform == "win32":
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return None
        raise
    return True


def _is_at(file: io.FileIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.lstat())
    except FileNotFoundError:
        return False
