"""Requests to storage behind a URL: tried again where that may help, and failing as one kind of error."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TypeVar

from datumpb.errors import RemoteError, RemoteNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb.storage.location import RemotePath

    _Result = TypeVar("_Result")

# Seconds before each further try. Clients of object stores try several times within each of ours.
DELAYS = (0.1, 0.4, 1.6)
_GONE = {404, 410}
_DENIED = {401, 403}
_BUSY = {408, 425, 429}
_FIRST_OF_SERVER = 500
# What clients raise beside OSError. They are not imported for it: none of theirs can come from one that is not loaded.
_CLIENT_ERRORS = (
    ("asyncio", "TimeoutError"),  # an OSError only from Python 3.11 on
    ("aiohttp", "ClientError"),
    ("botocore.exceptions", "BotoCoreError"),
    ("botocore.exceptions", "ClientError"),
    ("gcsfs.retry", "HttpError"),
    ("google.auth.exceptions", "GoogleAuthError"),
    ("azure.core.exceptions", "AzureError"),
    ("zipfile", "BadZipFile"),
)


def request(path: RemotePath, what: str, work: Callable[[], _Result]) -> _Result:
    """Do a request, and again after a moment where the connection or the server failed.

    Args:
        path: What is asked for, for messages.
        what: What is done, such as "read".
        work: Does it, and can be called again.

    Raises:
        RemoteNotFoundError: It is not there.
        RemoteError: It cannot be had.
    """
    for delay in (*DELAYS, None):
        try:
            return work()
        except _failures() as error:  # noqa: PERF203 -- it is about the tries
            cause = _cause(error)
            if delay is None or not _may_pass(cause):
                raise _typed(path, what, cause) from error
            time.sleep(delay)
    raise AssertionError  # the last try returns or raises


def _failures() -> tuple[type[Exception], ...]:
    loaded = ((sys.modules.get(module), name) for module, name in _CLIENT_ERRORS)
    clients = (getattr(module, name) for module, name in loaded if hasattr(module, name))
    return (OSError, ValueError, NotImplementedError, *clients)


def _cause(error: Exception) -> Exception:
    """Return what happened: fsspec calls whatever it is that keeps a web server from answering "not found"."""
    hidden = isinstance(error, FileNotFoundError) and isinstance(error.__cause__, _failures())
    return error.__cause__ if hidden and isinstance(error.__cause__, Exception) else error


def _status(error: BaseException) -> int | None:
    """Return the HTTP status that an error stands for, where it has one."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):  # botocore's
        return _number(response.get("ResponseMetadata", {}).get("HTTPStatusCode"))
    found = (_number(getattr(error, name, None)) for name in ("status", "status_code", "code"))
    return next((status for status in found if status is not None), None)


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, (int, str)) and str(value).isdigit() else None


def _may_pass(error: Exception) -> bool:
    """Tell whether another try may succeed: the connection broke, or the server could not answer just now."""
    status = _status(error)
    if status is not None:
        return status >= _FIRST_OF_SERVER or status in _BUSY
    if isinstance(error, (ConnectionError, TimeoutError)):
        return True
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & {"TimeoutError", "ClientConnectionError", "ClientPayloadError", "HTTPClientError"})


def _typed(path: RemotePath, what: str, error: Exception) -> RemoteError:
    status = _status(error)
    if isinstance(error, FileNotFoundError) or status in _GONE:
        message = "not found"
        return RemoteNotFoundError(message, path)
    if isinstance(error, PermissionError) or status in _DENIED or "Credentials" in type(error).__name__:
        message = f"cannot {what}: access is denied; see whether credentials are set, and for the right account"
    elif isinstance(error, NotImplementedError):
        message = f"cannot {what}: storage of this kind does not allow it"
    elif status is not None:
        message = f"cannot {what}: the server answers with status {status}"
    else:
        said = path.without_secrets(str(error)).strip() or type(error).__name__
        message = f"cannot {what}: {said.splitlines()[0]}"
    return RemoteError(message, path)
