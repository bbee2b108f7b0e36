"""Files to refuse: records missing, repeated, swapped, out of place, or taken from another file."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from conformance.make.case import ALL, VERIFY, Case, invalid, with_key
from conformance.make.entries import some
from conformance.make.forge import BLOCK, INDEX, MEDIA, Envelope, Forge, kind_name, trailer
from datumpb import messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BLOCKS = [some(2), some(2, 2), some(1, 4)]
_FIRST = "first.txt"


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for end, key in (("", None), ("-encrypted", _FIRST)):
        yield from _moved(end, key)
    yield from _out_of_place()
    yield from _foreign()
    yield from _numbers()


def _moved(end: str, key: str | None) -> Iterator[Case]:
    """Move whole records, each as it was written."""
    forge = Forge(_BLOCKS, key=key)
    forge.make()
    records = forge.records
    for name, note, moved in (
        ("swapped-blocks", "two blocks swapped", [*records[:3], records[4], records[3], *records[5:]]),
        ("dropped-block", "a block dropped", [*records[:4], *records[5:]]),
        ("dropped-last-block", "the last block dropped", [*records[:5], *records[6:]]),
        ("repeated-block", "a block repeated", [*records[:5], records[4], *records[5:]]),
        ("replaced-block", "a block in the place of another", [*records[:4], records[3], *records[5:]]),
        ("dropped-meta", "META dropped", [*records[:2], *records[3:]]),
        ("repeated-meta", "META repeated", [*records[:3], records[2], *records[3:]]),
        ("dropped-index", "INDEX dropped", [*records[:6], *records[7:]]),
        ("repeated-index", "INDEX repeated", [*records[:7], *records[6:]]),
        ("repeated-footer", "FOOTER repeated", [*records, records[7]]),
    ):
        data = b"".join(moved)
        ended = data + trailer(forge.sync, len(data) - len(records[7]), len(records[7]))
        modes = VERIFY if name in {"repeated-footer", "repeated-index"} else ALL
        yield with_key(invalid(f"order-{name}{end}", note, ended, modes=modes), key)


def _out_of_place() -> Iterator[Case]:
    """Put in records that are right but for where they are."""
    for kind in range(1, 9):
        for behind, seq in (("meta", 3), ("block", 4), ("index", 7)):
            if (kind, behind) in {(BLOCK, "block"), (BLOCK, "meta"), (INDEX, "index")}:
                continue
            forge = Forge(_BLOCKS, strange=[(seq, kind, b"")])
            note = f"a record of kind {kind_name(kind)} behind {behind}"
            yield invalid(f"order-{kind_name(kind)}-behind-{behind}", note, forge, modes=VERIFY)
    unlisted = Forge(_BLOCKS, strange=[(4, BLOCK, b"\x0a\x03\x0a\x01x")])
    yield invalid("order-unlisted-block", "a block that INDEX does not list", unlisted, modes=VERIFY)
    yield invalid("order-no-index", "no INDEX", Forge(index_runs=[]), modes=VERIFY)
    listed = Forge(_BLOCKS, index_runs=[3, 0], footer=_forget_index)
    yield invalid("order-unlisted-index", "an INDEX that FOOTER does not list", listed, modes=VERIFY)
    media = Forge(_BLOCKS, strange=[(3, MEDIA, b"a piece of media")])
    yield invalid("order-piece-of-media", "a piece of media in an annotation file", media, modes=VERIFY)


def _forget_index(footer: messages.Footer) -> None:
    del footer.index[1]


def _foreign() -> Iterator[Case]:
    """Take records from a file that differs only in its META, or in its salt."""
    forge = Forge(_BLOCKS)
    forge.make()
    other = Forge(_BLOCKS, messages.Meta(subset="trail", media_type=2))  # type: ignore[arg-type]  # by its number
    other.make()
    for number, name in ((2, "meta"), (4, "block"), (6, "index"), (7, "footer")):
        assert len(other.records[number]) == len(forge.records[number])
        mixed = [*forge.records[:number], other.records[number], *forge.records[number + 1 :]]
        data = b"".join(mixed)
        data += trailer(forge.sync, len(data) - len(mixed[-1]), len(mixed[-1]))
        yield invalid(f"foreign-{name}", f"{name} of another file, whose sync bytes differ", data)
    meta = _sync_of(forge, other.records[2])
    mixed_data = b"".join([*forge.records[:2], meta, *forge.records[3:]])
    mixed_data += trailer(forge.sync, len(mixed_data) - len(forge.records[7]), len(forge.records[7]))
    note = "META of another file with the same sync bytes: only FOOTER's records_crc32 tells"
    yield invalid("foreign-meta-same-sync", note, mixed_data, modes=VERIFY)
    sealed, other_sealed = Forge(_BLOCKS, key=_FIRST), Forge(_BLOCKS, key=_FIRST, salt=bytes(32))
    sealed.make()
    other_sealed.make()
    for number, name in ((2, "meta"), (4, "block"), (6, "index"), (7, "footer")):
        taken = _sync_of(sealed, other_sealed.records[number])
        mixed = [*sealed.records[:number], taken, *sealed.records[number + 1 :]]
        data = b"".join(mixed) + trailer(sealed.sync, sum(map(len, mixed[:-1])), len(mixed[-1]))
        note = f"{name} of another file of the same key, with this one's sync bytes"
        error = ("Authentication", "DamagedFile") if name in {"block", "index"} else ("Authentication",)
        yield with_key(invalid(f"foreign-{name}-encrypted", note, data, *error), _FIRST)


def _sync_of(forge: Forge, record: bytes) -> bytes:
    """Give a record the sync bytes of a file; no checksum covers them."""
    at = record.index(b"\x09") + 1
    return record[:at] + forge.sync + record[at + 8 :]


def _numbers() -> Iterator[Case]:
    def numbered(seq: int) -> Callable[[Envelope], None]:
        return lambda envelope: setattr(envelope, "seq", seq)

    for number, name in ((1, "header"), (2, "meta"), (4, "block"), (6, "index"), (7, "footer")):
        for what, seq in (("less", number - 1), ("more", number + 1), ("largest", 2**64 - 1)):
            forge = Forge(_BLOCKS, before={number: numbered(seq)})
            yield invalid(f"seq-{what}-{name}", f"{name} has the number {seq}", forge)
    for name, wrong in (("0", 0), ("less", 6), ("more", 8), ("largest", 2**64 - 1)):
        forge = Forge(_BLOCKS, footer=_counting(wrong))
        yield invalid(f"record-count-{name}", f"FOOTER counts {wrong} records, there are 7", forge)
    forge = Forge(_BLOCKS, footer=_other_checksum)
    yield invalid("records-crc32", "FOOTER has another checksum of all records", forge, modes=VERIFY)
    forge = Forge(_BLOCKS, key=_FIRST, footer=_other_checksum)
    yield invalid("records-crc32-encrypted", "the same, encrypted", forge, modes=VERIFY)


def _counting(records: int) -> Callable[[messages.Footer], object]:
    return lambda footer: setattr(footer, "record_count", records)


def _other_checksum(footer: messages.Footer) -> None:
    footer.records_crc32 = zlib.crc32(footer.records_crc32.to_bytes(4, "little"))
