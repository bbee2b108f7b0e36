"""A case of the suite: a file, and what a reader has to do with it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conformance.make.entries import twins
from conformance.make.forge import RawBlock
from datumpb import messages

if TYPE_CHECKING:
    from conformance.make.forge import Forge

ALL = ("items", "random", "verify")
VERIFY = ("verify",)
"""For what only those notice who read the whole file; the others may refuse it, too."""


@dataclass(frozen=True)
class Case:
    """A file of the suite.

    Attributes:
        name: Its name without extension.
        group: What it is about; a row of the matrix.
        note: What is odd about it, for whoever reads a failure.
        data: The file.
        key: The name of the key file that readers get.
        twin: What readers print; None: they refuse the file.
        error: The classes of error that they may report then.
        modes: In which modes they have to refuse it.
        path: The logical path that readers of a media file get.
    """

    name: str
    group: str
    note: str
    data: bytes
    key: str | None = None
    twin: list[dict[str, Any]] | None = None
    error: tuple[str, ...] = ()
    modes: tuple[str, ...] = ALL
    path: str | None = None


def valid(name: str, note: str, forge: Forge) -> Case:
    """Make a case of a sound annotation file."""
    assert isinstance(forge.meta, messages.Meta)
    entries = [entry for block in forge.blocks for entry in _entries(block)]
    return Case(name, "", note, forge.make(), forge.key, twins(forge.meta, entries))


def valid_media(name: str, note: str, forge: Forge, path: str) -> Case:
    """Make a case of a sound media file."""
    content = b"".join(forge.media or ())
    twin = [{"media": {"size": len(content), "crc32": zlib.crc32(content)}}]
    return Case(name, "", note, forge.make(), forge.key, twin, path=path)


def invalid(name: str, note: str, made: Forge | bytes, *error: str, modes: tuple[str, ...] = ALL) -> Case:
    """Make a case of an annotation file that has to be refused, as damaged unless something else is said."""
    data, key = (made, None) if isinstance(made, bytes) else (made.make(), made.key)
    return Case(name, "", note, data, key, error=error or ("DamagedFile",), modes=modes)


def invalid_media(name: str, note: str, made: Forge | bytes, path: str, key: str | None, *error: str) -> Case:
    """Make a case of a media file that has to be refused."""
    data = made if isinstance(made, bytes) else made.make()
    return Case(name, "", note, data, key, error=error or ("DamagedFile",), modes=("media",), path=path)


def with_key(case: Case, key: str | None) -> Case:
    """Return a case that is read with another key."""
    return replace(case, key=key)


def _entries(block: Any) -> Any:  # noqa: ANN401 -- a sequence of entries, which a raw block is not
    assert not isinstance(block, RawBlock)
    return block
