"""The order of entries in a COCO file: given by a simple base order, and by the positions of the few that deviate.

The base is either the order of the items, or that of the annotations' ids in a few runs: COCO's own files are made of
some eleven runs of rising ids, and an image lies in one of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Key = TypeVar("Key", int, tuple[int, int, int])

INT64_LIMIT = 1 << 63

_LOOK_BACK = 8  # so many ids in a row may stand out within a run


def sort_id(value: object) -> int:
    """Return an entry's id as a sort key: 0 where it is no int64."""
    return value if type(value) is int and -INT64_LIMIT <= value < INT64_LIMIT else 0


def outliers(keys: Sequence[Key]) -> set[int]:
    """Return the places of the fewest keys without which the others rise strictly."""
    if all(keys[place - 1] < keys[place] for place in range(1, len(keys))):
        return set()
    tails: list[Key] = []
    places: list[int] = []
    previous: list[int] = []
    for place, key in enumerate(keys):
        length = bisect_left(tails, key)
        previous.append(places[length - 1] if length else -1)
        if length == len(tails):
            tails.append(key)
            places.append(place)
        else:
            tails[length] = key
            places[length] = place
    kept = set()
    place = places[-1]
    while place >= 0:
        kept.add(place)
        place = previous[place]
    return set(range(len(keys))) - kept


def runs_of_images(ids: Sequence[int], images: Sequence[str]) -> dict[str, int]:
    """Split ids into runs that rise, a few ids aside; return the run of each image, where it is not the first.

    Args:
        ids: The id of each annotation, in the file's order.
        images: The image of each.
    """
    votes: defaultdict[str, Counter[int]] = defaultdict(Counter)
    rising: list[int] = []
    run = 0
    for value, image in zip(ids, images, strict=True):
        if rising and value < rising[-1]:
            kept = next(
                (back for back in range(len(rising), 0, -1)[: _LOOK_BACK + 1] if rising[back - 1] < value), None
            )
            if kept is None:
                run += 1
                rising = []
            else:
                del rising[kept:]
        rising.append(value)
        votes[image][run] += 1
    winners = {image: counter.most_common(1)[0][0] for image, counter in votes.items()}
    return {image: winner for image, winner in winners.items() if winner}


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
