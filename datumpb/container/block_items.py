"""BlockItems: the items of an annotation file's blocks, as messages or decoded, in order or one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, TypeVar

from datumpb.codec.all_or_each import all_or_each
from datumpb.codec.blocks import item_id, parse_batch, parse_item, split_batch
from datumpb.codec.boxes import decode_boxes
from datumpb.codec.collector import paused_collector
from datumpb.codec.item_batch import ItemBatch
from datumpb.codec.items import decode_item
from datumpb.container.block_cache import BlockCache, CachedBlock
from datumpb.container.decoded_block import decode_block
from datumpb.container.file_piece import FilePiece
from datumpb.container.index import id_crc32
from datumpb.container.prefetch import prefetched, runs
from datumpb.errors import DamagedFileError, FileError
from datumpb.messages import RecordKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from datumpb.container.bytes_source import BytesSource
    from datumpb.container.file_reader import FileReader
    from datumpb.container.index import BlockTable
    from datumpb.messages import Item as ItemMessage
    from datumpb.model.item import Item
    from datumpb.model.item_boxes import ItemBoxes
    from datumpb.model.media import MediaSource

T = TypeVar("T")

# Items are decoded in batches of so many bytes, serialized: more would take memory, and no less time.
_BATCH_SIZE = 1 << 18


class BlockItems:
    """The items of a file; every error names the file and the block."""

    def __init__(
        self, file: FileReader, table: BlockTable, subset: str, media: MediaSource, cached_blocks: int
    ) -> None:
        """Name a file.

        Args:
            file: Its records.
            table: Its blocks.
            subset: The subset that the items belong to.
            media: Fetches the bytes of their media.
            cached_blocks: How many blocks of many outlines random access keeps; of others it keeps more.
        """
        self._file = file
        self._table = table
        self._subset = subset
        self._media = media
        self._cache = BlockCache(cached_blocks)

    def bodies(self) -> Iterator[tuple[int, bytes]]:
        """Yield the number and the body of every block in order; those behind a URL are read ahead.

        Raises:
            FileError: A block is damaged.
        """
        blocks = range(len(self._table))
        if self._file.source.ahead:
            for run in prefetched(self._read_run, runs(self._table.place(block)[:2] for block in blocks)):
                yield from run
        else:
            for block in blocks:
                yield block, self.body(block)

    def body(self, block: int, piece: BytesSource | None = None) -> bytes:
        """Return the body of a block, read from the file or from a piece of it.

        Raises:
            FileError: The block is damaged.
        """
        return self._file.read_listed(RecordKind.RECORD_KIND_BLOCK, *self._table.place(block), data=piece)

    def messages(self, block: int, body: bytes) -> Iterator[ItemMessage]:
        """Yield the messages of a block's items; each keeps the memory of all of them.

        Raises:
            FileError: The block is damaged.
        """
        try:
            items = parse_batch(body)
        except DamagedFileError:
            # One by one, up to the one that is damaged.
            for data in self._split(body, block):
                yield self._parse(data, block)
        else:
            self._check_count(len(items), block)
            yield from items

    def items(self, block: int, body: bytes, wanted: Callable[[str], bool] | None = None) -> Iterator[Item]:
        """Yield the items of a block.

        Args:
            block: Its number.
            body: Its body.
            wanted: Tells by an id whether the item is wanted; None: all are.

        Raises:
            FileError: The block is damaged; where others are wanted, an item is not looked at.
        """
        return self._decoded(
            block, self._wanted(block, body, wanted), self._batch_items, lambda data: self._item(parse_item(data))
        )

    def ids(self, block: int, body: bytes) -> Iterator[str]:
        """Yield the ids of a block's items, of which nothing else is looked at.

        Raises:
            FileError: The block is damaged.
        """
        for data in self._split(body, block):
            yield self._id(data, block)

    def boxes(self, block: int, body: bytes) -> Iterator[ItemBoxes]:
        """Yield the boxes of the objects of a block's items.

        Raises:
            FileError: The block is damaged.
        """
        return self._decoded(block, self._split(body, block), decode_boxes, lambda data: decode_boxes([data])[0])

    def message(self, index: int) -> ItemMessage:
        """Return the message of the item at an index.

        Raises:
            FileError: Its block is damaged.
        """
        number, block, place = self._cached(index)
        return self._listed(block.items[place], index, number)

    def id_at(self, index: int) -> str:
        """Return the id of the item at an index.

        Raises:
            FileError: Its block is damaged.
        """
        number, block, place = self._cached(index)
        return self._listed(block.items[place], index, number).id if block.decoded is None else block.decoded.ids[place]

    def item(self, index: int) -> Item:
        """Return the item at an index.

        Raises:
            FileError: Its block is damaged.
        """
        number, block, place = self._cached(index)
        if block.decoded is None and block.ask():
            self._decode_all(number, block)
        if block.decoded is not None:
            return block.decoded.item(place)
        message = self._listed(block.items[place], index, number)
        try:
            return self._item(message)
        except FileError as error:
            raise self._placed(error, number) from error

    def _decode_all(self, number: int, block: CachedBlock) -> None:
        """Decode all items of a cached block, unless that takes too much, or one of them cannot be handed out."""
        try:
            with paused_collector():
                decoded = decode_block(batches(block.items), self._subset, self._media)
        except FileError:
            return  # each is decoded alone, so that only those that are damaged raise this
        first, last = self._table.first_item[number : number + 2]
        if decoded is not None and list(map(id_crc32, decoded.ids)) == self._table.id_crc32[first:last].tolist():
            block.keep(decoded)
            self._cache.trim()

    def _batch_items(self, batch: Sequence[bytes]) -> list[Item]:
        return ItemBatch(batch, self._subset, self._media).items()

    def _item(self, message: ItemMessage) -> Item:
        return decode_item(message, self._subset, self._media)

    def _wanted(self, block: int, body: bytes, wanted: Callable[[str], bool] | None) -> Iterable[bytes]:
        items = self._split(body, block)
        return items if wanted is None else (data for data in items if wanted(self._id(data, block)))

    def _decoded(
        self,
        block: int,
        items: Iterable[bytes],
        together: Callable[[Sequence[bytes]], list[T]],
        alone: Callable[[bytes], T],
    ) -> Iterator[T]:
        for batch in batches(items):
            try:
                yield from all_or_each(batch, together, alone)
            except FileError as error:  # noqa: PERF203 -- a batch is a thousand times what this costs
                raise self._placed(error, block) from error

    def _cached(self, index: int) -> tuple[int, CachedBlock, int]:
        """Return the block that holds an item, by number and itself, and the item's place in it."""
        number = self._table.block_of(index)
        block = self._cache.get(number)
        if block is None:
            block = CachedBlock(self._split(self.body(number), number))
            self._cache.add(number, block)
        return number, block, index - self._table.first_item[number]

    def _read_run(self, blocks: list[int]) -> list[tuple[int, bytes]]:
        (start, *_), (last, size, *_) = map(self._table.place, (blocks[0], blocks[-1]))
        # One block alone may be larger than any limit allows, which is found out before it is read.
        piece = FilePiece(self._file.source, start, last + size - start) if len(blocks) > 1 else None
        return [(block, self.body(block, piece)) for block in blocks]

    def _split(self, body: bytes, block: int) -> list[bytes]:
        try:
            items = split_batch(body)
        except DamagedFileError as error:
            self._damaged(error.message, block, error)
        self._check_count(len(items), block)
        return items

    def _check_count(self, count: int, block: int) -> None:
        first_item = self._table.first_item
        if count != first_item[block + 1] - first_item[block]:
            self._damaged(f"the block holds {count} items, INDEX says otherwise", block)

    def _listed(self, data: bytes, index: int, block: int) -> ItemMessage:
        message = self._parse(data, block)
        if id_crc32(message.id) != self._table.id_crc32[index]:
            self._damaged(f"item {message.id!r} stands where INDEX lists another", block)
        return message

    def _parse(self, data: bytes, block: int) -> ItemMessage:
        try:
            return parse_item(data)
        except DamagedFileError as error:
            self._damaged(error.message, block, error)

    def _id(self, data: bytes, block: int) -> str:
        try:
            return item_id(data)
        except DamagedFileError as error:
            self._damaged(error.message, block, error)

    def _placed(self, error: FileError, block: int) -> FileError:
        return type(error)(error.message, self._file.source.path, self._table.place(block)[0])

    def _damaged(self, message: str, block: int, cause: Exception | None = None) -> NoReturn:
        raise DamagedFileError(message, self._file.source.path, self._table.place(block)[0]) from cause


def batches(items: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield items in lists that are worth decoding together, and not too much at once."""
    batch: list[bytes] = []
    size = 0
    for data in items:
        batch.append(data)
        size += len(data)
        if size >= _BATCH_SIZE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
