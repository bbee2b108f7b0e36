"""Cursors: the same field read from many serialized messages at once (the wire of Protocol Buffers, by numpy).

Asking a parsed message for a field takes longer than decoding the field; so of the commonest messages, of which there
are millions, the fields are cut out of the bytes. The messages have been parsed, and are thus well-formed; and they
have to be in the order of field numbers, each field once: what is left over at the end of a message shows that it is
not, and that it has to be read the usual way.

Source: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import numpy as np

PADDING = bytes(16)
"""What has to follow the messages, so that no cursor has to ask whether it is at the end of the bytes."""

_MAX_BYTES = 8  # of a varint: 56 bits; longer ones are read the usual way
_MORE, _GROUP, _BITS = 0x80, 0x7F, 7


class Cursors:
    """A place in each of many messages, from which it goes on to the next field.

    Attributes:
        bad: Which of the messages have a number that is too long to be read here.
    """

    def __init__(self, data: bytes, starts: np.ndarray, ends: np.ndarray) -> None:
        """Begin.

        Args:
            data: The messages, and `PADDING` behind them.
            starts: (N,) int64, where each begins.
            ends: (N,) int64, where each ends.
        """
        self._data = np.frombuffer(data, np.uint8)
        self._places = starts.copy()
        self._ends = ends
        self.bad = np.zeros(len(starts), bool)

    def varints(self, tag: int) -> np.ndarray:
        """Read a number, where it comes next: (N,) int64, -1 where there is none.

        Args:
            tag: The byte that the field begins with.
        """
        numbers = np.full(len(self._places), -1)
        there = np.flatnonzero((self._data[self._places] == tag) & (self._places < self._ends))
        if not there.size:
            return numbers
        places = self._places[there] + 1
        found = np.zeros(len(there), np.int64)
        rest = np.arange(len(there))
        for group in range(_MAX_BYTES):
            if not rest.size:
                break
            codes = self._data[places[rest]].astype(np.int64)
            places[rest] += 1
            found[rest] |= (codes & _GROUP) << (_BITS * group)
            rest = rest[codes >= _MORE]
        self.bad[there[rest]] = True
        self._places[there] = places
        numbers[there] = found
        return numbers

    def spans(self, tag: int) -> tuple[np.ndarray, np.ndarray]:
        """Skip a field of bytes, where it comes next: (N,) int64, where its bytes begin, and how many; -1: none.

        Args:
            tag: The byte that the field begins with.
        """
        sizes = self.varints(tag)
        starts = self._places.copy()
        self._places += sizes.clip(0)
        # Where a message is bad, what seems to be a size may be anything.
        np.minimum(self._places, self._ends, out=self._places)
        return starts, sizes

    def finished(self) -> np.ndarray:
        """Tell of each message whether all of it was read: (N,) bool."""
        finished: np.ndarray = (self._places == self._ends) & ~self.bad
        return finished


def gathered(data: bytes, starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Join pieces of bytes to (N,) uint8."""
    moved = starts - (sizes.cumsum() - sizes)
    places = np.arange(int(sizes.sum())) + moved.repeat(sizes)
    joined: np.ndarray = np.frombuffer(data, np.uint8)[places]
    return joined


def packed_sint64(data: bytes, starts: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Read packed fields of sint64.

    Returns:
        All numbers, (N,) int64, and how many each field has.
    """
    codes = gathered(data, starts, sizes)
    last = codes < _MORE
    ends = np.flatnonzero(last)
    counts = np.diff(last.cumsum()[sizes.cumsum()[sizes > 0] - 1], prepend=0)
    all_counts = np.zeros(len(sizes), np.int64)
    all_counts[sizes > 0] = counts
    if not ends.size:
        return np.zeros(0, np.int64), all_counts
    firsts = np.zeros_like(ends)
    firsts[1:] = ends[:-1] + 1
    places = np.arange(codes.size) - firsts.repeat(np.diff(ends, prepend=-1))
    shifted = (codes & _GROUP).astype(np.uint64) << (places * _BITS).astype(np.uint64)
    unsigned = np.bitwise_or.reduceat(shifted, firsts)
    return (unsigned >> np.uint64(1)).astype(np.int64) ^ -(unsigned & np.uint64(1)).astype(np.int64), all_counts
