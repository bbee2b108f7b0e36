"""DatumWriter: items in, one annotation file out, with no more than a block of items in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.codec.meta import encode_meta
from datumpb.container.annotation_file import AnnotationFile
from datumpb.container.block_cutter import BlockCutter, pack
from datumpb.container.header import DEFAULT_MAX_RECORD_SIZE, READER_MAX_RECORD_SIZE
from datumpb.container.item_encoder import ItemEncoder
from datumpb.errors import ClosedError, InvalidItemError
from datumpb.model.categories import Categories
from datumpb.model.item import DEFAULT_SUBSET
from datumpb.model.media import MediaType
from datumpb.model.meta import Meta

if TYPE_CHECKING:
    import os
    from types import TracebackType

    from typing_extensions import Self

    from datumpb.container.block_cutter import Block
    from datumpb.container.sink import Sink
    from datumpb.model.item import Item
    from datumpb.model.values import Value


class DatumWriter:
    """Writes the items of one subset to a `.datum` file.

    Forward only, one block of items in memory; a file appears at its path complete or not at all. Use it as a context
    manager: leaving the block finishes the file, an exception inside of it leaves no file.

        with DatumWriter("train.datum", subset="train", categories=categories) as writer:
            writer.write(item)
    """

    def __init__(  # noqa: PLR0913 -- what a subset consists of, all but the first by name
        self,
        target: str | os.PathLike[str] | Sink,
        *,
        subset: str = DEFAULT_SUBSET,
        categories: Categories | None = None,
        infos: dict[str, Value] | None = None,
        media_type: MediaType = MediaType.IMAGE,
        key: str | bytes | None = None,
        max_record_size: int = DEFAULT_MAX_RECORD_SIZE,
    ) -> None:
        """Start a file.

        Args:
            target: The file's path, or anything with a `write` that takes bytes, such as a pipe.
            subset: The subset's name; not empty.
            categories: What the numbers in annotations mean. With label categories, every label has to be one of them.
            infos: Anything about the subset.
            media_type: The kind of media that items have.
            key: The text of the key to encrypt with; None: the file is not encrypted.
            max_record_size: The largest record and body in bytes, from its default to 2^28; bounds what a single item
                may take.

        Raises:
            InvalidKeyError: The key is not one.
            InvalidItemError: The subset's name, infos or categories cannot be held, or the record size is out of range.
            OSError: The file cannot be created.
        """
        if not DEFAULT_MAX_RECORD_SIZE <= max_record_size <= READER_MAX_RECORD_SIZE:
            message = f"max_record_size is from {DEFAULT_MAX_RECORD_SIZE} to {READER_MAX_RECORD_SIZE}"
            raise InvalidItemError(message)
        categories = Categories() if categories is None else categories
        meta = encode_meta(Meta(subset, {} if infos is None else infos, categories, media_type))
        self._open = True
        self._failed = False
        self._file = AnnotationFile(target, meta, key, max_record_size)
        self._encode = ItemEncoder(subset, categories, self._file.max_body_size)
        self._cutter = BlockCutter(subset)

    def write(self, item: Item) -> None:
        """Append an item.

        Args:
            item: The item; its subset has to be the file's, or the default one.

        Raises:
            InvalidItemError: The item cannot be held: out of some range, of another subset, or too large.
            DuplicateItemError: An item with this id was written before.
            ClosedError: The file is finished.
            OSError: The disk is full, or the file cannot be written to.
        """
        if not self._open:
            raise self._closed()
        block = self._cutter.add(self._encode(item))
        if block is not None:
            self._write_block(block)

    def close(self) -> None:
        """Finish the file and put it in its place; closing again does nothing.

        Raises:
            OSError: The disk is full, or the file cannot be written to; no file is left then.
            ClosedError: An earlier write failed: there is no file.
        """
        if self._failed:
            raise self._closed()
        if not self._open:
            return
        try:
            block = self._cutter.rest()
            if block is not None:
                self._write_block(block)
            self._file.close()
        except BaseException:
            self._fail()
            raise
        self._open = False

    def abort(self) -> None:
        """Give up: no file is left. On a pipe, what was written stays without its end, and readers refuse it."""
        self._open = False
        self._file.abort()

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file, or give up where the block raised."""
        if kind is None:
            self.close()
        else:
            self.abort()

    def _fail(self) -> None:
        # What reached the disk is not known any more: nothing may follow, and the end of the block is no success.
        self._failed = True
        self.abort()

    def _closed(self) -> ClosedError:
        return ClosedError(
            "the writer gave up after an error: there is no file" if self._failed else "the writer is closed"
        )

    def _write_block(self, block: Block) -> None:
        try:
            self._file.write(pack(block))
        except BaseException:
            self._fail()
            raise
