"""Faults that somebody makes on purpose who has no key: checksums, numbers and TRAILER fit, as far as that goes.

Whoever makes all checksums of a plain file anew can write anything. Here such files contradict themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.container.ends import trailer
from datumpb.container.varint import encode_varint
from datumpb.messages import Header
from tests.support.faults.envelopes import body_of, ended, kind_of, made, parse, records_of, with_body
from tests.support.faults.index_forgeries import BIG, forged_footer, forged_index
from tests.support.walker import varint

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from tests.support.faults.targets import Target


def _fit(data: bytes, seq: int, target: Target) -> bytes:
    message = parse(data)
    message.sync, message.seq = int.from_bytes(target.data[2:10], "little"), seq
    return made(message)


def other_record(chance: random.Random, target: Target) -> bytes:
    """Put in a record of another file, made to fit: in the place of one of its kind, or anywhere, or between others."""
    records, others = records_of(target), target.pieces(chance.choice(target.others))[1:-1]
    place = chance.randrange(1, len(records))
    kind = parse(records[place]).kind
    alike = [other for other in others if parse(other).kind == kind]
    other = chance.choice(alike if chance.random() < 0.8 else others)
    inserted = chance.random() < 0.3
    records[place : place + (not inserted)] = [other]
    last = len(records) if inserted else place + 1
    for seq in range(place, last):
        records[seq] = _fit(records[seq], seq, target)
    return ended(records, target)


def renumbered(chance: random.Random, target: Target) -> bytes:
    """Drop, repeat or swap records before FOOTER, and number all anew."""
    records = records_of(target)
    first, second = sorted(chance.sample(range(2, len(records) - 1), 2))
    how = chance.randrange(3)
    if how == 0:
        del records[first]
    elif how == 1:
        records.insert(second, records[first])
    else:
        records[first], records[second] = records[second], records[first]
    return ended([records[0], *(_fit(data, seq, target) for seq, data in enumerate(records[1:], 1))], target)


def length_prefix(chance: random.Random, target: Target) -> bytes:
    """Change what is said of a record's size: by a little, to the end of a later record, to a huge number; pad it."""
    records = target.pieces(target.data)
    place = chance.randrange(len(records))
    size, start = varint(records[place], 0)
    rest = records[place][start:]
    later = sum(map(len, records[place + 1 : chance.randint(place + 1, len(records))]))
    wrong = chance.choice((size - 1, size + 1, size // 2, size + later, *BIG, 1 << 28, 1 << 35))
    prefix = encode_varint(max(wrong, 0))
    if chance.random() < 0.2:
        prefix = encode_varint(size)
        prefix = prefix[:-1] + bytes((prefix[-1] | 0x80, 0))
    records[place] = prefix + rest
    return b"".join(records) if chance.random() < 0.5 else ended(records[:-1], target)


def envelope(chance: random.Random, target: Target) -> bytes:
    """Change a field of a record."""
    records = records_of(target)
    place = chance.randrange(1, len(records))
    message = parse(records[place])
    name = chance.choice(("kind", "codec", "raw_size", "seq", "nonce", "payload"))
    if name == "nonce":
        message.nonce = chance.choice((b"", chance.randbytes(12), chance.randbytes(5)))
    elif name == "payload":
        message.payload = _noise(chance, message.payload)
    elif name in {"kind", "codec"}:
        setattr(message, name, chance.choice((1, 2, 3, 4, 5, 6, 7, 8, 9, 200, 255)))
    else:
        number = getattr(message, name)
        setattr(message, name, chance.choice((max(number - 1, 0), number + 1, number + 100, *BIG)))
    records[place] = made(message)
    return ended(records, target)


def index(chance: random.Random, target: Target) -> bytes:
    """Let INDEX say something else; in a plain file FOOTER vouches for it."""
    if "INDEX" not in map(kind_of, records_of(target)):
        return target.data
    if target.key is not None:
        return _noise_in(chance, target, "INDEX")
    return forged_index(chance, target)


def footer(chance: random.Random, target: Target) -> bytes:
    """Let FOOTER say something else."""
    return _noise_in(chance, target, "FOOTER") if target.key else forged_footer(chance, target)


def file_end(chance: random.Random, target: Target) -> bytes:
    """Let TRAILER lead elsewhere: to another record, a little aside, or to the FOOTER of another file behind it."""
    records, sync = records_of(target), target.data[2:10]
    start = b"".join(records)
    how = chance.randrange(4)
    if how == 0:
        offset = sum(map(len, records[: chance.randrange(len(records) - 1)]))
        return start + trailer(sync, offset, len(start) - offset)
    if how == 1:
        offset = len(start) - len(records[-1]) + chance.choice((-100, -1, 1, 20))
        return start + trailer(sync, offset, max(len(start) - offset, 0))
    if how == 2:
        body = bytearray(trailer(sync, len(start) - len(records[-1]), len(records[-1])))
        at = chance.choice((22, 31, 40))
        body[at : at + 8] = chance.choice(BIG).to_bytes(8, "little")
        return start + bytes(body)
    other = chance.choice(target.others)
    last = _fit(target.pieces(other)[-2], len(records) + chance.randrange(2), target)
    return ended([*records, last], target) if chance.random() < 0.5 else target.data + other


def file_start(chance: random.Random, target: Target) -> bytes:
    """Let HEADER say something else: other limits, version, contents, features, encryption or none."""
    records = records_of(target)
    message = parse(records[1])
    other = parse(target.pieces(chance.choice(target.others))[1])
    header, its = Header.FromString(body_of(message)), Header.FromString(body_of(other))
    how = chance.randrange(9)
    if how == 0:
        header.max_record_size = chance.choice((0, 100, 10_000, 1 << 28, 1 << 40))
    elif how == 1:
        header.format_major = chance.choice((0, 2))
    elif how == 2:
        header.content = chance.choice((0, 1, 2, 3))  # type: ignore[assignment]  # by its number
    elif how == 3:
        header.required_features.append("a feature")
    elif how == 4:
        header.file_descriptor_set = chance.randbytes(20)
    elif how == 5:
        header.writer_name = "somebody else"
    elif how == 6:
        header.encryption.salt = chance.randbytes(32)
    elif how == 7:
        header.ClearField("encryption")
    else:
        header.CopyFrom(its)
    records[1] = with_body(message, header.SerializeToString(deterministic=True))
    return ended(records, target)


def _noise(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4) if changed else 0):
        changed[chance.randrange(len(changed))] ^= chance.randint(1, 255)
    return bytes(changed) if chance.random() < 0.8 else bytes(changed[:-1])


def _noise_in(chance: random.Random, target: Target, kind: str) -> bytes:
    records = records_of(target)
    place = list(map(kind_of, records)).index(kind)
    message = parse(records[place])
    message.payload = _noise(chance, message.payload)
    records[place] = made(message)
    return ended(records, target)


FORGERIES: dict[str, Callable[[random.Random, Target], bytes]] = {
    "record of another file, fitted": other_record,
    "records renumbered": renumbered,
    "length prefix forged": length_prefix,
    "envelope forged": envelope,
    "HEADER forged": file_start,
    "INDEX forged": index,
    "FOOTER forged": footer,
    "TRAILER forged": file_end,
}
