"""The datasets that a command reads, and the options of formats for reading and writing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import datumpb as dp
from datumpb.cli.files import fetched
from datumpb.cli.format_options import format_options
from datumpb.dataset.registry import detect_format, find_format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.cli.keys import Key
    from datumpb.cli.outputs import Output
    from datumpb.dataset.registry import Format
    from datumpb.storage.location import Location


@dataclass(frozen=True, slots=True)
class Input:
    """A dataset that was named on the command line."""

    name: str
    path: Location
    format: str
    dataset: dp.Dataset

    def __str__(self) -> str:
        """Name it for people."""
        return f"{self.name} ({self.format})"


def open_inputs(
    paths: Sequence[Location], input_format: str | None, output: Output
) -> tuple[list[Input], Format, dict[str, Any]]:
    """Open datasets; return them, the format to write, and the options behind `--` that are for writing it.

    Args:
        paths: The datasets.
        input_format: Their format; None: each one's is detected.
        output: What is to be written: where it has no format, that of the first input is taken.

    Raises:
        DatumpbError: One cannot be opened, an option does not fit, or the key is of no use.
    """
    names, paths = paths, [fetched(path, input_format) for path in paths]
    sources = [detect_format(path) if input_format is None else find_format(input_format) for path in paths]
    target = sources[0] if output.format is None else find_format(output.format)
    key = output.key()
    with_key = set() if key is None else encrypted_paths(paths, sources, key, needed=not output.encryption)
    inputs: list[Input] = []
    options: dict[str, Any] = {}
    for name, path, source in zip(names, paths, sources, strict=True):
        read, options = format_options(source, target)
        if path in with_key:
            assert key is not None
            read["encryption_key"] = key.text
        inputs.append(Input(str(name), path, source.name, dp.Dataset.import_from(path, source.name, **read)))
    return inputs, target, options


def encrypted_paths(paths: Sequence[Location], sources: Sequence[Format], key: Key, *, needed: bool) -> set[Location]:
    """Return the paths of encrypted datasets.

    Args:
        paths: The datasets.
        sources: Their formats.
        key: The key that was given.
        needed: Whether one of them has to be encrypted, as the key is needed for nothing else.

    Raises:
        UnexpectedKeyError: There is none, and the key is needed for nothing else.
    """
    found = {path for path, source in zip(paths, sources, strict=True) if source.is_encrypted(path)}
    if needed and not found:
        message = f"{paths[0]}: not encrypted, but a key was given ({key.origin}); leave it out, or add --encryption"
        raise dp.UnexpectedKeyError(message)
    return found
