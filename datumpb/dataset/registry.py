"""The formats that there are, found by name or by looking into a folder. A format's module is imported when used."""

from __future__ import annotations

import errno
import importlib
import inspect
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from datumpb.dataset.workplace import settle
from datumpb.errors import InvalidItemError, OptionError, UnknownFormatError
from datumpb.storage.location import RemotePath, location
from datumpb.storage.staging import download

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource
    from datumpb.dataset.workers import Workers
    from datumpb.storage.location import Location


@dataclass(frozen=True, slots=True)
class Format:
    """A dataset format.

    Its module has three functions: ``detect(path) -> str | None`` returns why the path is of this format;
    ``read(path, **options) -> DatasetSource``; and
    ``write(source, path, export, **options) -> None``, which counts in `export.losses` what it could not hold.
    Where datasets can be encrypted, there is also ``is_encrypted(path) -> bool``, which needs no key. Where worker
    processes may write, `WORKER_MODULE` names the module whose functions they are asked for.

    Attributes:
        name: The name on the command line.
        description: What it is, in one line.
        module: Where it is implemented.
        reads: Whether it can be read.
        writes: Whether it can be written.
    """

    name: str
    description: str
    module: str
    reads: bool = True
    writes: bool = True

    def _function(self, name: str) -> Callable[..., Any]:
        return cast("Callable[..., Any]", getattr(importlib.import_module(self.module), name))

    def detect(self, path: Location) -> str | None:
        """Return why a path looks like this format, or None where it does not."""
        return cast("str | None", self._function("detect")(path))

    def read(self, path: Location, options: dict[str, object]) -> DatasetSource:
        """Open a dataset.

        Raises:
            OptionError: The format has no such option for reading.
            OutputBusyError: The folder is being replaced at this moment.
        """
        function = self._function("read")
        self._check(function, "reading", options)
        if isinstance(path, Path):
            settle(path)
        return cast("DatasetSource", function(path, **options))

    def begun(self, source: DatasetSource, options: dict[str, object]) -> AbstractContextManager[Workers | None]:
        """Start what writing a dataset will need, before it is read; at the end of the block it ends.

        Raises:
            OSError: A process cannot be started.
        """
        writer = getattr(importlib.import_module(self.module), "WORKER_MODULE", None)
        if writer is None:
            return nullcontext()
        from datumpb.dataset.worker_choice import begin  # noqa: PLC0415 -- loaded when something is written

        return begin(source, options, writer)

    def write(self, source: DatasetSource, path: Path, export: Export, options: dict[str, object]) -> None:
        """Write a dataset.

        Raises:
            OptionError: The format has no such option for writing.
            InvalidItemError: A name or value is too long or nested too deep for the format's files, or no Unicode.
        """
        function = self._function("write")
        self._check(function, "writing", options)
        try:
            function(source, path, export, **options)
        except UnicodeEncodeError as error:
            message = f"{path}: text that is no Unicode cannot be written: {error.object[error.start : error.end]!r}"
            raise InvalidItemError(message) from error
        except RecursionError as error:
            message = f"{path}: a name or a value has more parts in each other than can be written as {self.name}"
            raise InvalidItemError(message) from error
        except OSError as error:
            if error.errno != errno.ENAMETOOLONG:
                raise
            message = f"{path}: a name is too long for a file of {self.name}: {Path(error.filename).name[:50]!r}..."
            raise InvalidItemError(message) from error

    def is_encrypted(self, path: Location) -> bool:
        """Tell whether a dataset of this format is encrypted; some formats never are. No key is needed.

        Raises:
            DatumpbError: It cannot be read.
        """
        function = getattr(importlib.import_module(self.module), "is_encrypted", None)
        return function is not None and bool(function(path))

    def read_options(self) -> dict[str, str]:
        """Return the names of the options for reading, each with its type as the source has it, such as "bool"."""
        return _options(self._function("read"))

    def write_options(self) -> dict[str, str]:
        """Return the names of the options for writing, each with its type."""
        return _options(self._function("write"))

    def _check(self, function: Callable[..., Any], work: str, options: dict[str, object]) -> None:
        unknown = sorted(options.keys() - _options(function))
        if unknown:
            known = ", ".join(sorted(_options(function))) or "none"
            message = f"format {self.name!r} has no option {unknown[0]!r} for {work}; it has: {known}"
            raise OptionError(message)


def _options(function: Callable[..., Any]) -> dict[str, str]:
    parameters = inspect.signature(function).parameters.values()
    return {one.name: str(one.annotation) for one in parameters if one.kind is one.KEYWORD_ONLY}


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
        Format(
            "voc",
            "PASCAL VOC: XML, masks and lists; classification, detection, segmentation, layout, action",
            "datumpb.formats.voc",
        ),
        Format(
            "yolo",
            "YOLO: Darknet's lists and Ultralytics' data.yaml; boxes, outlines, turned boxes, keypoints",
            "datumpb.formats.yolo",
        ),
        Format(
            "imagenet",
            "ImageNet: a folder of pictures for each class, or lists of pictures with synsets.txt",
            "datumpb.formats.imagenet",
        ),
        Format(
            "image_dir",
            "A folder of pictures, without annotations",
            "datumpb.formats.image_dir",
        ),
        Format(
            "datumaro",
            "Datumaro's JSON, version 1.0 and older",
            "datumpb.formats.datumaro",
        ),
        Format(
            "datumaro_binary",
            "Datumaro's binary format, version 1.0: plain, or encrypted as up to Datumaro 1.11",
            "datumpb.formats.datumaro_binary",
        ),
        Format(
            "parquet",
            "Apache Parquet, lossless: a file for each subset (pip install 'datumpb[arrow]')",
            "datumpb.formats.parquet",
        ),
    )
}


# What comes through another library is looked up by name: an integration may use datasets, not the other way round.
_IN_PLACE = ("datumpb",)  # read behind a URL without being copied
_BRIDGE = "datumpb.integrations.datumaro.bridged"


def bridged_formats() -> dict[str, Format]:
    """Return the formats that come through Datumaro, whether it is installed or not, without those of `FORMATS`."""
    bridged = cast("dict[str, Format]", importlib.import_module(_BRIDGE).BRIDGED)
    return {name: format_ for name, format_ in bridged.items() if name not in FORMATS}


def find_format(name: str) -> Format:
    """Return the format of a name: one of `FORMATS`, or else one that comes through Datumaro.

    Raises:
        UnknownFormatError: There is none.
    """
    if name in FORMATS:
        return FORMATS[name]
    bridged = bridged_formats()
    if name not in bridged:
        through = f"and {len(bridged)} through Datumaro, which `datumpb formats` lists"
        message = f"unknown format {name!r}; there are: {', '.join(FORMATS)}; {through}"
        raise UnknownFormatError(message)
    return bridged[name]


def detect_formats(path: Location) -> dict[str, str]:
    """Return the names of all formats that a path looks like, each with the reason.

    Only where none of `FORMATS` fits, Datumaro is asked, if it is installed.

    Args:
        path: What `on_hand` returned.

    Raises:
        BridgeError: Datumaro fails at it.
    """
    formats = FORMATS if isinstance(path, Path) else {name: FORMATS[name] for name in _IN_PLACE}
    reasons = {name: format_.detect(path) for name, format_ in formats.items()}
    found = {name: reason for name, reason in reasons.items() if reason is not None}
    if found or not isinstance(path, Path):
        return found
    bridged = cast("dict[str, str]", importlib.import_module(_BRIDGE).detect(path))
    return {name: reason for name, reason in bridged.items() if name not in FORMATS}


def on_hand(
    path: str | os.PathLike[str] | RemotePath,
    format: str | None = None,  # noqa: A002 -- as everywhere
    progress: Callable[[int], object] = lambda _size: None,
) -> Location:
    """Return where a dataset can be read: as it is, or a copy where it is behind a URL and of another format than ours.

    Args:
        path: Its folder or file, or its URL.
        format: The name of its format; None: it is to be detected.
        progress: Is told the size in bytes of each file that was copied.

    Raises:
        UnknownFormatError: There is nothing.
        RemoteError: It cannot be read.
    """
    place = location(path)
    if isinstance(place, Path):
        return place
    if not place.exists():
        message = f"{place}: no such file or folder"
        raise UnknownFormatError(message)
    if format in _IN_PLACE or (format is None and detect_formats(place)):
        return place
    return download(place, progress)


def detect_format(path: Location) -> Format:
    """Return the one format that a path looks like.

    Args:
        path: What `on_hand` returned.

    Raises:
        UnknownFormatError: There is none, or more than one.
        OutputBusyError: The folder is being replaced at this moment.
        BridgeError: Datumaro fails at it.
    """
    if isinstance(path, Path):
        settle(path)
    if not path.exists():
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
    return find_format(next(iter(found)))
