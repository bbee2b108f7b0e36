"""From items to packed blocks: media put in their place, items encoded, blocks cut and compressed."""

from __future__ import annotations

import functools
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from datumpb.container.block_cutter import pack
from datumpb.container.item_encoder import EncodedItem
from datumpb.dataset.batches import in_batches
from datumpb.dataset.media_store import shares_media
from datumpb.dataset.overlap import overlapped
from datumpb.dataset.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from typing_extensions import Self

    from datumpb.container.block_cutter import Block, PackedBlock
    from datumpb.container.item_encoder import ItemEncoder
    from datumpb.dataset.losses import LossReport
    from datumpb.dataset.media_store import MediaStore
    from datumpb.dataset.source import SourcePart
    from datumpb.model.item import Item

_ITEMS_AHEAD = 64
_BLOCKS_AHEAD = 2  # for each worker


class Pipeline:
    """The steps, one after the other in this process, or several at a time. What comes out is the same.

    With more than one worker, items are encoded in worker processes, because that is Python at work, and where the
    source can be divided they are read there, too, and their media copied; blocks are compressed in threads, and so are
    other media copied, which needs no interpreter for most of it. A context manager.
    """

    def __init__(self, num_workers: int, begun: Workers | None = None) -> None:
        """Start what is needed.

        Args:
            num_workers: How many worker processes; 1: all is done in this process.
            begun: Worker processes that were started before; they end with the pipeline. None: there are none.

        Raises:
            OSError: A process cannot be started.
        """
        self._workers = begun
        with ExitStack() as started:
            if begun is not None or num_workers > 1:
                count = num_workers if begun is None else begun.count
                self._ahead = _BLOCKS_AHEAD * count
                self._placing, self._packing = ThreadPoolExecutor(1), ThreadPoolExecutor(count)
                for executor in (self._placing, self._packing):
                    started.callback(executor.shutdown, cancel_futures=True)
                self._workers = started.enter_context(Workers(count) if begun is None else begun)
            self._started = started.pop_all()

    def encoded(self, items: Iterable[Item], store: MediaStore, encode: ItemEncoder) -> Iterator[EncodedItem]:
        """Yield the items of a subset encoded.

        Args:
            items: The items; they are read in this process.
            store: Puts the media of items in their place, of one after the other, in this process.
            encode: Encodes an item.

        Raises:
            WorkerError: A worker ended.
            DatumpbError: An item cannot be held, or its media cannot be had.
            OSError: A media file cannot be written.
        """
        place = functools.partial(store.place, subset=encode.subset)
        if self._workers is None:
            return in_batches(encode.all, map(place, items))
        placed = overlapped(self._placing, place, items, _ITEMS_AHEAD)
        return self._workers.map_batches(encode.all, placed)

    def encoded_parts(
        self, parts: Iterable[SourcePart], store: MediaStore, encode: ItemEncoder
    ) -> Iterator[EncodedItem]:
        """Yield the items of parts encoded, as `encoded` does, but read, and their media put in their place, elsewhere.

        Args:
            parts: The parts.
            store: Puts the media in their place that items share, in this process.
            encode: Encodes an item.

        Raises:
            WorkerError: A worker ended.
            DatumpbError: An item cannot be read or held, or its media cannot be had.
            OSError: A file cannot be read or written.
        """
        if self._workers is None:
            yield from self.encoded((item for part in parts for item in part.items()), store, encode)
            return
        sent: deque[SourcePart] = deque()

        def noted() -> Iterator[SourcePart]:
            for part in parts:
                sent.append(part)
                yield part

        work = functools.partial(_encoded_elsewhere, store=store.elsewhere(), encode=encode)
        done = 0  # of the part
        for found in self._workers.map_batches(work, noted(), 1):
            if isinstance(found, EncodedItem):
                yield found
                done += 1
                continue
            store.losses.update(found.losses)
            part = sent.popleft()
            if not found.complete:
                place = functools.partial(store.place, subset=encode.subset)
                yield from in_batches(encode.all, map(place, islice(part.items(), done, None)))
            done = 0

    def packed(self, blocks: Iterable[Block]) -> Iterator[PackedBlock]:
        """Yield blocks compressed."""
        return map(pack, blocks) if self._workers is None else overlapped(self._packing, pack, blocks, self._ahead)

    def __enter__(self) -> Self:
        """Return the pipeline itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End everything that was started."""
        self._started.close()


class _End(NamedTuple):
    """What comes behind the encoded items of a part.

    Attributes:
        complete: Whether these are all. Else the next one shows what others may show, too, whose place only one process
            can tell.
        losses: What media could not be had.
    """

    complete: bool
    losses: LossReport


def _encoded_elsewhere(
    parts: Iterable[SourcePart], store: MediaStore, encode: ItemEncoder
) -> Iterator[EncodedItem | _End]:
    for part in parts:
        complete = True

        def own(part: SourcePart = part) -> Iterator[Item]:
            nonlocal complete
            for item in part.items():
                if shares_media(item):
                    complete = False
                    return
                yield store.place(item, encode.subset)

        yield from in_batches(encode.all, own())
        yield _End(complete, store.losses)
