"""The order of entries in a COCO file: given by a simple base order, and by the positions of the few that deviate.

The base is either the order of the items, or that of the annotations' ids in a few runs: COCO's own files are made of
some eleven runs of rising ids, and an image lies in one of them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

INT64_LIMIT = 1 << 63

_ABOVE_ALL = INT64_LIMIT - 1
_AT_ONCE = 1 << 18  # keys that take some 20 MB while the fewest are found
_LOOK_BACK = 8  # so many ids in a row may stand out within a run
_REMEMBERED = 1 << 10  # ids of a run, for several that stand out


def sort_id(value: object) -> int:
    """Return an entry's id as a sort key: 0 where it is no int64."""
    return value if type(value) is int and -INT64_LIMIT <= value < INT64_LIMIT else 0


def outliers(chunks: Callable[[], Iterable[np.ndarray]]) -> Iterator[np.ndarray]:
    """Tell which keys are the fewest without which the others rise strictly.

    In constant memory: where more than 2^18 keys in a row are out of order, it may be more than the fewest.

    Args:
        chunks: Returns the keys in their order, in pieces of some whole numbers from 0 to 2^63 - 2; each time anew.

    Yields:
        (N,) bool, of some keys in a row whether they are outliers; all keys in the end.
    """
    lows = [int(keys.min()) for keys in chunks()]
    lows_behind = [*accumulate([_ABOVE_ALL, *lows[:0:-1]], min)][::-1]
    rest, highest, floor = np.zeros(0, np.int64), -1, -1
    for number, chunk in enumerate(chunks()):
        keys = np.concatenate((rest, chunk), dtype=np.int64)
        # A key above all before and below all behind stays, and splits the others: most files are nearly in order.
        before = np.maximum.accumulate(np.concatenate(([highest], keys)))
        behind = np.minimum.accumulate(np.concatenate(([lows_behind[number]], keys[:0:-1])))[::-1]
        stays = (before[:-1] < keys) & (keys < behind)
        edges = np.flatnonzero(np.diff(np.concatenate(([True], stays, [True])).astype(np.int8))).tolist()
        end = len(keys)
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            if stop == end and number + 1 < len(lows) and stop - start < _AT_ONCE:
                end = start  # it may go on
                break
            free = np.flatnonzero(keys[start:stop] > floor) + start  # all, unless the stretch goes on from a piece
            if len(free):
                kept = free[_longest_rise(keys[free].tolist())]
                stays[kept] = True
                floor = int(keys[kept].max())
        yield ~stays[:end]
        rest, highest = keys[end:], int(before[end])


def _longest_rise(keys: list[int]) -> list[int]:
    """Return the places of a longest subsequence that rises strictly."""
    tails: list[int] = []
    places = array("q")
    previous = array("q")
    for place, key in enumerate(keys):
        length = bisect_left(tails, key)
        previous.append(places[length - 1] if length else -1)
        if length == len(tails):
            tails.append(key)
            places.append(place)
        else:
            tails[length] = key
            places[length] = place
    kept = []
    place = places[-1]
    while place >= 0:
        kept.append(place)
        place = previous[place]
    return kept


def runs(chunks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """Split ids into runs that rise, a few ids aside; yield the run that each lies in.

    Args:
        chunks: The ids in the file's order, in pieces.
    """
    rising: list[int] = []
    run = 0
    for ids in chunks:
        found = np.empty(len(ids), np.uint32)
        bounds = [0, *(np.flatnonzero(ids[1:] < ids[:-1]) + 1).tolist(), len(ids)]
        for start, stop in pairwise(bounds):
            stretch = ids[start:stop][-_REMEMBERED:].tolist()
            value = int(ids[start])
            if rising and value < rising[-1]:
                kept = next(
                    (back for back in range(len(rising), 0, -1)[: _LOOK_BACK + 1] if rising[back - 1] < value), None
                )
                if kept is None:
                    run += 1
                    rising = []
                else:
                    del rising[kept:]
            rising += stretch
            del rising[:-_REMEMBERED]
            found[start:stop] = run
        yield found


def arrange(base: np.ndarray, entries: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Put some entries at their positions, and the others between them in their base order: (N,) uint32.

    Args:
        base: (N,) uint32, all entries in their base order: numbers from 0 to N - 1.
        entries: (M,) uint32, those that have a position.
        positions: (M,) uint32, the position of each; those that are beyond the end come last.
    """
    free = len(base)
    slots = np.full(len(base), free, np.uint32)
    is_placed = positions < len(base)  # else entries were taken away or added since
    slots[positions[is_placed][::-1]] = entries[is_placed][::-1]  # of several, the last one that is written stays
    is_placed[is_placed] = slots[positions[is_placed]] == entries[is_placed]
    late = entries[~is_placed][np.argsort(positions[~is_placed], kind="stable")]
    has_position = np.zeros(len(base), bool)
    has_position[entries] = True
    slots[slots == free] = np.concatenate((base[~has_position[base]], late))
    return slots
