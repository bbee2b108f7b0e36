"""IdSet: which ids there were, in some 20 bytes of memory each, however long they are."""

from __future__ import annotations

from datumpb.container.keyed_hash import KeyedHash

_SIZE = 12  # of a hash, in bytes: of 2^32 ids, two have the same one with a probability of 2^-33
_TABLES = 256  # each grows by itself, so that little is there twice while one does
_FIRST_SLOTS = 4
_EMPTY = bytes(_SIZE)


class IdSet:
    """Ids, of which only keyed hashes are kept, which nobody can foresee and make agree."""

    def __init__(self) -> None:
        """Begin with none."""
        self._hash = KeyedHash(_SIZE)
        self._tables = [bytearray(_FIRST_SLOTS * _SIZE) for _ in range(_TABLES)]
        self._counts = [0] * _TABLES
        self._count = 0

    def __len__(self) -> int:
        """Return how many ids there are."""
        return self._count

    def add(self, item_id: str) -> bool:
        """Add an id; tell whether it is a new one."""
        digest = self._hash(item_id)
        number = digest[0]
        if not _put(self._tables[number], digest):
            return False
        self._count += 1
        self._counts[number] += 1
        slots = len(self._tables[number]) // _SIZE
        if 4 * self._counts[number] > 3 * slots:
            self._tables[number] = _grown(self._tables[number], slots + slots // 2)
        return True


def _put(table: bytearray, digest: bytes) -> bool:
    """Put a hash into the first free slot from its own one on, unless it is there."""
    at = int.from_bytes(digest[1:8], "little") % (len(table) // _SIZE) * _SIZE
    while True:
        held = table[at : at + _SIZE]
        if held == digest:
            return False
        if held == _EMPTY:
            table[at : at + _SIZE] = digest
            return True
        at = (at + _SIZE) % len(table)


def _grown(table: bytearray, slots: int) -> bytearray:
    grown = bytearray(slots * _SIZE)
    for at in range(0, len(table), _SIZE):
        digest = bytes(table[at : at + _SIZE])
        if digest != _EMPTY:
            _put(grown, digest)
    return grown
