"""Writing a dataset of the format: an item at a time goes to the file of its subset."""

from __future__ import annotations

import dataclasses
import json
from typing import IO, TYPE_CHECKING

from datumpb.dataset import layout
from datumpb.dataset.datumaro_categories import pack_categories
from datumpb.dataset.datumaro_media import ELEMENT, MEDIA_TYPES, common_number, outside, with_files
from datumpb.dataset.derived import known_count
from datumpb.dataset.json_values import holdable
from datumpb.dataset.media_store import MediaStore
from datumpb.dataset.output import OutputFolder
from datumpb.errors import InvalidItemError
from datumpb.formats.datumaro.detection import SUFFIX
from datumpb.formats.datumaro.packing import is_held, pack_item
from datumpb.formats.datumaro.reader import VERSION
from datumpb.model.media import MEDIA_TYPES as KINDS
from datumpb.model.media import GenericMedia, MediaRef, MediaType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.dataset.json_values import JsonMap
    from datumpb.dataset.losses import LossReport
    from datumpb.dataset.source import DatasetSource
    from datumpb.model.item import Item
    from datumpb.model.media import Media
    from datumpb.model.meta import Meta

_START = f'{{"dm_format_version":"{VERSION}","media_type":'.encode()


def write_dataset(source: DatasetSource, path: Path, export: Export) -> None:
    """Write a dataset; see `datumpb.formats.datumaro.write`."""
    with OutputFolder(path, export) as output:
        output.replace_all(f"{layout.ANNOTATIONS}/*{SUFFIX}")
        (output.folder / layout.ANNOTATIONS).mkdir()
        store = MediaStore(output.folder, None, export)
        kinds: set[MediaType] = set()
        metas = {subset: source.meta(subset) for subset in source.subsets()}
        files = {subset: layout.annotation_file(output.folder, subset, SUFFIX) for subset in metas}
        for place, (subset, meta) in enumerate(metas.items()):
            items = export.progress(source.items(subset), known_count(source, subset), subset)
            writer = _SubsetWriter(meta, store, export)
            with files[subset].open("wb") as file:
                writer.write(file, items, first=not place)
            kinds |= writer.kinds
        # All files have to agree, and to allow for what any of them has.
        number = common_number(kinds)
        for subset, meta in metas.items():
            with files[subset].open("r+b") as file:
                file.seek(len(_START))
                file.write(b"%d" % number)
            if MEDIA_TYPES[number] is not meta.media_type:
                export.losses.add("kind of media of the dataset", f"{subset}: {meta.media_type.name}")


class _SubsetWriter:
    """Writes the file of one subset.

    Attributes:
        kinds: The kinds of media that were declared or seen.
    """

    def __init__(self, meta: Meta, store: MediaStore, export: Export) -> None:
        self._meta = meta
        self._store = store
        self._save = bool(export.save_media)
        self._losses: LossReport = export.losses
        self.kinds = {meta.media_type}

    def write(self, file: IO[bytes], items: Iterable[Item], *, first: bool) -> None:
        """Write the file, the kind of media still open: one digit.

        Args:
            file: The file.
            items: The items.
            first: Whether it is the first subset; losses of categories, the same in all, are counted once.
        """
        meta, losses = self._meta, self._losses
        infos = holdable(meta.infos, lambda key: losses.add("info of the dataset", f"{meta.subset}: {key}"))
        categories = pack_categories(meta.categories, losses.add if first else _ignore)
        file.write(b"%b%d" % (_START, ELEMENT))
        for key, values in (("infos", infos), ("categories", categories)):
            file.write(b',"%b":%b' % (key.encode(), _encoded(values, f"the {key} of {meta.subset!r}")))
        file.write(b',"items":[')
        for number, item in enumerate(items):
            file.write(b",\n" if number else b"\n")
            file.write(self._packed(item))
        file.write(b"\n]}\n")

    def _packed(self, item: Item) -> bytes:
        where = f"item {item.id!r} of {self._meta.subset!r}"

        def lost(what: str) -> None:
            self._losses.add(what, f"{self._meta.subset}: {item.id}")

        annotations = [annotation for annotation in item.annotations if is_held(annotation, lost)]
        held = dataclasses.replace(item, media=self._held_media(item.media, lost), annotations=annotations)
        placed = self._store.place(held, self._meta.subset)
        if placed.media is not None:
            self.kinds.add(KINDS[type(placed.media)])
        try:
            packed = pack_item(placed, self._meta.subset, lost)
        except InvalidItemError as error:
            message = f"{where}: {error}"
            raise InvalidItemError(message) from error
        return _encoded(packed, where)

    def _held_media(self, media: Media | None, lost: Callable[[str], None]) -> Media | None:
        def savable(file: MediaRef | None) -> MediaRef | None:
            return outside(file, lost, save=self._save)

        if media is None:
            return None
        if isinstance(media, GenericMedia):
            return GenericMedia(savable(media.file))
        held = with_files(media, savable, savable)
        if held is None:
            lost(f"media of the kind {type(media).__name__}")
        return held


def _encoded(values: JsonMap, where: str) -> bytes:
    text = json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        message = f"{where}: a text has half of a surrogate pair"
        raise InvalidItemError(message) from error


def _ignore(what: str, where: str) -> None:
    """Count nothing."""
