"""Sealing a file anew, with another key or none: the same records, their bodies neither parsed nor compressed again.

Only INDEX and FOOTER are made anew, as they say where the others are, and META of a shard, which says what is before
it. So nothing is lost that a later version wrote.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datumpb.codec.blocks import parse
from datumpb.container.atomic import AtomicFile
from datumpb.container.bytes_source import BytesSource
from datumpb.container.file_reader import FileReader
from datumpb.container.header import READER_MAX_RECORD_SIZE, read_head, set_key
from datumpb.container.record_writer import ENVELOPE_SIZE, Place, RecordStream
from datumpb.errors import DamagedFileError, InvalidItemError
from datumpb.messages import BlockEntry, Footer, Header, Index, IndexEntry, Meta, RecordKind

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable

    from datumpb.container.record import StoredRecord
    from datumpb.container.shard_place import ShardPlace
    from datumpb.container.sink import Sink

    Edit = Callable[[bytes], bytes]

_META, _BLOCK = RecordKind.RECORD_KIND_META, RecordKind.RECORD_KIND_BLOCK
_INDEX, _FOOTER = RecordKind.RECORD_KIND_INDEX, RecordKind.RECORD_KIND_FOOTER


@dataclass(frozen=True, slots=True)
class Seals:
    """The keys of a file, as texts; None: it is not encrypted.

    Attributes:
        old: That with which it can be read.
        new: That with which it is written.
    """

    old: str | None
    new: str | None

    def __repr__(self) -> str:
        """Show no key."""
        return "Seals()"


def reseal(
    path: str | os.PathLike[str],
    target: str | os.PathLike[str],
    seals: Seals,
    edit: Edit | None = None,
    place: ShardPlace | None = None,
) -> bytes:
    """Write a file again with another key, or none; it is compared with the old one before it is put in its place.

    Args:
        path: The file: annotations, or an encrypted media file.
        target: Where the new one is put; may be the same path.
        seals: The keys.
        edit: Returns the new body of a BLOCK for its old one, with as many items and the same ids, or the same object
            where it stays as it is. Called twice for each, it has to return the same. None: all bodies stay.
        place: Where among the shards of a subset the file is from now on; None: as before, or no shard.

    Returns:
        SHA-256 of the new FOOTER.

    Raises:
        FileError: The file is damaged, or needs a newer reader; or the new one is not what was written.
        KeyProblemError: The old key does not open it.
        InvalidItemError: A record gets larger than readers accept.
        OutputBusyError: Another writer is making the same file.
        OSError: The file cannot be written.
    """
    with BytesSource(path) as source:
        file = FileReader(source, seals.old, read_head(source).header.content)
        changes = _Changes(seals.new, edit, place)
        limit = file.head.header.max_record_size
        while True:
            header = Header()
            header.CopyFrom(file.head.header)
            header.max_record_size = limit
            try:
                with AtomicFile(target) as atomic:
                    shutil.copymode(path, atomic.partial)
                    _Copy(file, atomic.file, header, changes).run()
                    return _compare(file, atomic.partial, changes)
            except _LimitTooLowError as error:
                limit = error.needed


@dataclass(frozen=True, slots=True)
class _Changes:
    """What is new about a file.

    Attributes:
        key: Its key.
        edit: Returns the new bodies of blocks.
        place: Its place among shards.
    """

    key: str | None
    edit: Edit | None
    place: ShardPlace | None

    def meta(self, body: bytes) -> bytes:
        """Return the new body of META."""
        if self.place is None:
            return body
        return self.place.mark(parse(Meta, body)).SerializeToString(deterministic=True)

    def footer(self, footer: Footer) -> Footer:
        """Return FOOTER with what is new but for places."""
        changed = Footer()
        changed.CopyFrom(footer)
        if self.place is not None:
            changed.last_shard = self.place.last
        return changed


class _LimitTooLowError(Exception):
    """A record does not fit into a new file with the old one's limit."""

    def __init__(self, needed: int) -> None:
        super().__init__(needed)
        self.needed = needed


class _Copy:
    """The records of one file on their way into another."""

    def __init__(self, file: FileReader, sink: Sink, header: Header, changes: _Changes) -> None:
        self._file = file
        self._changes = changes
        self._limit = header.max_record_size
        file_key = set_key(header, changes.key)
        self._stream = RecordStream(sink, header, changes.meta(file.meta()), file_key)
        self._places: dict[int, tuple[Place, Place]] = {}

    def run(self) -> None:
        for record in self._file.records():
            kind = record.message.kind
            if kind == _FOOTER:
                footer = self._changes.footer(parse(Footer, self._file.body(record)))
                self._correct(footer.index, record)
                self._stream.finish(footer)
            elif kind == _INDEX:
                index = parse(Index, self._file.body(record))
                self._correct(index.blocks, record)
                self._keep(record, self._write(kind, index.SerializeToString(deterministic=True)))
            else:
                self._keep(record, self._write_edited(record))

    def _write_edited(self, record: StoredRecord) -> Place:
        edited = _edited(self._file, record, self._changes)
        return self._write_stored(record) if edited is None else self._write(record.message.kind, edited)

    def _write(self, kind: RecordKind, body: bytes) -> Place:
        self._check_limit(len(body) + ENVELOPE_SIZE)
        return self._stream.write(kind, body)

    def _write_stored(self, record: StoredRecord) -> Place:
        message = record.message
        payload = self._file.payload(record)
        self._check_limit(max(message.raw_size, len(payload) + ENVELOPE_SIZE))
        return self._stream.write_stored(message.kind, message.codec, message.raw_size, payload)

    def _check_limit(self, needed: int) -> None:
        if needed > READER_MAX_RECORD_SIZE:
            message = f"a record of up to {needed} bytes would be needed: readers accept {READER_MAX_RECORD_SIZE}"
            raise InvalidItemError(message)
        if needed > self._limit:
            raise _LimitTooLowError(needed)

    def _keep(self, record: StoredRecord, place: Place) -> None:
        if record.message.kind in (_BLOCK, _INDEX):
            self._places[place.seq] = _place(record), place

    def _correct(self, entries: Iterable[BlockEntry | IndexEntry], lister: StoredRecord) -> None:
        for entry in entries:
            old, new = self._places.get(entry.seq, (None, None))
            if new is None or _listed(entry) != old:
                message = f"{RecordKind.Name(lister.message.kind)[12:]} lists a record that is not there"
                raise DamagedFileError(message, self._file.source.path, lister.offset)
            entry.offset, entry.size, entry.crc32 = new.offset, new.size, new.crc32


def _place(record: StoredRecord) -> Place:
    return Place(record.offset, record.size, record.message.seq, record.message.crc32)


def _listed(entry: BlockEntry | IndexEntry) -> Place:
    return Place(entry.offset, entry.size, entry.seq, entry.crc32)


def _edited(file: FileReader, record: StoredRecord, changes: _Changes) -> bytes | None:
    """Return the new body of META or a block; None where it stays as it is stored."""
    kind = record.message.kind
    change: Edit | None = None
    if kind == _META and changes.place is not None:
        change = changes.meta
    elif kind == _BLOCK:
        change = changes.edit
    if change is None:
        return None
    body = file.body(record)
    edited = change(body)
    return None if edited is body else edited


def _compare(old: FileReader, path: os.PathLike[str], changes: _Changes) -> bytes:
    """Read the new file as anybody will, compare it with the old one record by record, and return SHA-256 of FOOTER."""
    with BytesSource(path) as source:
        new = FileReader(source, changes.key, old.head.header.content)
        walked: set[Place] = set()
        footers = changes.footer(old.footer), new.footer
        counts = [_without_places(footer).SerializeToString(deterministic=True) for footer in footers]
        same = counts[0] == counts[1]
        # Footers that agree count the same number of records.
        for before, after in zip(old.records(), new.records(), strict=True) if same else ():
            same = before.message.kind == after.message.kind and _same(old, before, new, after, changes, walked)
            walked.add(_place(after))
            if not same:
                break
        if not same:
            message = "the new file does not say what was written; the old one is untouched"
            raise DamagedFileError(message, path)
        return new.footer_digest()


def _same(  # noqa: PLR0913, PLR0917 -- two files and what is known of them
    old: FileReader,
    before: StoredRecord,
    new: FileReader,
    after: StoredRecord,
    changes: _Changes,
    walked: set[Place],
) -> bool:
    kind = before.message.kind
    if kind == _FOOTER:
        return walked.issuperset(map(_listed, new.footer.index))
    if kind == _INDEX:
        indexes = [parse(Index, file.body(record)) for file, record in ((old, before), (new, after))]
        same = _without_places(indexes[0]) == _without_places(indexes[1])
        return same and walked.issuperset(map(_listed, indexes[1].blocks))
    edited = _edited(old, before, changes)
    if edited is not None:
        return edited == new.body(after)
    stored = before.message.codec, before.message.raw_size, old.payload(before)
    return stored == (after.message.codec, after.message.raw_size, new.payload(after))


def _without_places(message: Index | Footer) -> Index | Footer:
    plain = type(message).FromString(message.SerializeToString())
    for entry in plain.blocks if isinstance(plain, Index) else plain.index:
        entry.offset = entry.size = entry.crc32 = 0
    if isinstance(plain, Footer):
        plain.records_crc32 = 0
    return plain
