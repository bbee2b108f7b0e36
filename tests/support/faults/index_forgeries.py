"""INDEX and FOOTER of a plain file that say something else, with every checksum right."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from datumpb.messages import Footer, Index
from tests.support.faults.envelopes import body_of, ended, kind_of, parse, records_of, with_body

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from tests.support.faults.targets import Target

BIG = (0, 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1)


def forged_index(chance: random.Random, target: Target) -> bytes:
    """Change INDEX, and let FOOTER vouch for it."""
    records = records_of(target)
    place = list(map(kind_of, records)).index("INDEX")
    message, footer = parse(records[place]), Footer.FromString(body_of(parse(records[-1])))
    index = Index.FromString(body_of(message))
    chance.choice(_INDEX)(chance, index)
    if chance.random() < 0.5:
        footer.item_count = len(index.item_id_crc32)
    records[place] = with_body(message, index.SerializeToString(deterministic=True))
    entry = footer.index[0]
    entry.size, entry.crc32 = len(records[place]), parse(records[place]).crc32
    entry.block_count, entry.item_count = len(index.blocks), len(index.item_id_crc32)
    checksums = (struct.pack("<I", parse(record).crc32) for record in records[:-1])
    footer.records_crc32 = zlib.crc32(b"".join(checksums))
    records[-1] = with_body(parse(records[-1]), footer.SerializeToString(deterministic=True))
    return ended(records, target)


def forged_footer(chance: random.Random, target: Target) -> bytes:
    """Change FOOTER."""
    records = records_of(target)
    message = parse(records[-1])
    footer = Footer.FromString(body_of(message))
    chance.choice(_FOOTER if footer.index else _FOOTER[:1])(chance, footer)
    records[-1] = with_body(message, footer.SerializeToString(deterministic=True))
    return ended(records, target)


def _other(chance: random.Random, number: int, bits: int) -> int:
    return chance.choice((number - 1, number + 1, number + 37, *BIG)) % (1 << bits)


def _pair(chance: random.Random, index: Index) -> tuple[int, int]:
    first, second = sorted(chance.sample(range(len(index.blocks)), 2))
    return first, second


def _another_place(chance: random.Random, index: Index) -> None:
    """Let a block be at the place of another one."""
    first, second = _pair(chance, index)
    index.blocks[first].CopyFrom(index.blocks[second])


def _other_order(chance: random.Random, index: Index) -> None:
    first, second = _pair(chance, index)
    entry = type(index.blocks[first])()
    entry.CopyFrom(index.blocks[first])
    index.blocks[first].CopyFrom(index.blocks[second])
    index.blocks[second].CopyFrom(entry)


def _ids(index: Index, block: int) -> slice:
    start = sum(entry.item_count for entry in index.blocks[:block])
    return slice(start, start + index.blocks[block].item_count)


def _forgotten(chance: random.Random, index: Index) -> None:
    """Leave a block out, with its ids."""
    block = chance.randrange(len(index.blocks))
    del index.item_id_crc32[_ids(index, block)]
    del index.blocks[block]


def _listed_twice(chance: random.Random, index: Index) -> None:
    block = chance.randrange(len(index.blocks))
    index.item_id_crc32.extend(index.item_id_crc32[_ids(index, block)])
    index.blocks.add().CopyFrom(index.blocks[block])


def _shifted(chance: random.Random, index: Index) -> None:
    """Give one block an item of another."""
    first, second = _pair(chance, index)
    index.blocks[first].item_count += 1
    index.blocks[second].item_count -= 1


def _number(chance: random.Random, index: Index) -> None:
    entry = chance.choice(index.blocks)
    name = chance.choice(("offset", "size", "seq", "crc32", "item_count"))
    setattr(entry, name, _other(chance, getattr(entry, name), 32 if name in {"crc32", "item_count"} else 64))


def _ids_swapped(chance: random.Random, index: Index) -> None:
    first, second = chance.sample(range(len(index.item_id_crc32)), 2)
    ids = index.item_id_crc32
    ids[first], ids[second] = ids[second], ids[first]


def _footer_number(chance: random.Random, footer: Footer) -> None:
    name = chance.choice(("record_count", "records_crc32", "item_count", "media_size"))
    setattr(footer, name, _other(chance, getattr(footer, name), 32 if name == "records_crc32" else 64))


def _entry_number(chance: random.Random, footer: Footer) -> None:
    name = chance.choice(("offset", "size", "seq", "crc32", "block_count", "item_count"))
    entry = footer.index[0]
    setattr(entry, name, _other(chance, getattr(entry, name), 32 if name == "crc32" else 64))


def _entries(chance: random.Random, footer: Footer) -> None:
    if chance.random() < 0.5:
        del footer.index[:]
    else:
        footer.index.add().CopyFrom(footer.index[0])


def _statistics(chance: random.Random, footer: Footer) -> None:
    footer.statistics.annotation_count += chance.randint(1, 9)


_INDEX: list[Callable[[random.Random, Index], None]] = [
    _another_place,
    _other_order,
    _forgotten,
    _listed_twice,
    _shifted,
    _number,
    _ids_swapped,
]
_FOOTER: list[Callable[[random.Random, Footer], None]] = [_footer_number, _entry_number, _entries, _statistics]
