"""This format inside of Datumaro: its reader, importer and exporter, as plugins of Datumaro's."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datumaro.components.environment import DEFAULT_ENVIRONMENT, Environment
from datumaro.components.exporter import Exporter
from datumaro.components.format_detection import FormatDetectionConfidence
from datumaro.components.importer import Importer

from datumpb.dataset.dataset import Dataset
from datumpb.dataset.losses import LossReport
from datumpb.errors import OptionError
from datumpb.formats import datumpb as own_format
from datumpb.integrations.datumaro.extractor import Extractor
from datumpb.integrations.datumaro.source import from_datumaro

if TYPE_CHECKING:
    import argparse

    from datumpb.integrations.datumaro.foreign import Foreign

_NAME = "datumpb"
_ANY_IMAGE = ".jpg"


def register() -> None:
    """Make `datumpb` a format of Datumaro's, in this process: for reading, writing and detection.

    ::

        register()
        dataset = datumaro.Dataset.import_from("folder", "datumpb", encryption_key=key)
        dataset.export("out", "datumpb", save_media=True, encryption=True)

    Options for reading: `encryption_key`. For writing: `save_media`, `encryption`, `no_media_encryption`,
    `encryption_key`, `key_file` and `save_dataset_meta`, as `Dataset.export` has them. To do it again does no harm.
    """
    # Datumaro has no entry points for plugins. Its detection makes an environment of its own each time, from this list.
    builtin = Environment._load_builtin_plugins()  # noqa: SLF001 -- there is no other way into new environments
    for plugin in (DatumpbBase, DatumpbImporter, DatumpbExporter):
        if plugin not in builtin:
            builtin.append(plugin)
            DEFAULT_ENVIRONMENT.register_plugins([plugin])


class DatumpbBase(Extractor):
    """Reads a dataset of this format for Datumaro."""

    NAME = _NAME

    def __init__(self, path: str, *, encryption_key: str | None = None, ctx: Foreign = None) -> None:
        """Open a dataset.

        Args:
            path: Its folder, or one annotation file.
            encryption_key: The text of its key; None: it is not encrypted.
            ctx: Is told of the progress.

        Raises:
            DatumpbError: It cannot be read.
        """
        options = {} if encryption_key is None else {"encryption_key": encryption_key}
        super().__init__(Dataset.import_from(path, _NAME, **options), _LoggedLosses(), ctx=ctx)


class DatumpbImporter(Importer):  # type: ignore[misc]  # Datumaro has no types
    """Finds datasets of this format for Datumaro."""

    NAME = _NAME

    @classmethod
    def build_cmdline_parser(cls, **kwargs: Any) -> argparse.ArgumentParser:  # noqa: ANN401 -- those of argparse
        """Return the parser of the options for reading."""
        parser: argparse.ArgumentParser = super().build_cmdline_parser(**kwargs)
        parser.add_argument("--encryption-key", help="The key, where the dataset is encrypted")
        return parser

    @classmethod
    def detect(cls, context: Foreign) -> FormatDetectionConfidence:
        """Return how sure it is that a path is of this format; fail the detection where it is not."""
        if own_format.detect(Path(context.root_path)) is None:
            context.fail("there is no .datum file of datumpb")
        return FormatDetectionConfidence.MEDIUM

    @classmethod
    def get_file_extensions(cls) -> list[str]:
        """Return the extensions of files of this format."""
        return [".datum"]

    @classmethod
    def find_sources(cls, path: str) -> list[dict[str, str]]:
        """Return where the dataset at a path is."""
        return [] if own_format.detect(Path(path)) is None else [{"url": path, "format": _NAME}]

    @classmethod
    def get_plugin_cls(cls) -> type[DatumpbImporter]:
        """Return the class itself, as Datumaro's detection asks for."""
        return cls


class DatumpbExporter(Exporter):  # type: ignore[misc]  # Datumaro has no types
    """Writes a dataset of this format for Datumaro."""

    NAME = _NAME
    DEFAULT_IMAGE_EXT = _ANY_IMAGE

    @classmethod
    def build_cmdline_parser(cls, **kwargs: Any) -> argparse.ArgumentParser:  # noqa: ANN401 -- those of argparse
        """Return the parser of the options for writing."""
        parser: argparse.ArgumentParser = super().build_cmdline_parser(**kwargs)
        parser.add_argument("--encryption", action="store_true", help="Encrypt, with the key given or a new one")
        parser.add_argument("--no-media-encryption", action="store_true", help="With --encryption: leave media plain")
        parser.add_argument("--encryption-key", help="The key; a new one where left out")
        parser.add_argument("--key-file", help="Where a new key is written; else secret_key.txt in the folder")
        return parser

    def __init__(  # noqa: PLR0913 -- one for each option, by name
        self,
        extractor: Foreign,
        save_dir: str,
        *,
        encryption: bool = False,
        no_media_encryption: bool = False,
        encryption_key: str | None = None,
        key_file: str | None = None,
        **common: Foreign,
    ) -> None:
        """Take the dataset, the folder to write, the options, and those that all of Datumaro's formats have.

        Raises:
            OptionError: Images are to be encoded anew: the format keeps them as they are.
        """
        super().__init__(extractor, save_dir, **common)
        if self._image_ext is not None:
            message = f"image_ext {self._image_ext!r}: datumpb keeps images as they are"
            raise OptionError(message)
        self._options: dict[str, Any] = {"encryption": encryption, "no_media_encryption": no_media_encryption}
        if encryption_key is not None:
            self._options["encryption_key"] = encryption_key
        if key_file is not None:
            self._options["key_file"] = key_file

    def _apply_impl(self) -> None:
        losses = _LoggedLosses()
        found = from_datumaro(self._extractor, losses=losses).export(
            self._save_dir,
            _NAME,
            save_media=bool(self._save_media),
            overwrite=True,  # Datumaro decides itself whether it writes into a folder that is there
            save_dataset_meta=self._save_dataset_meta,
            **self._options,
        )
        losses.update(found)


class _LoggedLosses(LossReport):
    """Tells the first loss of each kind where Datumaro tells its own."""

    __slots__ = ()

    def add(self, what: str, where: str, count: int = 1) -> None:
        if what not in self.counts:
            logging.getLogger(__name__).warning("lost in conversion: %s (first: %s)", what, where)
        LossReport.add(self, what, where, count)
