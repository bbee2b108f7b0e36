"""Datasets read, changed and written on a cluster, with Ray Data (docs/ray.md).

Needs the extra `datumpb[ray]`. What is here is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datumpb.integrations.ray.change import transform
    from datumpb.integrations.ray.read import read_datumpb
    from datumpb.integrations.ray.write import write_datumpb

__all__ = ["read_datumpb", "transform", "write_datumpb"]

_MODULES = {"read_datumpb": "read", "transform": "change", "write_datumpb": "write"}

if not TYPE_CHECKING:  # a type checker that saw this would take any name for a public one

    def __getattr__(name: str) -> object:
        """Load a public name when it is first used.

        Raises:
            AttributeError: There is no such name.
            MissingExtraError: Ray, or pyarrow, is not installed.
        """
        if name not in _MODULES:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        from datumpb.extras import require  # noqa: PLC0415 -- needed from here on

        for library in ("ray", "pyarrow"):
            require(library, "ray", name)
        return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
