"""Faults that need no attacker: bits, bytes and whole records that are lost, doubled or in the wrong place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.samples import flipped

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from tests.support.faults.targets import Target


def one_bit(chance: random.Random, target: Target) -> bytes:
    """Flip a bit."""
    return flipped(target.data, 8 * _spot(chance, target) + chance.randrange(8))


def some_bits(chance: random.Random, target: Target) -> bytes:
    """Flip up to 64 bits, anywhere or side by side."""
    data, spot, near = target.data, 8 * _spot(chance, target), chance.random() < 0.5
    for _ in range(chance.randint(2, 64)):
        bit = spot + chance.randrange(256) if near else chance.randrange(8 * len(data))
        data = flipped(data, min(bit, 8 * len(data) - 1))
    return data


def overwritten(chance: random.Random, target: Target) -> bytes:
    """Put zeros or noise in the place of up to 600 bytes."""
    spot, size = _spot(chance, target), chance.randint(1, 600)
    size = min(size, len(target.data) - spot)
    noise = bytes(size) if chance.random() < 0.5 else chance.randbytes(size)
    return target.data[:spot] + noise + target.data[spot + size :]


def truncated(chance: random.Random, target: Target) -> bytes:
    """Cut the file, half of the time where a record ends."""
    if chance.random() < 0.5:
        return target.data[: chance.randrange(len(target.data))]
    pieces = target.pieces(target.data)
    return b"".join(pieces[: chance.randrange(len(pieces))])


def bytes_lost(chance: random.Random, target: Target) -> bytes:
    """Take bytes out."""
    spot = _spot(chance, target)
    return target.data[:spot] + target.data[spot + chance.choice((1, 2, 8, 100)) :]


def bytes_added(chance: random.Random, target: Target) -> bytes:
    """Put bytes in or behind the file: noise, or bytes of the file again, up to all of them."""
    data, spot, size = target.data, _spot(chance, target), chance.choice((1, 2, 8, 100, len(target.data)))
    more = chance.randbytes(size) if chance.random() < 0.5 else data[-size:]
    return data + more if chance.random() < 0.3 else data[:spot] + more + data[spot:]


def dropped(chance: random.Random, target: Target) -> bytes:
    """Leave out up to three records."""
    pieces = target.pieces(target.data)
    for _ in range(chance.randint(1, 3)):
        del pieces[chance.randrange(len(pieces))]
    return b"".join(pieces)


def repeated(chance: random.Random, target: Target) -> bytes:
    """Put a record in again, half of the time behind itself."""
    pieces = target.pieces(target.data)
    place = chance.randrange(len(pieces))
    pieces.insert(place if chance.random() < 0.5 else chance.randrange(len(pieces) + 1), pieces[place])
    return b"".join(pieces)


def swapped(chance: random.Random, target: Target) -> bytes:
    """Let two records change places."""
    pieces = target.pieces(target.data)
    first, second = chance.sample(range(len(pieces)), 2)
    pieces[first], pieces[second] = pieces[second], pieces[first]
    return b"".join(pieces)


def spliced(chance: random.Random, target: Target) -> bytes:
    """Put records of another file in, or the rest of it; or cut this one's rest off behind its start."""
    pieces = target.pieces(target.data)
    others = target.pieces(chance.choice(target.others))
    place, size = chance.randrange(min(len(pieces), len(others))), chance.randint(1, 3)
    other_place = place if chance.random() < 0.7 else chance.randrange(len(others))
    how = chance.randrange(3)
    if how == 0:
        pieces[place : place + size] = others[other_place : other_place + size]
    elif how == 1:
        pieces[place:place] = others[other_place : other_place + size]
    else:
        pieces[max(place, 1) :] = others[max(place, 1) :]
    return b"".join(pieces)


def _spot(chance: random.Random, target: Target) -> int:
    """Choose a byte, of each record as often."""
    pieces = target.pieces(target.data)
    place = chance.randrange(len(pieces))
    return sum(map(len, pieces[:place])) + chance.randrange(len(pieces[place]))


ACCIDENTS: dict[str, Callable[[random.Random, Target], bytes]] = {
    "one bit flipped": one_bit,
    "up to 64 bits flipped": some_bits,
    "bytes overwritten": overwritten,
    "truncated": truncated,
    "bytes lost": bytes_lost,
    "bytes added": bytes_added,
    "records dropped": dropped,
    "record repeated": repeated,
    "records swapped": swapped,
    "records of another file": spliced,
}
