"""Where a file or folder is: a `Path`, or a `RemotePath` for what stands behind a URL and is reached through fsspec."""

from __future__ import annotations

import fnmatch
import functools
import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from urllib.parse import quote

from datumpb.errors import DatasetError, MissingExtraError, RemoteError, RemoteNotFoundError
from datumpb.extras import require
from datumpb.storage.requests import request

if TYPE_CHECKING:
    from collections.abc import Iterator

# Schemes have two letters at least: C:\ and C:// are drives. `zip://inner::s3://...` is one URL inside of another.
_URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]+::)*[A-Za-z][A-Za-z0-9+.-]+://")
_PASSWORD = re.compile(r"(?<=://)[^/@]*@")
_QUERY = re.compile(r"\?.*?(?=::|$)")
_PACKAGES = {
    "s3": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "http": "aiohttp",
    "https": "aiohttp",
    "az": "adlfs",
    "abfs": "adlfs",
}
_WITH_QUERY = ("http", "https")


class RemotePath:
    """A file or folder behind a URL, with those methods of `Path` that reading a dataset takes.

    It keeps no connection: it can be pickled, and used in threads and forked processes.

    Attributes:
        url: The whole URL, which may have a password or a signature in it.
    """

    def __init__(self, url: str) -> None:
        """Name a file or folder; nothing is asked of it yet."""
        self.url = url
        segments = url.split("::")
        # The path of a chain such as simplecache::s3://bucket/key is in the first segment that has one.
        number = next(number for number, segment in enumerate(segments) if "://" in segment)
        scheme, _, rest = segments[number].partition("://")
        rest = rest.partition("?")[0] if scheme in _WITH_QUERY else rest
        self._before = "".join(f"{segment}::" for segment in segments[:number]) + f"{scheme}://"
        self._inner = rest.rstrip("/")
        self._after = "".join(f"::{segment}" for segment in segments[number + 1 :])

    @property
    def scheme(self) -> str:
        """What kind of storage it is in, such as "s3"."""
        return self._before.split("::")[-1].removesuffix("://")

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self._inner.rpartition("/")[2]

    @property
    def stem(self) -> str:
        """The name without its suffix."""
        return PurePosixPath(self.name).stem

    @property
    def suffix(self) -> str:
        """What stands behind the last dot of the name, with the dot."""
        return PurePosixPath(self.name).suffix

    @property
    def parent(self) -> RemotePath:
        """The folder that it is in; of the topmost, itself."""
        above, slash, _ = self._inner.rpartition("/")
        if not slash and self.scheme in _WITH_QUERY:
            return self
        return self._at(above)

    def __truediv__(self, path: str) -> RemotePath:
        """Return what a relative path leads to from here.

        Raises:
            RemoteError: No URL can name it.
        """
        if self.scheme in _WITH_QUERY:
            path = quote(path)
        elif "::" in path:  # what follows would be taken for another URL, which a dataset must not name
            message = f"a name with '::' in it cannot be had through a URL: {path!r}"
            raise RemoteError(message, self)
        return self._at(f"{self._inner}/{path}" if self._inner else path)

    def with_name(self, name: str) -> RemotePath:
        """Return what has another name in the same folder."""
        return self.parent / name

    def absolute(self) -> RemotePath:
        """Return itself."""
        return self

    def exists(self) -> bool:
        """Tell whether there is a file or folder."""
        return self._kind() is not None

    def is_file(self) -> bool:
        """Tell whether there is a file."""
        return self._kind() == "file"

    def is_dir(self) -> bool:
        """Tell whether there is a folder; in object stores, one that has something in it."""
        return self._kind() == "directory"

    def glob(self, pattern: str) -> Iterator[RemotePath]:
        """Yield the files, without folders, directly in this folder whose names fit a pattern; none without it."""
        try:
            entries = self._ask("list", lambda fs, path: _fresh(fs).ls(path, detail=True))
        except RemoteNotFoundError:
            return
        for entry in entries:
            name = str(entry["name"]).rstrip("/").rpartition("/")[2]
            if entry["type"] == "file" and fnmatch.fnmatchcase(name, pattern):
                yield self / name

    def files(self) -> dict[str, int]:
        """Return the sizes of all files below this folder, by their paths from it, in order of names."""
        if self.scheme in _WITH_QUERY:
            message = "a web server does not tell what is in a folder: name a file"
            raise RemoteError(message, self)
        root = ""

        def find(fs: Any, path: str) -> dict[str, dict[str, Any]]:  # noqa: ANN401 -- fsspec is an extra
            nonlocal root
            root = path.strip("/")
            found: dict[str, dict[str, Any]] = _fresh(fs).find(path, detail=True)
            return found

        try:
            found = self._ask("list", find)
        except RemoteNotFoundError:
            return {}
        inner = {name.strip("/").removeprefix(root).lstrip("/"): info["size"] for name, info in found.items()}
        return {name: size for name, size in sorted(inner.items()) if name}

    def info(self) -> dict[str, Any]:
        """Return what storage says of a file or folder, as fsspec does: "size", "type", and more.

        Raises:
            RemoteNotFoundError: It is not there.
            RemoteError: It cannot be asked.
        """

        def ask(fs: Any, path: str) -> dict[str, Any]:  # noqa: ANN401 -- fsspec is an extra
            found: dict[str, Any] = _fresh(fs).info(path)
            return found

        found: dict[str, Any] = self._ask("open", ask)
        return found

    def read_range(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` up to `end`, fewer where the file ends before.

        Raises:
            RemoteError: They cannot be read, or the server sends something else.
        """
        if start == end:
            return b""
        data: bytes = self._ask("read", lambda fs, path: fs.cat_file(path, start=start, end=end))
        if len(data) > end - start:
            message = "the server sends the whole file where a part is asked for: it has to support range requests"
            raise RemoteError(message, self)
        return data

    def read_bytes(self) -> bytes:
        """Return a whole file.

        Raises:
            RemoteError: It cannot be read.
        """
        data: bytes = self._ask("read", lambda fs, path: fs.cat_file(path))
        return data

    def download(self, target: Path) -> None:
        """Copy a file to this machine.

        Raises:
            RemoteError: It cannot be read.
        """
        self._ask("read", lambda fs, path: fs.get_file(path, str(target)))

    def upload(self, source: Path) -> None:
        """Copy a file of this machine here.

        Raises:
            RemoteError: It cannot be written.
        """

        def put(fs: Any, path: str) -> None:  # noqa: ANN401 -- fsspec is an extra
            try:
                fs.put_file(str(source), path)
            except FileNotFoundError:  # object stores need no folders
                _make_folder(fs, path.rpartition("/")[0])
                fs.put_file(str(source), path)

        self._ask("write", put)

    def remove(self) -> None:
        """Remove a file.

        Raises:
            RemoteError: It cannot be removed.
        """
        self._ask("remove", lambda fs, path: fs.rm_file(path))

    def without_secrets(self, text: str) -> str:
        """Return a text with this URL in it as it may be shown."""
        shown = str(self)
        for secret in {self.url, *self.url.split("::")}:
            text = text.replace(secret, shown)
        return _hidden(text)

    def __str__(self) -> str:
        """Return the URL without password and query, which may be a signature."""
        return _hidden(self.url)

    def __repr__(self) -> str:
        """Return the URL as `__str__` does."""
        return f"RemotePath({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        """Tell whether it is the same URL."""
        return isinstance(other, RemotePath) and self.url.rstrip("/") == other.url.rstrip("/")

    def __lt__(self, other: RemotePath) -> bool:
        """Compare as text."""
        return self.url < other.url

    def __hash__(self) -> int:
        """Hash the URL."""
        return hash(self.url.rstrip("/"))

    def _at(self, inner: str) -> RemotePath:
        return RemotePath(f"{self._before}{inner}{self._after}")

    def _kind(self) -> str | None:
        try:
            kind: str = self.info()["type"]
        except RemoteNotFoundError:
            return None
        return kind

    def _ask(self, what: str, work: Any) -> Any:  # noqa: ANN401 -- what fsspec takes and returns
        def asked() -> Any:  # noqa: ANN401 -- as above
            return work(*_file_system(self.url, os.getpid()))

        return request(self, what, asked)


Location: TypeAlias = Path | RemotePath
Place = TypeVar("Place", bound=Location)
"""Either of them, where what is given and what is returned are of one kind."""


def is_url(path: str | os.PathLike[str] | RemotePath) -> bool:
    """Tell whether a path is a URL, such as `s3://bucket/dataset`."""
    return isinstance(path, RemotePath) or (isinstance(path, str) and _URL.match(path) is not None)


def location(path: str | os.PathLike[str] | RemotePath) -> Location:
    """Return where a path or URL leads."""
    if isinstance(path, RemotePath):
        return path
    return RemotePath(path) if isinstance(path, str) and is_url(path) else Path(path)


@functools.lru_cache(1024)
def _file_system(url: str, _process: int) -> tuple[Any, str]:
    """Return the file system of a URL, one of its own in each process, and the path in there."""
    require("fsspec", "remote", "a URL")
    import fsspec  # noqa: PLC0415 -- an extra, loaded when a URL is used

    scheme = RemotePath(url).scheme
    try:
        system, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        needed = next((name for start, name in _PACKAGES.items() if f"{start}://" in url), None)
        message = f"{scheme}:// needs another package: {error if needed is None else f'pip install {needed}'}"
        raise MissingExtraError(message) from error
    except ValueError as error:
        if "rotocol not known" not in str(error):
            raise
        message = f"{_hidden(url)}: there is no storage of the name {scheme!r}"
        raise DatasetError(message) from error
    return system, path


def _fresh(system: Any) -> Any:  # noqa: ANN401 -- fsspec is an extra
    system.invalidate_cache()  # others may have written meanwhile
    return system


def _make_folder(system: Any, path: str) -> None:  # noqa: ANN401 -- fsspec is an extra
    """Make a folder with its parents, but never a bucket: `makedirs` would."""
    try:
        system.mkdir(path, create_parents=False)
    except FileExistsError:
        pass
    except FileNotFoundError:
        parent = path.rpartition("/")[0]
        if "/" not in parent:
            raise
        _make_folder(system, parent)
        _make_folder(system, path)


def _hidden(text: str) -> str:
    return _QUERY.sub("?...", _PASSWORD.sub("...@", text))
