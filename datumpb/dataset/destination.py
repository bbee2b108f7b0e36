"""Writing a dataset to where it shall be: on this machine, or here first and then behind a URL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.dataset.directory import DatasetFolder
from datumpb.errors import OptionError
from datumpb.storage.staging import uploaded

if TYPE_CHECKING:
    from datumpb.dataset.export import Export
    from datumpb.dataset.registry import Format
    from datumpb.dataset.source import DatasetSource
    from datumpb.storage.location import Location


def write_to(
    place: Location, target: Format, source: DatasetSource, export: Export, options: dict[str, object]
) -> None:
    """Write a dataset.

    Args:
        place: Where its folder shall be.
        target: The format.
        source: The dataset.
        export: What every format is asked.
        options: Options of the format.

    Raises:
        OutputExistsError: Something is there already.
        RemoteError: It cannot be written behind the URL.
        DatumpbError: It cannot be written as asked.
    """
    if isinstance(place, Path):
        target.write(source, place, export, options)
        return
    in_place = isinstance(source, DatasetFolder) and source.key is not None and source.path == place
    if in_place and not export.save_media:
        message = "media in this folder may be encrypted with the old key: save media, too, or choose another folder"
        raise OptionError(message)
    with uploaded(place, overwrite=export.overwrite, obsolete=export.obsolete, progress=export.progress) as folder:
        target.write(source, folder, export, options)
