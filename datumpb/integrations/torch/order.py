"""The order in which an epoch is streamed, and how it is shared out: arithmetic on indices, nothing is read.

The runs of items that are read together (blocks) are put in a random order. The sequence of items that this makes is
cut into one stretch for each worker of each rank, equal in length but for one item. In its stretch, a worker mixes the
items of each window: as many runs, one after the other, as hold at least `buffer_size` items. So a window is what a
shuffle buffer would hold, but nothing has to be read to know the order, and an epoch can go on from anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datumpb.container.block_cache import CACHED_BLOCKS

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class EpochOrder:
    """The order of one epoch.

    Attributes:
        run_starts: (R + 1,) int64, rising: where each run of items begins; the last is the number of items.
        shuffle: Whether it is random; else the items come as they are numbered.
        seed: The same seed and epoch give the same order, on every machine.
        epoch: From 0.
        buffer_size: How many items are mixed, at least; but never more than `CACHED_BLOCKS` runs, which a reader keeps.
    """

    run_starts: np.ndarray
    shuffle: bool
    seed: int
    epoch: int
    buffer_size: int

    def indices(self, share: int, shares: int, skip: int = 0) -> Iterator[int]:
        """Yield the indices of the items of one share, in order.

        Args:
            share: Its number, from 0.
            shares: How many shares there are.
            skip: How many to leave out at the start.
        """
        first, last = stretch(int(self.run_starts[-1]), share, shares)
        for start, window in self._windows(first, last):
            if start + len(window) - first > skip:
                yield from self._mixed(start, window)[max(0, skip - (start - first)) :].tolist()

    def _windows(self, first: int, last: int) -> Iterator[tuple[int, np.ndarray]]:
        """Yield the items of the sequence from `first` to `last`, window by window, each with its place."""
        order = self._runs()
        sizes = np.diff(self.run_starts)[order]
        ends = np.cumsum(sizes)
        run, start = int(np.searchsorted(ends, first, "right")), first
        window: list[np.ndarray] = []
        size = 0
        while start + size < last:
            place = start + size
            begin = int(self.run_starts[order[run]] + place - (ends[run] - sizes[run]))
            end = begin + min(int(ends[run]), last) - place
            window.append(np.arange(begin, end))
            size += end - begin
            run += 1
            if size >= self.buffer_size or len(window) == CACHED_BLOCKS or start + size == last:
                yield start, np.concatenate(window)
                start, size, window = start + size, 0, []

    def _runs(self) -> np.ndarray:
        count = len(self.run_starts) - 1
        if not self.shuffle:
            return np.arange(count)
        return np.random.default_rng([self.seed, self.epoch]).permutation(count)

    def _mixed(self, start: int, window: np.ndarray) -> np.ndarray:
        if not self.shuffle:
            return window
        return np.random.default_rng([self.seed, self.epoch, start]).permutation(window)


def stretch(count: int, share: int, shares: int) -> tuple[int, int]:
    """Return where a share of a sequence begins and ends; all shares are all of it, equal in length but for one."""
    return share * count // shares, (share + 1) * count // shares
