"""Whether Datumaro is installed."""

from __future__ import annotations

import importlib.util

from datumpb.errors import MissingExtraError

INSTALL = "pip install 'datumpb[datumaro]'"


def is_installed() -> bool:
    """Tell whether Datumaro is installed; it is not imported."""
    return importlib.util.find_spec("datumaro") is not None


def check_installed(what: str) -> None:
    """Refuse what needs Datumaro where it is not installed.

    Args:
        what: What needs it, for the error message.

    Raises:
        MissingExtraError: It is not installed.
    """
    if not is_installed():
        message = f"{what} needs Datumaro: {INSTALL}"
        raise MissingExtraError(message)
