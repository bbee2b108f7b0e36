"""The reader that was made from docs/FORMAT.md alone (examples/read_without_datumpb.py), as a module."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

READER = Path(__file__).parents[2] / "examples" / "read_without_datumpb.py"


def load_reader() -> ModuleType:
    """Import it; it is a script, and in no package."""
    spec = importlib.util.spec_from_file_location("read_without_datumpb", READER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
