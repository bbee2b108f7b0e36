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

_MORE, _GROUP, _BITS = 0x80, 0x7F, 7
# The bits that say that a varint goes on, in each of eight bytes; and one bit in each.
_GOES_ON, _ONES = np.uint64(0x8080808080808080), np.uint64(0x0101010101010101)
# How groups of 7 bits become one number: every second one is moved to the one before it, three times.
_JOINTS = tuple(
    (np.uint64(kept), np.uint64(moved), np.uint64(shift))
    for kept, moved, shift in (
        (0x007F007F007F007F, 0x7F007F007F007F00, 1),
        (0x00003FFF00003FFF, 0x3FFF00003FFF0000, 2),
        (0x000000000FFFFFFF, 0x0FFFFFFF00000000, 4),
    )
)


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
        self._words = np.ndarray(len(data) - 7, "<u8", data, strides=(1,))
        self._places = starts.copy()
        self._ends = ends
        self.bad = np.zeros(len(starts), bool)

    def varints(self, tag: bytes) -> np.ndarray:
        """Read a number, where it comes next: (N,) int64, -1 where there is none.

        Args:
            tag: What the field begins with.
        """
        there = self._at(tag)
        if there.all():
            numbers, sizes, whole = _varints(self._words[self._places + len(tag)])
            self._places += sizes + len(tag)
            self.bad |= ~whole
            return numbers
        numbers = np.full(len(self._places), -1)
        some = np.flatnonzero(there)
        if some.size:
            numbers[some], sizes, whole = _varints(self._words[self._places[some] + len(tag)])
            self._places[some] += sizes + len(tag)
            self.bad[some] |= ~whole
        return numbers

    def spans(self, tag: bytes) -> tuple[np.ndarray, np.ndarray]:
        """Skip a field of bytes, where it comes next: (N,) int64, where its bytes begin, and how many; -1: none.

        Args:
            tag: What the field begins with.
        """
        sizes = self.varints(tag)
        starts = self._places.copy()
        self._places += sizes.clip(0)
        # Where a message is bad, what seems to be a size may be anything.
        np.minimum(self._places, self._ends, out=self._places)
        return starts, sizes

    def _at(self, expected: bytes) -> np.ndarray:
        there = self._places <= self._ends - len(expected)
        for place, byte in enumerate(expected):
            there &= self._data[self._places + place] == byte
        return there

    def finished(self) -> np.ndarray:
        """Tell of each message whether all of it was read: (N,) bool."""
        finished: np.ndarray = (self._places == self._ends) & ~self.bad
        return finished


def _varints(words: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read the varint at the start of each eight bytes, in which 56 bits are; longer ones are read the usual way.

    Args:
        words: (N,) uint64, the bytes.

    Returns:
        The numbers, (N,) int64; how many bytes each has, (N,) int64; whether that is all of it, (N,) bool.
    """
    last = ~words & _GOES_ON
    whole = last != 0
    last &= -last.view(np.int64).view(np.uint64)  # the lowest of those bits alone
    own = last - np.uint64(1)  # and all below it; all there are, where there is none
    numbers = words & own
    for kept, moved, shift in _JOINTS:
        numbers = (numbers & kept) | ((numbers & moved) >> shift)
    own &= _ONES
    own *= _ONES  # adds them up, in the highest byte
    own >>= np.uint64(56)
    return numbers.view(np.int64), own.view(np.int64), whole


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
