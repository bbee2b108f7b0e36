"""Paths on the command line: of this machine only, or URLs as well."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from datumpb.storage.location import is_url, location

if TYPE_CHECKING:
    from datumpb.storage.location import Location


class AnyPlace(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions of click only
    """A path of this machine, or a URL."""

    name = "path"

    def convert(self, value: Any, _param: click.Parameter | None, _ctx: click.Context | None) -> Location:  # noqa: ANN401 -- as click has it
        """Return where it leads."""
        return location(value)


class LocalPath(click.Path):
    """A path of this machine; a URL would become the name of a folder, and is refused."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ANN401 -- as click has it
        """Return the path."""
        if is_url(value):
            self.fail(f"{location(value)} is a URL, and this has to be on this machine: copy it first", param, ctx)
        return Path(super().convert(value, param, ctx))  # type: ignore[arg-type]  # text, as nothing else was asked for
