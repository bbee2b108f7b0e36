"""Libraries that only a part of this one needs: whether they are installed, and what to install where not."""

from __future__ import annotations

import importlib.util

from datumpb.errors import MissingExtraError


def require(library: str, extra: str, what: str) -> None:
    """Refuse what needs a library that is not installed; it is not imported.

    Args:
        library: The name by which it is imported.
        extra: The extra of datumpb that brings it.
        what: What needs it, for the error message.

    Raises:
        MissingExtraError: It is not installed; the message says what to install.
    """
    if importlib.util.find_spec(library) is None:
        message = f"{what} needs {library}: pip install 'datumpb[{extra}]'"
        raise MissingExtraError(message)
