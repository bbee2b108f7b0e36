"""Item ids, eight bytes of memory each, to find those that stand twice."""

from __future__ import annotations

from array import array

import numpy as np

from datumpb.container.keyed_hash import KeyedHash

_HASH_SIZE = 8


class ItemIds:
    """The ids of a file's items in their order, as hashes that nobody can foresee and make agree."""

    def __init__(self) -> None:
        """Start with none."""
        self._hash = KeyedHash(_HASH_SIZE)
        self._hashes = array("Q")

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._hashes)

    def add(self, item_id: str) -> None:
        """Add the id of the next item."""
        self._hashes.append(int.from_bytes(self._hash(item_id), "little"))

    def candidates(self) -> list[int]:
        """Return the indexes, rising, of all items whose id another one may have: their hashes agree."""
        hashes = np.frombuffer(self._hashes, np.uint64) if self._hashes else np.zeros(0, np.uint64)
        ordered = np.sort(hashes)
        repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        return np.flatnonzero(np.isin(hashes, repeated)).tolist() if len(repeated) else []
