"""The formats that there are, found by name or by looking into a folder. A format's module is imported when used."""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from datumpb.errors import OptionError, UnknownFormatError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from datumpb.dataset.losses import LossReport
    from datumpb.dataset.source import DatasetSource


@dataclass(frozen=True, slots=True)
class Format:
    """A dataset format.

    Its module has three functions: ``detect(path) -> str | None`` returns why the path is of this format;
    ``read(path, **options) -> DatasetSource``; and
    ``write(source, path, *, save_media, overwrite, progress, **options) -> LossReport``.

    Attributes:
        name: The name on the command line.
        description: What it is, in one line.
        module: Where it is implemented.
    """

    name: str
    description: str
    module: str

    def _function(self, name: str) -> Callable[..., Any]:
        return cast("Callable[..., Any]", getattr(importlib.import_module(self.module), name))

    def detect(self, path: Path) -> str | None:
        """Return why a path looks like this format, or None where it does not."""
        return cast("str | None", self._function("detect")(path))

    def read(self, path: Path, options: dict[str, object]) -> DatasetSource:
        """Open a dataset.

        Raises:
            OptionError: The format has no such option for reading.
        """
        function = self._function("read")
        self._check(function, "reading", options)
        return cast("DatasetSource", function(path, **options))

    def write(self, source: DatasetSource, path: Path, options: dict[str, object]) -> LossReport:
        """Write a dataset and return what the format could not hold.

        Raises:
            OptionError: The format has no such option for writing.
        """
        function = self._function("write")
        self._check(function, "writing", options)
        return cast("LossReport", function(source, path, **options))

    def read_options(self) -> set[str]:
        """Return the names of the options for reading."""
        return _options(self._function("read"))

    def write_options(self) -> set[str]:
        """Return the names of the options for writing."""
        return _options(self._function("write"))

    def _check(self, function: Callable[..., Any], work: str, options: dict[str, object]) -> None:
        unknown = sorted(options.keys() - _options(function))
        if unknown:
            known = ", ".join(sorted(_options(function))) or "none"
            message = f"format {self.name!r} has no option {unknown[0]!r} for {work}; it has: {known}"
            raise OptionError(message)


def _options(function: Callable[..., Any]) -> set[str]:
    parameters = inspect.signature(function).parameters.values()
    return {parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}


FORMATS = {
    format_.name: format_
    for format_ in (
        Format(
            "datumpb",
            "This library's own: records of Protocol Buffers, encrypted if asked",
            "datumpb.formats.datumpb",
        ),
        Format(
            "coco",
            "COCO JSON: instances, keypoints, captions, panoptic, stuff, labels, image info, results",
            "datumpb.formats.coco",
        ),
    )
}


def find_format(name: str) -> Format:
    """Return the format of a name.

    Raises:
        UnknownFormatError: There is none.
    """
    if name not in FORMATS:
        message = f"unknown format {name!r}; there are: {', '.join(FORMATS)}"
        raise UnknownFormatError(message)
    return FORMATS[name]


def detect_formats(path: str | os.PathLike[str]) -> dict[str, str]:
    """Return the names of all formats that a path looks like, each with the reason."""
    reasons = {name: format_.detect(Path(path)) for name, format_ in FORMATS.items()}
    return {name: reason for name, reason in reasons.items() if reason is not None}


def detect_format(path: str | os.PathLike[str]) -> Format:
    """Return the one format that a path looks like.

    Raises:
        UnknownFormatError: There is none, or more than one.
    """
    if not Path(path).exists():
        message = f"{path!s}: no such file or folder"
        raise UnknownFormatError(message)
    found = detect_formats(path)
    if not found:
        message = f"{path!s}: not a dataset of a known format ({', '.join(FORMATS)}); name the format if it is one"
        raise UnknownFormatError(message)
    if len(found) > 1:
        reasons = "; ".join(f"{name} ({reason})" for name, reason in found.items())
        message = f"{path!s}: could be any of: {reasons}; name the format"
        raise UnknownFormatError(message)
    return FORMATS[next(iter(found))]
