"""The order of entries in a COCO file: given by a simple base order, and by the positions of the few that deviate.

The base is either the order of the items, or that of the annotations' ids in a few runs: COCO's own files are made of
some eleven runs of rising ids, and an image lies in one of them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

INT64_LIMIT = 1 << 63

_LOOK_BACK = 8  # so many ids in a row may stand out within a run
_REMEMBERED = 1 << 10  # ids of a run, for several that stand out


def sort_id(value: object) -> int:
    """Return an entry's id as a sort key: 0 where it is no int64."""
    return value if type(value) is int and -INT64_LIMIT <= value < INT64_LIMIT else 0


def outliers(keys: np.ndarray) -> np.ndarray:
    """Return the places of the fewest keys without which the others rise strictly.

    Args:
        keys: (N,) of whole numbers.
    """
    if len(keys) < 2 or (keys[1:] > keys[:-1]).all():  # noqa: PLR2004 -- one rises
        return np.zeros(0, np.int64)
    # A key above all before and below all behind stays, and splits the others: most files are nearly in order.
    before, behind = np.maximum.accumulate(keys), np.minimum.accumulate(keys[::-1])[::-1]
    stays = np.ones(len(keys), bool)
    stays[1:] &= before[:-1] < keys[1:]
    stays[:-1] &= keys[:-1] < behind[1:]
    edges = np.flatnonzero(np.diff(np.concatenate(([True], stays, [True])).astype(np.int8)))
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        stays[start:stop][_longest_rise(keys[start:stop].tolist())] = True
    return np.flatnonzero(~stays)


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


def arrange(base: Sequence[int], positions: Mapping[int, int]) -> list[int]:
    """Put entries at their positions, and the others between them in their base order.

    Args:
        base: All entries, in their base order.
        positions: The position of each entry that has one.
    """
    slots: list[int | None] = [None] * len(base)
    late = []
    for entry, position in sorted(positions.items(), key=lambda pair: pair[1]):
        if 0 <= position < len(slots) and slots[position] is None:
            slots[position] = entry
        else:  # entries were taken away or added since
            late.append(entry)
    others = iter([*(entry for entry in base if entry not in positions), *late])
    return [next(others) if slot is None else slot for slot in slots]
