"""Errors of datumpb on their way from a task to whoever asked for it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from ray.data import DataContext
from ray.exceptions import RayTaskError, UserCodeException

from datumpb.errors import DatumpbError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def sent_home() -> Iterator[None]:
    """In a task: let an error of datumpb arrive as one of its own class.

    Ray takes an error that is no `UserCodeException` for a fault of its own, prints pages of its frames and asks to
    report it; and of one that a function of `map_batches` raises, it keeps but the text.

    Raises:
        DatumpbError: One of the same class, which is a `UserCodeException`, too.
    """
    try:
        yield
    except UserCodeException:
        raise  # what this task writes was read in it, too
    except DatumpbError as error:
        DataContext.get_current().raise_original_map_exception = True  # of this task, which ends here
        raise as_user_error(error) from error


@contextlib.contextmanager
def taken_out() -> Iterator[None]:
    """In the driver: raise the error of datumpb that a task has sent, with what Ray made of it as its cause.

    Raises:
        DatumpbError: A task raised it.
    """
    try:
        yield
    except RayTaskError as error:
        original = getattr(error.cause, "original", None)
        if isinstance(original, DatumpbError):
            raise original from error
        raise


def as_user_error(error: DatumpbError) -> DatumpbError:
    """Return an error as one of the same class that Ray knows to be the user's; `original` is the error itself."""

    class Sent(UserCodeException, type(error)):  # type: ignore[misc]  # a class that is known when it is needed
        original = error

        def __init__(self) -> None:
            self.args = error.args
            self.__dict__.update(vars(error))

        def __str__(self) -> str:
            return str(error)

        def __reduce__(self) -> tuple[object, ...]:
            return as_user_error, (error,)

    Sent.__name__ = Sent.__qualname__ = type(error).__name__
    sent: DatumpbError = Sent()
    return sent
