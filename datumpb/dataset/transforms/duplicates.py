"""Ids that several parts of a new subset have: an error, a new id, or the later item is left out."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from datumpb.errors import DuplicateItemError, OptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

Part: TypeAlias = "tuple[str, Callable[[], Iterable[str]]]"
"""The name of a part, and how to get the ids of its items, each time anew."""


class OnDuplicate(enum.Enum):
    """What becomes of an item whose id an earlier part of the subset has, too."""

    ERROR = "error"
    RENAME = "rename"
    FIRST = "first"


def parse_on_duplicate(text: str, *allowed: OnDuplicate) -> OnDuplicate:
    """Return what a text stands for.

    Raises:
        OptionError: It is none of those allowed.
    """
    for one in allowed:
        if text == one.value:
            return one
    message = f"on_duplicate has to be {' or '.join(repr(one.value) for one in allowed)}, not {text!r}"
    raise OptionError(message)


def hash_id(item_id: str, salt: str = "") -> int:
    """Return a number of 64 bits that tells ids apart, but for one pair in 2^64; the same on every machine."""
    digest = blake2b(f"{salt}{item_id}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


@dataclass(slots=True)
class Settled:
    """What becomes of the items of a subset whose ids several parts have.

    Attributes:
        fates: For each part, its ids that an earlier part has, too, and the new id of each, which no item has; None:
            the item is left out.
        origins: For each new id, the place of the part, and the old id.
    """

    fates: list[dict[str, str | None]]
    origins: dict[str, tuple[int, str]] = field(default_factory=dict)

    def candidates(self, item_id: str) -> list[tuple[int, str]]:
        """Return which parts may have the item that has an id now: the place of each, and the id that it has there."""
        if item_id in self.origins:
            return [self.origins[item_id]]
        return [(place, item_id) for place, fates in enumerate(self.fates) if item_id not in fates]


def settle_duplicates(parts: Sequence[Part], subset: str, on_duplicate: OnDuplicate) -> Settled:
    """Find the ids that several parts have. The parts are gone through once, and again only where there may be some.

    Memory: up to 30 bytes for each item while it lasts, and what is returned.

    Args:
        parts: The parts, the first one first.
        subset: The subset that they become, for the error.
        on_duplicate: What becomes of the later item.

    Raises:
        DuplicateItemError: There is such an id, and that was to be an error.
    """
    settled = Settled([{} for _ in parts])
    taken = np.concatenate([np.unique(np.fromiter(map(hash_id, ids()), np.uint64)) for _, ids in parts])
    taken.sort()
    shared = set(taken[1:][taken[1:] == taken[:-1]].tolist())
    owners: dict[str, str] = {}
    for place, (name, ids) in enumerate(parts if shared else ()):
        own = dict.fromkeys(item_id for item_id in ids() if hash_id(item_id) in shared)
        for item_id in own:
            if item_id not in owners:
                continue
            if on_duplicate is OnDuplicate.ERROR:
                message = f"subset {subset!r}: item {item_id!r} is both in {owners[item_id]!r} and in {name!r}"
                raise DuplicateItemError(message)
            new_id = None if on_duplicate is OnDuplicate.FIRST else _free_id(item_id, taken, settled.origins)
            settled.fates[place][item_id] = new_id
            if new_id is not None:
                settled.origins[new_id] = place, item_id
        owners = {**dict.fromkeys(own, name), **owners}
    return settled


def _free_id(item_id: str, taken: np.ndarray, given: Container[str]) -> str:
    number = 2
    while (candidate := f"{item_id}-{number}") in given or _contains(taken, hash_id(candidate)):
        number += 1
    return candidate


def _contains(ordered: np.ndarray, value: int) -> bool:
    place = int(np.searchsorted(ordered, np.uint64(value)))
    return place < len(ordered) and int(ordered[place]) == value
