"""The place of a file among the shards of a subset."""

from __future__ import annotations

from dataclasses import dataclass

from datumpb.messages import Meta


@dataclass(frozen=True, slots=True)
class ShardPlace:
    """The place of a file among the shards of a subset.

    Attributes:
        index: Its number, from 0.
        previous: SHA-256 of FOOTER of the shard before; empty for the first.
        last: Whether it is the last one; while a shard is begun, nobody knows yet.
    """

    index: int
    previous: bytes
    last: bool = False

    def mark(self, meta: Meta) -> Meta:
        """Return META of a subset as that of this shard."""
        marked = Meta()
        marked.CopyFrom(meta)
        marked.shard.SetInParent()
        marked.shard.index, marked.shard.previous = self.index, self.previous
        return marked
