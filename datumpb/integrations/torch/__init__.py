"""Training with PyTorch: datasets for its `DataLoader`, map-style and streaming, and a `DataLoader` that can resume.

Needs the extra `datumpb[torch]`; torchvision is not needed. What is here is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datumpb.integrations.torch.loader import DatumLoader
    from datumpb.integrations.torch.map_style import DatumDataset
    from datumpb.integrations.torch.stream import DatumIterableDataset
    from datumpb.integrations.torch.targets import class_map, collate, trainable

__all__ = ["DatumDataset", "DatumIterableDataset", "DatumLoader", "class_map", "collate", "trainable"]

_MODULES = {
    "DatumDataset": "map_style",
    "DatumIterableDataset": "stream",
    "DatumLoader": "loader",
    "class_map": "targets",
    "collate": "targets",
    "trainable": "targets",
}

if not TYPE_CHECKING:  # a type checker that saw this would take any name for a public one

    def __getattr__(name: str) -> object:
        """Load a public name when it is first used.

        Raises:
            AttributeError: There is no such name.
            MissingExtraError: PyTorch is not installed.
        """
        if name not in _MODULES:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        from datumpb.extras import require  # noqa: PLC0415 -- needed from here on

        require("torch", "torch", name)
        return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
