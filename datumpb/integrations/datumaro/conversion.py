"""Reading and writing the formats that come through Datumaro."""

from __future__ import annotations

import contextlib
import warnings
from typing import TYPE_CHECKING

from datumaro.components.dataset import Dataset as DatumaroDataset
from datumaro.components.environment import DEFAULT_ENVIRONMENT, Environment

from datumpb.dataset.dataset import Dataset
from datumpb.dataset.losses import LossReport
from datumpb.dataset.output import OutputFolder
from datumpb.integrations.datumaro.boundary import asking_datumaro
from datumpb.integrations.datumaro.extractor import to_datumaro
from datumpb.integrations.datumaro.plugin_options import option_kinds, parse_options
from datumpb.integrations.datumaro.read_back import count_left_out
from datumpb.integrations.datumaro.source import DatumaroSource
from datumpb.integrations.datumaro.told import ToldLosses

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource
    from datumpb.integrations.datumaro.foreign import Foreign
    from datumpb.model.item import Item
    from datumpb.model.meta import Meta

# How many folders, each the only one in the other, a dataset may lie in, as in Datumaro.
_DETECTION_DEPTH = 2


def read_options(name: str) -> dict[str, str]:
    """Return the names of a format's options for reading, each with its type.

    Raises:
        MissingExtraError: It needs a package that is not installed.
    """
    with asking_datumaro(f"format {name!r}", LossReport()):
        return option_kinds(_reader(name))


def write_options(name: str) -> dict[str, str]:
    """Return the names of a format's options for writing, each with its type.

    Raises:
        MissingExtraError: It needs a package that is not installed.
    """
    with asking_datumaro(f"format {name!r}", LossReport()):
        return option_kinds(DEFAULT_ENVIRONMENT.exporters[name])


def detect(path: Path) -> list[str]:
    """Return the formats that Datumaro takes a folder for.

    Raises:
        BridgeError: It fails at it.
    """
    with asking_datumaro(f"{path}: Datumaro cannot tell its format", LossReport()), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # about its own detectors
        return list(Environment().detect_dataset(str(path), depth=_DETECTION_DEPTH))


def read(name: str, path: Path, options: dict[str, object]) -> DatasetSource:
    """Open a dataset. Most of Datumaro's readers read all annotations at once; media are read when asked for.

    Raises:
        MissingExtraError: It needs a package that is not installed.
        OptionError: The format has no such option for reading.
        BridgeError: Datumaro cannot read it.
    """
    losses = ToldLosses()
    what = f"{path}: Datumaro cannot read it as {name!r}"
    with asking_datumaro(what, losses):
        arguments = parse_options(_reader(name), name, "reading", options)
        dataset = DatumaroDataset.import_from(str(path), name, **arguments)
    return _BridgedSource(dataset, losses, what)


def write(name: str, source: DatasetSource, path: Path, export: Export, options: dict[str, object]) -> None:
    """Write a dataset, and read it again to count what Datumaro left out.

    Annotations are held in memory meanwhile. Media are copied, also where links are asked for.

    Raises:
        MissingExtraError: It needs a package that is not installed.
        OptionError: The format has no such option for writing.
        OutputExistsError: The folder is not empty, and is not to be overwritten.
        LossyConversionError: Something was lost in a strict export.
        InvalidItemError: Datumaro refuses an item's id, or two labels of one name.
        BridgeError: Datumaro cannot write it.
    """
    dataset = Dataset(source)
    what = f"{path}: Datumaro cannot write this dataset as {name!r}"
    with OutputFolder(path, export) as output:
        with asking_datumaro(what, export.losses):
            arguments = parse_options(DEFAULT_ENVIRONMENT.exporters[name], name, "writing", options)
            converted = to_datumaro(dataset, losses=export.losses)
            for _ in export.progress(converted, len(dataset), "items"):
                pass  # Datumaro keeps them
            converted.export(str(output.folder), name, save_media=bool(export.save_media), **arguments)
        count_left_out(converted, name, output.folder, export.losses)


def _reader(name: str) -> Foreign:
    importers = DEFAULT_ENVIRONMENT.importers
    return importers[name] if name in importers else DEFAULT_ENVIRONMENT.extractors[name]


class _BridgedSource(DatumaroSource):
    """A dataset that Datumaro reads, some of it only when it is asked for: then, too, its errors become ours."""

    def __init__(self, dataset: DatumaroDataset, losses: LossReport, what: str) -> None:
        super().__init__(dataset, losses)
        self._what = what

    def _asking(self) -> contextlib.AbstractContextManager[None]:
        return asking_datumaro(self._what, self._losses)

    def subsets(self) -> list[str]:
        with self._asking():
            return super().subsets()

    def meta(self, subset: str) -> Meta:
        with self._asking():
            return super().meta(subset)

    def items(self, subset: str) -> Iterator[Item]:
        items = super().items(subset)
        with contextlib.suppress(StopIteration):
            while True:
                with self._asking():
                    item = next(items)
                yield item

    def item(self, item_id: str, subset: str) -> Item:
        with self._asking():
            return super().item(item_id, subset)

    def count(self, subset: str) -> int:
        with self._asking():
            return super().count(subset)
