"""IdSet: which ids there were, in some 9 bytes of memory each, however long they are."""

from __future__ import annotations

from array import array
from bisect import bisect_left

from datumpb.container.keyed_hash import KeyedHash

# A hash is the number of its table, of which two bytes are drawn, and what stands there, rising. Of n ids, two have the
# same 76 bits with a probability of n^2 / 2^77: of 10^8 ids once in ten million times.
_TABLES, _TABLE_BYTES, _KEY_BYTES = 1 << 12, 2, 8


class IdSet:
    """Ids, of which only keyed hashes are kept, which nobody can foresee and make agree."""

    def __init__(self) -> None:
        """Begin with none."""
        self._hash = KeyedHash(_TABLE_BYTES + _KEY_BYTES)
        # Each is so short that to insert a hash takes no time, and grows by itself, so that little is there twice.
        self._tables = [array("Q") for _ in range(_TABLES)]
        self._count = 0

    def __len__(self) -> int:
        """Return how many ids there are."""
        return self._count

    def add(self, item_id: str) -> bool:
        """Add an id; tell whether it is a new one."""
        digest = self._hash(item_id)
        table = self._tables[int.from_bytes(digest[:_TABLE_BYTES], "little") % _TABLES]
        key = int.from_bytes(digest[_TABLE_BYTES:], "little")
        place = bisect_left(table, key)
        if place < len(table) and table[place] == key:
            return False
        table.insert(place, key)
        self._count += 1
        return True
