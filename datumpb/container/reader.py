"""DatumReader: the items of an annotation file, in order or by index or id."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NoReturn

from google.protobuf.message import DecodeError

from datumpb.codec.meta import decode_meta
from datumpb.container.block_cache import CACHED_BLOCKS
from datumpb.container.block_items import BlockItems
from datumpb.container.file_reader import FileReader
from datumpb.container.index import BlockTable
from datumpb.container.item_access import ItemAccess
from datumpb.container.remote_media import media_folder
from datumpb.container.sources import open_source
from datumpb.errors import ClosedError, DamagedFileError
from datumpb.messages import ContentType, Index, Meta, RecordKind
from datumpb.storage.location import location

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

    import numpy as np

    from datumpb.messages import Footer, Header, Statistics
    from datumpb.messages import Item as ItemMessage
    from datumpb.model.item import Item
    from datumpb.model.item_boxes import ItemBoxes
    from datumpb.model.meta import Meta as ModelMeta
    from datumpb.storage.location import Location, RemotePath

ANNOTATIONS_FOLDER = "annotations"


class DatumReader(ItemAccess):
    """Reads a `.datum` file: a sequence of items that can be asked for by id, too.

    Nothing is read before it is needed, iteration takes constant memory, and a reader may be used by several threads,
    and in processes that were forked or to which it was pickled (its key is pickled with it).

        with DatumReader("annotations/train.datum", key=key) as reader:
            item = reader["000000000009"]
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | RemotePath,
        key: str | bytes | None = None,
        *,
        media_root: str | os.PathLike[str] | RemotePath | None = None,
        cached_blocks: int = CACHED_BLOCKS,
    ) -> None:
        """Name a file; it is opened when something is asked of it.

        Args:
            path: The file, or its URL.
            key: The text of its key; None: it is not encrypted.
            media_root: The folder that media paths are relative to. None: the dataset's, which is the parent of the
                file's folder where that is called `annotations`, else the file's folder.
            cached_blocks: How many blocks of many outlines random access keeps; of others it keeps more.
        """
        self._path = location(path)
        self._key = key
        self._media_root = location(media_root) if media_root is not None else dataset_root(self._path)
        self._cached_blocks = cached_blocks
        self._set_up()

    def _set_up(self) -> None:
        # No lock, which a fork could leave locked for ever: threads that race do the same work twice, and no harm.
        self._closed = False
        self._files: dict[Location, FileReader] = {}
        self._parsed_meta: Meta | None = None
        self._meta: ModelMeta | None = None
        self._table: BlockTable | None = None
        self._block_items: BlockItems | None = None
        self._media = media_folder(self._media_root, self._key)

    @property
    def path(self) -> Location:
        """The file."""
        return self._path

    @property
    def paths(self) -> list[Location]:
        """The file, as the only one of its subset."""
        return [self._path]

    @property
    def header(self) -> Header:
        """The body of HEADER, a message."""
        return self._records().head.header

    @property
    def encrypted(self) -> bool:
        """Whether the file is encrypted."""
        return self.header.HasField("encryption")

    @property
    def footer(self) -> Footer:
        """The body of FOOTER, a message."""
        return self._records().footer

    @property
    def meta_message(self) -> Meta:
        """The body of META, a message."""
        return self._meta_message()

    @property
    def statistics(self) -> Statistics:
        """How many annotations there are of each type and label, a message."""
        return self._records().footer.statistics

    @property
    def meta(self) -> ModelMeta:
        """What holds for all items: subset, infos, categories, kind of media."""
        message = self._meta_message()
        self._index()  # FOOTER vouches for META together with all else
        if self._meta is None:
            try:
                self._meta = decode_meta(message)
            except DamagedFileError as error:
                self._damaged(f"META: {error.message}", self._records().head.end, error)
        return self._meta

    @property
    def subset(self) -> str:
        """The name of the subset."""
        return self._meta_message().subset

    @property
    def block_starts(self) -> list[int]:
        """The index of each block's first item, and at the end the number of items: what is read together."""
        return list(self._index().first_item)

    def __len__(self) -> int:
        """Return how many items there are."""
        return self._index().item_count

    def __iter__(self) -> Iterator[Item]:
        """Iterate over all items in their order, in constant memory.

        Raises:
            FileError: The file is damaged.
        """
        for block, body in self._items().bodies():
            for item in self._items().items(block, body):
                self._check_open()
                yield item

    def block(self, number: int, wanted: Callable[[str], bool] | None = None) -> Iterator[Item]:
        """Iterate over the items of one block; `block_starts` says which they are.

        Args:
            number: The number of the block.
            wanted: Tells by an id whether the item is wanted; None: all are. Of others, nothing is decoded.

        Raises:
            FileError: The block is damaged.
        """
        items = self._items()
        return items.items(number, items.body(number), wanted)

    def block_ids(self, number: int) -> Iterator[str]:
        """Iterate over the ids of the items of one block; nothing else of them is decoded.

        Raises:
            FileError: The block is damaged.
        """
        items = self._items()
        return items.ids(number, items.body(number))

    def messages(self) -> Iterator[ItemMessage]:
        """Iterate over all items as Protocol Buffers messages. Who keeps one keeps the memory of its block's others.

        Raises:
            FileError: The file is damaged.
        """
        for block, body in self._items().bodies():
            yield from self._items().messages(block, body)

    def boxes(self) -> Iterator[ItemBoxes]:
        """Iterate over the boxes and labels of all items, as arrays; faster than over the items.

            for item in reader.boxes():
                item.xywh, item.labels  # (N, 4) float64, (N,) int64

        What an object is, and which box it has, stands at `ItemBoxes`. What boxes do not need, such as attributes, is
        not looked at, so damage in it is not found.

        Raises:
            FileError: The file is damaged, or a mask in it.
        """
        for block, body in self._items().bodies():
            yield from self._items().boxes(block, body)

    def __contains__(self, item_id: object) -> bool:
        """Tell whether there is an item of this id."""
        return isinstance(item_id, str) and self._find(item_id) is not None

    def may_have(self, item_id: str) -> bool:
        """Tell by INDEX alone whether there may be an item of this id."""
        return bool(self._index().candidates(item_id))

    @property
    def id_crc32(self) -> np.ndarray:
        """CRC-32 of the id of each item, in order: (N,) uint32."""
        return self._index().id_crc32

    def footer_digest(self) -> bytes:
        """Return SHA-256 of FOOTER, length prefix included, by which the next shard of a subset knows this one."""
        return self._records().footer_digest()

    def release(self) -> None:
        """Forget the file and its blocks, but not what it lists; it is opened again when something is asked of it."""
        self._files.clear()  # closed when no thread reads it any more
        self._block_items = None

    def close(self) -> None:
        """Close the file; closing again does nothing."""
        self._closed = True
        for file in self._files.values():
            file.source.close()
        self._block_items = None

    def __getstate__(self) -> dict[str, object]:
        """Return what another process needs to open the file again; that includes the key."""
        return {
            "_path": self._path,
            "_key": self._key,
            "_media_root": self._media_root,
            "_cached_blocks": self._cached_blocks,
        }

    def __repr__(self) -> str:
        """Name the file, not the key."""
        return f"DatumReader({str(self._path)!r})"

    def _item_at(self, index: int) -> Item:
        return self._items().item(index)

    def _item_of(self, item_id: str) -> Item | None:
        found = self._find(item_id)
        return None if found is None else self._items().item(found)

    def _holder(self) -> str:
        return "the file has"

    def _check_open(self) -> None:
        if self._closed:
            message = f"{self._path}: the reader is closed"
            raise ClosedError(message)

    def _records(self) -> FileReader:
        self._check_open()
        file = self._files.get(self._path)
        if file is not None:
            return file
        source = open_source(self._path)
        try:
            file = FileReader(source, self._key, ContentType.CONTENT_TYPE_ANNOTATIONS)
        except BaseException as error:
            if isinstance(error, DamagedFileError):
                source.check_unchanged()
            source.close()
            raise
        kept = self._files.setdefault(self._path, file)
        if kept is not file:
            source.close()
        return kept

    def _meta_message(self) -> Meta:
        # Reading an item needs the subset's name only: hundreds of categories are decoded when they are asked for.
        if self._closed or self._parsed_meta is None:
            file = self._records()
            try:
                message = Meta.FromString(file.meta())
            except DecodeError as error:
                self._damaged("META cannot be parsed", file.head.end, error)
            if not message.subset:
                self._damaged("META: the subset has no name", file.head.end)
            self._parsed_meta = message
        return self._parsed_meta

    def _index(self) -> BlockTable:
        if self._closed or self._table is None:
            file = self._records()
            table = BlockTable(self._index_bodies(file))
            if not table.item_count == len(table.id_crc32) == file.footer.item_count:
                self._damaged("INDEX and FOOTER count different numbers of items", file.footer_offset)
            indexes = ((entry.offset, entry.size, entry.seq, entry.crc32) for entry in file.footer.index)
            file.vouch(chain(map(table.place, range(len(table))), indexes))
            self._table = table
        return self._table

    def _index_bodies(self, file: FileReader) -> Iterator[Index]:
        # What is kept of INDEX is bounded by the size of the file, however well a hostile one is compressed.
        most, blocks, items = min(file.footer.item_count, file.source.size), 0, 0
        for entry in file.footer.index:
            place = entry.offset, entry.size, entry.seq, entry.crc32
            try:
                index = Index.FromString(file.read_listed(RecordKind.RECORD_KIND_INDEX, *place))
            except DecodeError as error:
                self._damaged("INDEX cannot be parsed", entry.offset, error)
            blocks += len(index.blocks)
            items += len(index.item_id_crc32)
            if max(blocks, items) > most:
                self._damaged("INDEX lists more blocks or items than the file can have", entry.offset)
            yield index

    def _items(self) -> BlockItems:
        index = self._index()
        if self._block_items is None:
            subset = self._meta_message().subset
            self._block_items = BlockItems(self._records(), index, subset, self._media, self._cached_blocks)
        return self._block_items

    def _find(self, item_id: str) -> int | None:
        items = self._items()
        return next((index for index in self._index().candidates(item_id) if items.id_at(index) == item_id), None)

    def _damaged(self, message: str, offset: int, cause: Exception | None = None) -> NoReturn:
        raise DamagedFileError(message, self._path, offset) from cause


def dataset_root(path: Location) -> Location:
    """Return the folder that the media paths of an annotation file are relative to."""
    folder = path.absolute().parent
    return folder.parent if folder.name == ANNOTATIONS_FOLDER else folder
