"""Verification: every byte of a file read once, in order, and everything that it says about itself compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from datumpb.container.ends import PREAMBLE_SIZE, TRAILER_SIZE
from datumpb.container.file_reader import content_name
from datumpb.container.header import HEADER_LIMIT, READER_MAX_RECORD_SIZE, unlock
from datumpb.container.order import Order
from datumpb.container.record import StoredRecord, open_body, read_stored
from datumpb.container.resync import Trailer
from datumpb.container.scan import Gap, Scan
from datumpb.container.sources import open_source
from datumpb.container.verify_items import AnnotationContents
from datumpb.container.verify_media import MediaContents
from datumpb.errors import DamagedFileError, FileError, NotADatumFileError, TruncatedFileError, UnsupportedFileError
from datumpb.messages import ContentType, RecordKind

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from datumpb.container.record import Seal
    from datumpb.model.item import Item
    from datumpb.model.media import MediaSource
    from datumpb.storage.location import RemotePath

_ANNOTATIONS, _MEDIA = ContentType.CONTENT_TYPE_ANNOTATIONS, ContentType.CONTENT_TYPE_MEDIA
_OPENED = {
    RecordKind.RECORD_KIND_META,
    RecordKind.RECORD_KIND_BLOCK,
    RecordKind.RECORD_KIND_MEDIA,
    RecordKind.RECORD_KIND_INDEX,
    RecordKind.RECORD_KIND_FOOTER,
}
_Contents: TypeAlias = "AnnotationContents | MediaContents"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a file has.

    Attributes:
        size: The size of the file in bytes.
        records: How many intact records it has.
        items: How many items; None where they could not be looked into without the key, and in a media file.
        annotations: How many annotations; None likewise.
    """

    size: int
    records: int
    items: int | None = None
    annotations: int | None = None


@dataclass(slots=True)
class Fault:
    """Something that is wrong with a file.

    Attributes:
        error: What is wrong, and where.
        size: How many bytes cannot be used because of it; None where that does not say anything.
        affects: What that is: records and items.
    """

    error: FileError
    size: int | None = None
    affects: str | None = None


@dataclass(slots=True)
class Inspection:
    """What was found out about a file.

    Attributes:
        found: What it has, as far as it can be read.
        opened: Whether its records were looked into, so far as there are any; that takes the key of an encrypted file.
        faults: What is wrong with it.
        subset: The subset whose items it holds; None where that cannot be read, and in a media file.
    """

    found: Verified
    opened: bool
    faults: list[Fault] = field(default_factory=list)
    subset: str | None = None


class Watcher:
    """Whoever wants to know of items and progress while a file is read.

    Attributes:
        media: Fetches the media of the items; None: they cannot be had.
        passed: Is told of each number of bytes that was read.
    """

    def __init__(self, media: MediaSource | None = None, passed: Callable[[int], object] = lambda _size: None) -> None:
        """Watch nothing but progress; what is done with items is up to classes made from this one."""
        self.media = media
        self.passed = passed

    def item(self, item: Item) -> None:
        """Take the next item, in which nothing is wrong."""


def verify_file(path: str | os.PathLike[str] | RemotePath, key: str | bytes | None = None) -> Verified:
    """Read a whole annotation file and refuse it where anything is wrong.

    Without the key of an encrypted file, framing, order and checksums are verified, and nothing inside of the records.

    Args:
        path: The file.
        key: The text of its key.

    Raises:
        FileError: The file is damaged, with the first thing that is wrong.
        KeyProblemError: The key does not open it.
    """
    inspection = inspect_file(path, key, content=None if key is None else _ANNOTATIONS)
    for fault in inspection.faults:
        raise fault.error
    return inspection.found


def inspect_file(
    path: str | os.PathLike[str] | RemotePath,
    key: str | bytes | None = None,
    *,
    content: ContentType | None = None,
    watcher: Watcher | None = None,
) -> Inspection:
    """Read a whole file and find everything that is wrong with it.

    In memory are, beside one record, about 24 bytes for each item and 200 for each block.

    Args:
        path: The file: annotations, or an encrypted media file.
        key: The text of its key.
        content: What it has to hold; None: either.
        watcher: Is told of items and progress.

    Raises:
        UnsupportedFileError: The file needs a newer reader.
        LimitError: It asks for larger records than this reader accepts.
        FileError: It cannot be opened.
        KeyProblemError: The key does not open it.
    """
    with open_source(path) as source:
        try:
            scan = Scan(source, reach=HEADER_LIMIT)
        except (DamagedFileError, NotADatumFileError) as error:
            return Inspection(Verified(source.size, 0), opened=True, faults=[Fault(error, None, "all of it")])
        return _Verification(scan, key, content, watcher or Watcher()).run()


class _Verification:
    """Goes through a file once, and keeps an account of what is in it."""

    def __init__(self, scan: Scan, key: str | bytes | None, content: ContentType | None, watcher: Watcher) -> None:
        self._scan = scan
        self._source = scan.source
        self._watcher = watcher
        self._faults: list[Fault] = []
        self._gaps: list[Fault] = []
        self._records = 1  # PREAMBLE
        self._footer: StoredRecord | None = None
        self._trailer: Trailer | None = None
        self._ends = False  # with a TRAILER, though a damaged one
        self._limit = READER_MAX_RECORD_SIZE
        self._seal: Seal | None = None
        self._locked = scan.head is None and key is not None
        stated = content or _ANNOTATIONS
        if scan.head is not None:
            self._limit = scan.head.header.max_record_size
            encrypted = scan.head.header.HasField("encryption")
            self._locked = encrypted and key is None
            self._seal = None if self._locked else unlock(scan.head, key, self._source)
            stated = self._stated_content(scan.head.header.content, content, encrypted=encrypted)
        self._order = Order(stated)
        report = self._contents_fault
        self._contents: _Contents
        if stated == _MEDIA:
            self._contents = MediaContents(report)
        else:
            self._contents = AnnotationContents(report, watcher, self._reread)

    def run(self) -> Inspection:
        for piece in self._scan:
            if isinstance(piece, Gap):
                self._gap(piece)
            elif isinstance(piece, Trailer):
                self._end(piece)
            else:
                self._record(piece)
            self._watcher.passed(piece.end - piece.offset)
        self._close_gaps(None)
        self._contents.finish()
        self._missing_end()
        opened = not self._locked
        counts = (self._contents.items, self._contents.annotations) if opened else (None, None)
        found = Verified(self._source.size, self._records, *counts)
        return Inspection(found, opened, self._faults, self._contents.subset)

    def _stated_content(self, stated: ContentType, wanted: ContentType | None, *, encrypted: bool) -> ContentType:
        wanted = wanted or (_MEDIA if stated == _MEDIA and encrypted else _ANNOTATIONS)
        if stated != wanted:
            message = f"expected {content_name(wanted)}, the file holds {content_name(stated)}"
            self._add(DamagedFileError(message, self._source.path, PREAMBLE_SIZE), affects="how it is understood")
        return wanted

    def _add(self, error: FileError, size: int | None = None, affects: str | None = None) -> Fault:
        fault = Fault(error, size, affects)
        self._faults.append(fault)
        return fault

    def _contents_fault(self, what: str | FileError, record: StoredRecord, affects: str | None = None) -> Fault:
        error = DamagedFileError(what) if isinstance(what, str) else what
        placed = type(error)(error.message, self._source.path, record.offset)
        if isinstance(placed, UnsupportedFileError):
            raise placed
        name = f"record {record.message.seq}"
        return self._add(placed, record.size, f"{name}: {affects}" if affects else name)

    def _gap(self, gap: Gap) -> None:
        if gap.offset == 0 and gap.end <= PREAMBLE_SIZE:
            self._records -= 1
            self._add(gap.error, gap.size, "PREAMBLE")
            return
        fault = self._add(gap.error, gap.size)
        if self._order.footer_seen and (gap.size, gap.end) == (TRAILER_SIZE, self._source.size):
            fault.affects = "TRAILER"
            self._ends = True
            return
        self._gaps.append(fault)

    def _close_gaps(self, following: int | None) -> None:
        """Say which records the gaps before a record must have been."""
        first = self._order.expected
        last = None if following is None else following - 1
        for place, fault in enumerate(self._gaps):
            if last is not None and last - first + 1 == len(self._gaps):
                lost = range(first + place, first + place + 1)
            elif last is not None:
                lost = range(first, max(last + 1, first))
            else:
                lost = range(first, first)
            if not lost:
                fault.affects = "no record that is known" if last is not None else f"what follows record {first - 1}"
            elif len(lost) == 1:
                fault.affects = f"record {lost[0]}"
            else:
                fault.affects = f"records {lost[0]} to {lost[-1]}"
            self._contents.lost(lost, fault)
        self._gaps.clear()

    def _record(self, record: StoredRecord) -> None:
        self._records += 1
        message = record.message
        behind_gap = bool(self._gaps)
        self._close_gaps(message.seq)
        if self._trailer is not None:
            self._contents_fault("records stand behind TRAILER", record)
        if message.kind == RecordKind.RECORD_KIND_HEADER and self._scan.head is None and self._scan.start_error:
            self._contents_fault(self._scan.start_error, record, "all that it says of the others")
        fits = True
        for text in self._order.check(message, behind_gap=behind_gap):
            fits = False
            self._contents_fault(text, record)
        if not fits or behind_gap:
            self._contents.incomplete = True
        if message.kind == RecordKind.RECORD_KIND_FOOTER:
            self._footer = record
        if self._scan.head is None and message.nonce:
            self._locked = True
        self._contents.seen(record)
        if not self._locked and message.kind in _OPENED:
            self._open(record)

    def _open(self, record: StoredRecord) -> None:
        try:
            self._contents.record(record, open_body(record, self._seal, self._limit, self._source))
        except FileError as error:
            fault = self._contents_fault(error, record)
            self._contents.lost(range(record.message.seq, record.message.seq + 1), fault)

    def _reread(self, offset: int) -> tuple[StoredRecord, bytes]:
        record = read_stored(self._source, offset, self._limit)
        return record, open_body(record, self._seal, self._limit, self._source)

    def _end(self, trailer: Trailer) -> None:
        self._records += 1
        behind_gap = bool(self._gaps)
        self._close_gaps(None)
        place = self._source.path, trailer.offset
        footer = self._footer
        if self._trailer is not None:
            self._add(DamagedFileError("TRAILER stands here again", *place))
        self._trailer = trailer
        if not self._order.footer_seen and not behind_gap:
            self._add(DamagedFileError("TRAILER stands where FOOTER should be", *place), affects="FOOTER is missing")
        said = trailer.footer_offset, trailer.footer_size
        if said[0] + said[1] != trailer.offset or (footer is not None and said != (footer.offset, footer.size)):
            self._add(DamagedFileError("TRAILER does not fit the file: it says that FOOTER is elsewhere", *place))

    def _missing_end(self) -> None:
        """Say first what a reader would say first: that the end is not there."""
        if self._ends or (self._trailer is not None and self._trailer.end == self._source.size):
            return
        if self._trailer is not None:
            more = self._source.size - self._trailer.end
            self._add(DamagedFileError(f"{more} bytes follow TRAILER", self._source.path, self._trailer.end), more)
            return
        message = "there is no TRAILER at the end: the file was cut off, or never finished"
        error = TruncatedFileError(message, self._source.path, self._source.size)
        self._faults.insert(0, Fault(error, None, "the end of the file"))
