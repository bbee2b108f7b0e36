"""Rice codes: integers that are mostly small, in few bits each (schema: `coordinates.proto`).

Zstandard works on whole bytes and finds next to nothing in those of varints: Rice codes make a whole file of outlines
with two decimals 5 % smaller (docs/decisions/0004-rice-coded-outlines.md).

Source: R. F. Rice, "Some practical universal noiseless coding techniques", JPL Publication 79-22, 1979.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datumpb.errors import DamagedFileError

MAX_BITS = 54
END = 1 << (MAX_BITS + 1)
"""Below this are all numbers, made unsigned."""

MAX_COUNT = 1 << 22
_NARROW_END = 1 << 31
# Bytes of unary codes that are joined, and that are unpacked to a byte each bit at once.
_PIECE, _UNPACKED = 1 << 16, 1 << 12
_MAX_COPIED = 1 << 18
_NARROW_BITS = 32 - 7


@dataclass(slots=True)
class RiceCodes:
    """The codes of several messages, where they are among other bytes.

    Attributes:
        data: (B,) uint8; at least 8 bytes follow the last code.
        bits: (N,) int64, `rice_bits` of each message.
        low_starts: (N,) int64, where its `rice_low` begins.
        low_sizes: (N,) int64, how many bytes that has.
        high_starts: (N,) int64, where its `rice_high` begins.
        high_sizes: (N,) int64, how many bytes that has; 0: the message has no codes, whatever else it says.
    """

    data: np.ndarray
    bits: np.ndarray
    low_starts: np.ndarray
    low_sizes: np.ndarray
    high_starts: np.ndarray
    high_sizes: np.ndarray


class RiceDecoder:
    """Decodes the differences of several messages together, some of the messages at a time.

    Attributes:
        counts: (N,) int64, how many numbers each message has, with those that lead.
        starts: (N,) int64, which of all numbers is the first one of each message.
    """

    def __init__(self, codes: RiceCodes, leads: np.ndarray) -> None:
        """Read the quotients of all messages.

        Args:
            codes: The codes.
            leads: (N,) int64, for how many other numbers there has to be room before those of each message.

        Raises:
            DamagedFileError: The three of a message do not fit each other.
        """
        unary, bit_ends = _unary(codes, leads)
        # So many there can be if none of the messages has more than are allowed.
        most = MAX_COUNT + int(bit_ends[-1]) - 8 * int(codes.high_sizes.max())
        ones = _ones(unary, np.dtype(np.int32 if bit_ends[-1] < _NARROW_END else np.int64), most)
        bit_ends = bit_ends.astype(ones.dtype)
        ends = ones.searchsorted(bit_ends)
        self.counts, self.starts = ends.copy(), np.zeros_like(ends)
        self.starts[1:] = ends[:-1]
        self.counts -= self.starts
        coded = codes.high_sizes > 0
        _check_sizes(codes, self.counts - leads, coded)
        # From the places of ones to the zeros between them, which are the quotients.
        some = np.flatnonzero(self.counts)
        firsts = ones[self.starts[some]]
        firsts[some > 0] -= bit_ends[some[some > 0] - 1]
        firsts[leads[some] > 0] = 0  # not the zeros before those that lead: no number may be out of range for them
        self._quotients = np.empty_like(ones)
        np.subtract(ones[1:], ones[:-1], out=self._quotients[1:])
        self._quotients -= 1
        self._quotients[self.starts[some]] = firsts
        self._data = codes.data
        self._width = np.where(coded, codes.bits, 0)
        self._masks = (1 << self._width) - 1
        has_low = self._width > 0
        self._low_starts = np.where(has_low, codes.low_starts, len(codes.data))
        self._low_ends = np.where(has_low, codes.low_starts + codes.low_sizes, 0)
        # At which bit the remainder of number 0 would be, if it were one of the message.
        self._origins = 8 * codes.low_starts - (self.starts + leads) * self._width

    def differences(self, messages: slice) -> np.ndarray:
        """Return the differences of neighbouring messages, which have some.

        Returns:
            (M,) int32 where that holds them and int64 else; anything where there has to be room.

        Raises:
            DamagedFileError: A number is out of range.
        """
        counts, width = self.counts[messages], self._width[messages]
        start, end = int(self.starts[messages.start]), int(self.starts[messages.stop - 1] + counts[-1])
        quotients = self._quotients[start:end]
        most, largest = int(width.max()), int(quotients.max())
        # Which one may be out of range is asked only where the largest of all with the most bits of all would be.
        if largest >> (MAX_BITS + 1 - most):
            some = counts > 0
            tops = np.maximum.reduceat(quotients, (self.starts[messages] - start)[some])
            if (tops >> (MAX_BITS + 1 - width[some])).any():
                text = "a Rice-coded coordinate is out of range"
                raise DamagedFileError(text)
        first, last = int(self._low_starts[messages].min()), int(self._low_ends[messages].max())
        # In half of the memory, most steps take half of the time.
        narrow = most <= _NARROW_BITS and not largest >> (31 - most) and last - first < _MAX_COPIED
        unsigned, signed = (np.uint32, np.int32) if narrow else (np.uint64, np.int64)
        numbers: np.ndarray = quotients.astype(unsigned)
        if most:
            widths: np.ndarray = width.astype(unsigned).repeat(counts)
            numbers <<= widths
            # Each remainder is within the word from the byte in which it begins: its bits, and 7 before them.
            words = np.ndarray(last - first, f"<u{widths.itemsize}", self._data, first, (1,))
            place: np.ndarray = np.arange(widths.size, dtype=signed)
            place *= widths.view(signed)
            place += (self._origins[messages] + start * width - 8 * first).astype(signed).repeat(counts)
            index = (place >> 3).astype(np.intp, copy=False)
            # Those that lead are anywhere. `take` copies all words first, and is then three times as fast.
            remainders: np.ndarray = words.take(index, mode="clip") if narrow else words[index.clip(0, words.size - 1)]
            place &= 7
            remainders >>= place.view(unsigned)
            remainders &= self._masks[messages].astype(unsigned).repeat(counts)
            numbers |= remainders
        signs = numbers & 1
        numbers >>= 1
        np.negative(signs, out=signs)
        numbers ^= signs
        return numbers.view(signed)


def _unary(codes: RiceCodes, leads: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Join the unary codes, with a one bit before those of a message for each number that leads.

    Returns:
        The bytes, one or several (U,) uint8, and at which bit among all each message ends.
    """
    lead_sizes = (leads + 7) >> 3
    ends = (lead_sizes + codes.high_sizes).cumsum()
    targets = ends - codes.high_sizes
    # Zeros before the first one bit of those that lead: they end with a byte.
    led, lead = np.flatnonzero(lead_sizes), (0xFF << (-leads & 7)) & 0xFF
    total = int(codes.high_sizes.sum())
    if total > _PIECE:  # so much is one message, or nearly: nothing of it is copied
        unary = []
        for byte, size, start, end in zip(
            lead.tolist(),
            lead_sizes.tolist(),
            codes.high_starts.tolist(),
            (codes.high_starts + codes.high_sizes).tolist(),
            strict=True,
        ):
            unary += [np.array([byte, *[0xFF] * (size - 1)][:size], np.uint8), codes.data[start:end]]
    else:
        joined = np.full(int(ends[-1]), 0xFF, np.uint8)
        joined[(targets - lead_sizes)[led]] = lead[led]
        before = codes.high_sizes.cumsum() - codes.high_sizes
        places = np.arange(total)
        found = codes.data[places + (codes.high_starts - before).repeat(codes.high_sizes)]
        places += (targets - before).repeat(codes.high_sizes)
        joined[places] = found
        unary = [joined]
    ends *= 8
    return unary, ends


def _ones(unary: list[np.ndarray], kind: np.dtype, most: int) -> np.ndarray:
    """Return where the bits are that are 1, (N,) `kind`, until there are more than `most`."""
    found, count, before = [np.zeros(0, kind)], 0, 0
    for part in unary:
        for start in range(0, len(part), _UNPACKED):
            bits = np.unpackbits(part[start : start + _UNPACKED], bitorder="little")
            found.append(bits.view(bool).nonzero()[0].astype(kind))
            found[-1] += before
            before += bits.size
            count += found[-1].size
            if count > most:
                return np.concatenate(found)
    return np.concatenate(found)


def _check_sizes(codes: RiceCodes, counts: np.ndarray, coded: np.ndarray) -> None:
    fits = (codes.bits <= MAX_BITS) & (counts > 0) & (counts <= MAX_COUNT)
    fits &= codes.low_sizes == (counts * codes.bits + 7) // 8
    fits |= ~coded
    if not fits.all():
        bad = int(fits.argmin())
        text = f"Rice-coded coordinates are malformed: {counts[bad]} numbers, "
        text += f"{codes.bits[bad]} bits each, in {codes.low_sizes[bad]} bytes"
        raise DamagedFileError(text)
