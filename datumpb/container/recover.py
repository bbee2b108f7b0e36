"""Recovery: a sound file made of everything that is provably intact in a damaged one."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.codec.blocks import parse, parse_item, split_batch
from datumpb.codec.items import decode_item
from datumpb.codec.meta import decode_meta, encode_meta
from datumpb.codec.statistics import Statistics
from datumpb.container.atomic import PARTIAL_SUFFIX, AtomicFile
from datumpb.container.bytes_source import BytesSource
from datumpb.container.claim import hidden_name
from datumpb.container.file_reader import META_SEQ
from datumpb.container.header import DEFAULT_MAX_RECORD_SIZE, READER_MAX_RECORD_SIZE, new_header, set_key
from datumpb.container.index import IndexBuilder, write_end
from datumpb.container.item_check import check_item
from datumpb.container.missing import Missing
from datumpb.container.record import open_payload
from datumpb.container.record_writer import ENVELOPE_SIZE, RecordStream
from datumpb.container.recovery import Loss, Recovery
from datumpb.container.survey import survey
from datumpb.container.varint import encode_varint
from datumpb.container.verify import Watcher
from datumpb.errors import (
    DamagedFileError,
    FileError,
    OutputExistsError,
    UnknownDataWarning,
    UnsupportedFileError,
)
from datumpb.messages import BlockEntry, ContentType, Footer, Header, Meta, RecordKind
from datumpb.model.media import MediaType
from datumpb.model.meta import Meta as ModelMeta

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from datumpb.container.record import StoredRecord
    from datumpb.container.record_writer import Place
    from datumpb.container.sink import Sink
    from datumpb.container.survey import Sighting, Survey
    from datumpb.crypto.aead import FileKey

_BLOCK = RecordKind.RECORD_KIND_BLOCK


def recover_file(  # noqa: PLR0913 -- what a shard takes beside, by name
    path: str | os.PathLike[str],
    target: str | os.PathLike[str],
    key: str | bytes | None = None,
    watcher: Watcher | None = None,
    *,
    known_ids: AbstractSet[str] = frozenset(),
    spare_meta: bytes | None = None,
) -> Recovery:
    """Write a sound annotation file with every item of a damaged one that is provably intact.

    That is: its block has its checksum, and in an encrypted file its tag; INDEX and FOOTER list the block, where they
    survived; and the item is one that a verifier accepts. Items keep their order and their bytes. What is left of a
    shard becomes a file of its own: it could not be told from the right one.

    Args:
        path: The damaged file; it is only read. May be unfinished, as a writer leaves it that was killed.
        target: The new file. Encrypted with the same key, where the old one is.
        key: The text of the key.
        watcher: Is told of each item that is kept, and of progress.
        known_ids: Ids of items that were recovered from other shards of the same subset: those are left out.
        spare_meta: META to take where that of the file is lost, from another shard.

    Returns:
        What is missing.

    Raises:
        DamagedFileError: Nothing can be recovered; there is no new file then.
        NotADatumFileError: There is nothing of a `.datum` file in it.
        UnsupportedFileError: The file needs a newer reader.
        LimitError: It asks for larger records than this reader accepts.
        KeyProblemError: The key does not open it.
        OutputExistsError: There is a file at the target.
        OSError: The new file cannot be written.
    """
    target = Path(target)
    if os.path.lexists(target):
        message = f"{target}: is there already; recovery never replaces a file"
        raise OutputExistsError(message)
    # The hidden file of this name would be taken for a leftover, and removed.
    if hidden_name(target, PARTIAL_SUFFIX) == Path(path).name and _same_folder(Path(path), target):
        message = f"{target}: {path} is what a killed writer left of this file; choose another name for the new one"
        raise OutputExistsError(message)
    with BytesSource(path) as source:
        watcher = watcher or Watcher()
        found = survey(source, key, watcher.passed)
        with AtomicFile(target) as atomic:
            recovery = _Rescue(found, key, watcher, known_ids).run(atomic.file, spare_meta)
            if not recovery.items and recovery.losses:
                message = "no item in it is intact: nothing was written"
                raise DamagedFileError(message, path)
    return recovery


def subset_of(path: Path) -> str:
    """Return the subset that a file's name stands for, also where a killed writer left the file under a hidden name."""
    name = path.name
    if name.startswith(".") and name.endswith(PARTIAL_SUFFIX):
        name = name[1 : -len(PARTIAL_SUFFIX)].rpartition(".")[0]
    return Path(name).stem or "recovered"


def _whole(meta: bytes) -> bytes:
    """Return the body of META as that of a file which is no shard; the same where it is none."""
    message = parse(Meta, meta)
    if not message.HasField("shard"):
        return meta
    message.ClearField("shard")
    return message.SerializeToString(deterministic=True)


def _same_folder(path: Path, target: Path) -> bool:
    return path.absolute().parent.resolve() == target.absolute().parent.resolve()


class _Rescue:
    """The intact records of one file on their way into another."""

    def __init__(self, found: Survey, key: str | bytes | None, watcher: Watcher, known_ids: AbstractSet[str]) -> None:
        self._found = found
        self._key = key
        self._watcher = watcher
        self._path = str(found.scan.source.path)
        self._recovery = Recovery(notes=found.notes)
        self._missing = Missing(found, self._recovery)
        self._ids: set[str] = set()
        self._known_ids = known_ids
        self._index = IndexBuilder()
        self._statistics = Statistics()
        self._label_count: int | None = None
        self._subset = ""

    def run(self, sink: Sink, spare_meta: bytes | None) -> Recovery:
        """Write the file."""
        meta = self._meta(self._found.meta) or self._meta(spare_meta) or self._new_meta()
        chosen = self._missing.choose()
        header, file_key = self._header(meta, chosen)
        self._stream = RecordStream(sink, header, meta, file_key)
        self._stream.write(RecordKind.RECORD_KIND_META, meta)
        with warnings.catch_warnings():
            # What this version does not know stays in the items all the same.
            warnings.simplefilter("ignore", UnknownDataWarning)
            for sighting in chosen:
                self._record(sighting)
                self._watcher.passed(sighting.size)
        footer = Footer(item_count=len(self._ids), statistics=self._statistics.message())
        write_end(self._stream, self._index, footer)
        self._recovery.items = len(self._ids)
        if self._found.footer is not None:
            self._recovery.of_items = self._found.footer.item_count
        return self._recovery

    def _meta(self, body: bytes | None) -> bytes | None:
        if body is not None:
            try:
                meta = decode_meta(parse(Meta, body))
            except UnsupportedFileError as error:
                raise UnsupportedFileError(error.message, self._path) from error
            except FileError as error:
                self._recovery.notes.append(f"META: {error.message}")
            else:
                self._subset = meta.subset
                self._label_count = None if meta.categories.labels is None else len(meta.categories.labels)
                return _whole(body)
        return None

    def _new_meta(self) -> bytes:
        self._subset = subset_of(Path(self._path))
        what = f"META is lost: labels are numbers without names, and the subset is called {self._subset!r} as the file"
        holes = [hole.gap for hole in self._found.holes if hole.after < META_SEQ and hole.before != META_SEQ]
        self._recovery.losses.append(Loss(what, [(gap.offset, gap.size) for gap in holes], items=0))
        meta = ModelMeta(self._subset, media_type=MediaType.UNSPECIFIED)
        return encode_meta(meta).SerializeToString(deterministic=True)

    def _header(self, meta: bytes, chosen: list[Sighting]) -> tuple[Header, FileKey | None]:
        sizes = [DEFAULT_MAX_RECORD_SIZE, len(meta) + ENVELOPE_SIZE]
        sizes += (max(sighting.raw_size, sighting.size) + ENVELOPE_SIZE for sighting in chosen)
        limit = min(max(sizes), READER_MAX_RECORD_SIZE)
        head = self._found.scan.head
        if head is None:
            return new_header(ContentType.CONTENT_TYPE_ANNOTATIONS, limit, self._key)
        header = Header()
        header.CopyFrom(head.header)
        header.max_record_size = max(limit, header.max_record_size)
        return header, set_key(header, self._key)

    def _record(self, sighting: Sighting) -> None:
        try:
            record = self._found.reread(sighting)
            payload = open_payload(record, self._found.seal, self._found.scan.source)
            items = split_batch(self._found.body(record)) if sighting.kind == _BLOCK else None
        except FileError as error:
            self._missing.lose(range(sighting.seq, sighting.seq + 1), error.message, [(sighting.offset, sighting.size)])
            return
        if items is None:
            self._write_stored(record, payload)
        else:
            self._block(record, payload, items)

    def _block(self, record: StoredRecord, payload: bytes, items: list[bytes]) -> None:
        kept: dict[str, bytes] = {}
        for place, data in enumerate(items):
            item_id = self._item(record, data, place)
            if item_id is not None:
                kept[item_id] = data
        if not kept:
            return
        if len(kept) == len(items):
            place_of = self._write_stored(record, payload)
        else:
            body = b"".join(b"\x0a" + encode_varint(len(data)) + data for data in kept.values())
            place_of = self._stream.write(_BLOCK, body)
        entry = BlockEntry(offset=place_of.offset, size=place_of.size, seq=place_of.seq, crc32=place_of.crc32)
        entry.item_count = len(kept)
        self._index.add(entry, list(kept))

    def _item(self, record: StoredRecord, data: bytes, place: int) -> str | None:
        """Return the id of an item that can be kept."""
        message = None
        try:
            message = parse_item(data)
            item = decode_item(message, self._subset, self._watcher.media)
            check_item(item, self._label_count)
            if item.id in self._ids or item.id in self._known_ids:
                text = f"item {item.id!r} is there twice: the first one is kept"
                raise DamagedFileError(text)
        except UnsupportedFileError as error:
            raise UnsupportedFileError(error.message, self._path, record.offset) from error
        except FileError as error:
            ids = [message.id] if message is not None and message.id else []
            self._missing.lose_item(record, place, error.message, ids)
            return None
        self._ids.add(item.id)
        self._statistics.add(message)
        self._watcher.item(item)
        return item.id

    def _write_stored(self, record: StoredRecord, payload: bytes) -> Place:
        message = record.message
        return self._stream.write_stored(message.kind, message.codec, message.raw_size, payload)
