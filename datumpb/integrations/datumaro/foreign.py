"""The type of Datumaro's objects: it has no types for a type checker."""

from __future__ import annotations

from typing import Any, TypeAlias

Foreign: TypeAlias = Any
"""An object of Datumaro; the code beside it says of which class."""
