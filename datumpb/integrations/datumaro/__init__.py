"""The bridge to Datumaro 1.13: datasets both ways, this format inside of Datumaro, and Datumaro's formats here.

Needs the extra `datumpb[datumaro]`. What is here is loaded when it is first used, so that the list of the bridged
formats can be had without Datumaro.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datumpb.integrations.datumaro.extractor import to_datumaro
    from datumpb.integrations.datumaro.plugins import register
    from datumpb.integrations.datumaro.source import from_datumaro

__all__ = ["from_datumaro", "register", "to_datumaro"]

_MODULES = {"to_datumaro": "extractor", "from_datumaro": "source", "register": "plugins"}

if not TYPE_CHECKING:  # a type checker that saw this would take any name for a public one

    def __getattr__(name: str) -> object:
        """Load a public name when it is first used.

        Raises:
            AttributeError: There is no such name.
            MissingExtraError: Datumaro is not installed.
        """
        if name not in _MODULES:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        from datumpb.integrations.datumaro.installed import check_installed  # noqa: PLC0415 -- needed from here on

        check_installed("the bridge to Datumaro")
        return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
