"""Copies of remote files on this machine, for what has to have them as files; and outputs on their way there."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from datumpb.errors import OutputExistsError
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from datumpb.storage.location import RemotePath

_TRANSFERS = 8
_KEY_FILE = "secret_key.txt"
# Written last, so that no reader sees a dataset without its media.
ANNOTATION_SUFFIXES = {".data", ".datum", ".json", ".meta", ".names", ".parquet", ".txt", ".xml", ".yaml", ".yml"}


def download(path: RemotePath, passed: Callable[[int], object] = lambda _size: None) -> Path:
    """Copy a remote file, or a folder with all that is in it, into a temporary folder.

    It is removed when the process ends, as items may ask for their media at any time.

    Args:
        path: What is copied.
        passed: Is told the size in bytes of each file that was copied.

    Raises:
        RemoteError: It cannot be read.
        MediaPathError: A file's name leads out of the folder.
    """
    folder = Path(tempfile.mkdtemp(prefix="datumpb-"))
    try:
        target = folder / (path.name or "dataset")
        if path.is_file():
            path.download(target)
            passed(target.stat().st_size)
        else:
            target.mkdir()
            files = path.files()
            for name in files:
                check_media_path(name)
                (target / name).parent.mkdir(parents=True, exist_ok=True)
            for name in _each(files, lambda name: (path / name).download(target / name)):
                passed(files[name])
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    atexit.register(_remove, folder, os.getpid())
    return target


@contextmanager
def uploaded(
    path: RemotePath,
    *,
    overwrite: bool,
    obsolete: list[str],
    progress: Callable[[Iterable[str], int, str], Iterable[str]],
) -> Iterator[Path]:
    """Give a folder to write an output into, which is copied to a URL when the block ends without an error.

    Media go first and annotations last; then what the output replaces is removed. Object stores know no folders that
    could appear whole: an output whose copying is broken off has some of its files there.

    Args:
        path: Where the output shall be.
        overwrite: Whether something may be there already.
        obsolete: At the end of the block, patterns (as in `PurePath.match`) of files that are not part of the output.
        progress: Is told how many files were copied.

    Raises:
        OutputExistsError: Something is there, and is not to be overwritten; or a key would be.
        RemoteError: It cannot be written.
    """
    before = _refuse_contents(path, overwrite=overwrite)
    with tempfile.TemporaryDirectory(prefix="datumpb-") as temporary:
        folder = Path(temporary, path.name or "dataset")
        yield folder
        names = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
        key = next((name for name in names if name == _KEY_FILE and name in before), None)
        if key is not None:
            message = f"{path / key}: a key is there already, and is never replaced"
            raise OutputExistsError(message)
        _refuse_contents(path, overwrite=overwrite)
        last = [name for name in names if PurePosixPath(name).suffix in ANNOTATION_SUFFIXES]
        for part in (sorted(set(names) - set(last)), last):
            done = _each(part, lambda name: (path / name).upload(folder / name))
            for _ in progress(done, len(part), "copying"):
                pass
        for name in sorted(before - set(names)):
            if any(PurePosixPath(name).match(pattern) for pattern in obsolete):
                (path / name).remove()


def _refuse_contents(path: RemotePath, *, overwrite: bool) -> set[str]:
    if path.is_file():
        message = f"{path}: a file stands where the output folder shall be"
        raise OutputExistsError(message)
    there = set(path.files())
    if there and not overwrite:
        message = f"{path}: the output folder is not empty; choose another, or ask for overwriting"
        raise OutputExistsError(message)
    return there


def _each(names: Iterable[str], work: Callable[[str], None]) -> Iterator[str]:
    """Do something to each file, several at a time, and yield its name when it is done."""
    threads = ThreadPoolExecutor(_TRANSFERS)
    try:
        names = list(names)
        for name, _ in zip(names, threads.map(work, names), strict=True):
            yield name
    finally:
        threads.shutdown(cancel_futures=True)


def _remove(folder: Path, process: int) -> None:
    if os.getpid() == process:  # not in a process that was forked off
        shutil.rmtree(folder, ignore_errors=True)
