"""Writing a dataset of the format: the blobs go to a file of their own first, as their sizes stand before them."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING

from datumpb.dataset import layout
from datumpb.dataset.datumaro_categories import pack_categories
from datumpb.dataset.datumaro_media import MEDIA_TYPES, common_number
from datumpb.dataset.derived import known_count
from datumpb.dataset.encryption import new_keys
from datumpb.dataset.json_values import holdable
from datumpb.dataset.output import OutputFolder
from datumpb.errors import InvalidItemError, OptionError
from datumpb.formats.datumaro_binary import container
from datumpb.formats.datumaro_binary.annotation import OLD_TYPES, TYPES
from datumpb.formats.datumaro_binary.fernet import Cipher
from datumpb.formats.datumaro_binary.packing import pack_item
from datumpb.formats.datumaro_binary.placing import Placing
from datumpb.formats.datumaro_binary.primitives import INT32_MAX
from datumpb.formats.datumaro_binary.reader import BinarySource
from datumpb.model.media import MEDIA_TYPES as KINDS

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.dataset.json_values import JsonMap
    from datumpb.dataset.losses import LossReport
    from datumpb.dataset.source import DatasetSource
    from datumpb.model.item import Item
    from datumpb.model.meta import Meta


def write_dataset(  # noqa: PLR0913 -- the options of the format
    source: DatasetSource,
    path: Path,
    export: Export,
    *,
    key: str | bytes | None,
    encryption: bool,
    no_media_encryption: bool,
    key_file: str | os.PathLike[str] | None,
) -> None:
    """Write a dataset; see `datumpb.formats.datumaro_binary.write`. The options fit together already."""
    if not export.save_media:
        _check_kept_media(source, path)
    with new_keys() as keys, OutputFolder(path, export) as output, ExitStack() as stack:
        output.replace_all(f"{layout.ANNOTATIONS}/*{layout.SUFFIX}")
        if encryption and key is None:
            key = keys.draw(output, key_file)
        cipher = Cipher(key if encryption else None)
        encrypt_media = encryption and bool(export.save_media) and not no_media_encryption
        placing = Placing(output.folder, cipher if encrypt_media else Cipher(None), export)
        (output.folder / layout.ANNOTATIONS).mkdir()
        writers = []
        for subset in source.subsets():
            target = layout.annotation_file(output.folder, subset)
            writer = SubsetWriter(target, source.meta(subset), cipher, placing, export.losses)
            stack.callback(writer.close)
            writers.append(writer)
            for item in export.progress(source.items(subset), known_count(source, subset), subset):
                writer.add(item)
        # All files have to agree, and to allow for what any of them has.
        kinds = {kind for writer in writers for kind in writer.kinds}
        number = common_number(kinds)
        for place, writer in enumerate(writers):
            writer.finish(number, media_encrypted=encrypt_media, first=not place)


def _check_kept_media(source: DatasetSource, path: Path) -> None:
    in_place = isinstance(source, BinarySource) and path.exists() and path.samefile(source.root)
    if isinstance(source, BinarySource) and in_place and source.media_encrypted():
        message = "images in this folder are encrypted: save media, too, or choose another folder"
        raise OptionError(message)


class SubsetWriter:
    """Writes the file of one subset: items are added, and the file appears at `finish`.

    Attributes:
        kinds: The kinds of media that were declared or seen.
    """

    def __init__(self, target: Path, meta: Meta, cipher: Cipher, placing: Placing, losses: LossReport) -> None:
        """Begin.

        Args:
            target: The file, in a folder that exists.
            meta: What holds for all items.
            cipher: Encrypts, where the file shall be.
            placing: Saves media.
            losses: Counts what the format cannot hold.
        """
        self._target = target
        self._meta = meta
        self._cipher = cipher
        # Encrypted files are for Datumaro 1.11: no later one reads them.
        self._types = OLD_TYPES if cipher else TYPES
        self._placing = placing
        self._losses = losses
        self._spool: IO[bytes] = tempfile.TemporaryFile(dir=target.parent)  # noqa: SIM115 -- see `close`
        self._sizes: list[int] = []
        self._items: list[bytes] = []
        self._pending = 0
        self.kinds = {meta.media_type}

    def close(self) -> None:
        """Remove what is temporary."""
        self._spool.close()

    def add(self, item: Item) -> None:
        """Add an item.

        Raises:
            InvalidItemError: A text is not Unicode, a mask is damaged, or the item is too large.
            MediaError: Two files need the same place, or a source file is not what its item says.
        """
        subset = self._meta.subset

        def lost(what: str) -> None:
            self._losses.add(what, f"{subset}: {item.id}")

        placed = self._placing.place(item, subset, lost)
        if placed.media is not None:
            self.kinds.add(KINDS[type(placed.media)])
        try:
            packed = pack_item(placed, subset, self._types, lost)
        except UnicodeEncodeError as error:
            message = f"item {item.id!r} of {subset!r}: a text has half of a surrogate pair"
            raise InvalidItemError(message) from error
        except InvalidItemError as error:
            message = f"item {item.id!r} of {subset!r}: {error}"
            raise InvalidItemError(message) from error
        self._items.append(packed)
        self._pending += len(packed)
        if self._pending > container.BLOB_SIZE:
            self._flush(item.id)

    def _flush(self, item_id: str) -> None:
        blob = self._cipher.seal(b"".join(self._items))
        if len(blob) > INT32_MAX:
            message = f"item {item_id!r} of {self._meta.subset!r}: too large for this format"
            raise InvalidItemError(message)
        self._spool.write(blob)
        self._sizes.append(len(blob))
        self._items.clear()
        self._pending = 0

    def finish(self, media_type: int, *, media_encrypted: bool, first: bool) -> None:
        """Write the file.

        Args:
            media_type: The number of the kind of media.
            media_encrypted: Whether images are encrypted.
            first: Whether it is the first subset; losses of categories, the same in all, are counted once.
        """
        if self._items:
            self._flush("")
        meta, losses = self._meta, self._losses
        if MEDIA_TYPES[media_type] is not meta.media_type:
            losses.add("kind of media of the dataset", f"{meta.subset}: {meta.media_type.name}")
        infos = holdable(meta.infos, lambda key: losses.add("info of the dataset", f"{meta.subset}: {key}"))
        categories = pack_categories(meta.categories, losses.add if first else _ignore)
        headers: list[JsonMap] = [infos, categories, {"media_type": media_type}]
        try:
            head = container.pack_head(self._cipher, headers, self._sizes, media_encrypted=media_encrypted)
        except UnicodeEncodeError as error:
            message = f"the categories of {meta.subset!r}: a text has half of a surrogate pair"
            raise InvalidItemError(message) from error
        with self._target.open("wb") as file:
            file.write(head)
            self._spool.seek(0)
            shutil.copyfileobj(self._spool, file)


def _ignore(what: str, where: str) -> None:
    """Count nothing."""
