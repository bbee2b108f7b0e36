"""What verification has to see of every kind of file: FOOTER against the records that stand before it."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Protocol

from datumpb.codec.blocks import parse
from datumpb.container.ends import PREAMBLE_CRC32
from datumpb.messages import Footer

if TYPE_CHECKING:
    from datumpb.container.record import StoredRecord
    from datumpb.container.verify import Fault
    from datumpb.errors import FileError

_CRC = struct.Struct("<I")


class Report(Protocol):
    """Takes down what is wrong."""

    def __call__(self, what: str | FileError, record: StoredRecord, affects: str | None = None) -> Fault:
        """Take down one fault.

        Args:
            what: What is wrong.
            record: Where.
            affects: What cannot be used because of it, the record aside.
        """
        ...


class Contents:
    """What is known of the records so far.

    Attributes:
        items: How many items were read; None in a media file.
        annotations: How many annotations; None likewise.
        subset: The name of the subset; None where META was not read, and in a media file.
        incomplete: Whether records are missing or cannot be read, so that sums over all of them say nothing.
    """

    def __init__(self, report: Report) -> None:
        """Begin before HEADER."""
        self.items: int | None = None
        self.annotations: int | None = None
        self.subset: str | None = None
        self.incomplete = False
        self._report = report
        self._checksum = zlib.crc32(_CRC.pack(PREAMBLE_CRC32))
        self._checksum_before = self._checksum

    def seen(self, record: StoredRecord) -> None:
        """Take note of the next record, opened or not."""
        self._checksum_before = self._checksum
        self._checksum = zlib.crc32(_CRC.pack(record.message.crc32), self._checksum)

    def lost(self, numbers: range, fault: Fault) -> None:  # noqa: ARG002 -- those who can tell more do
        """Take note that records cannot be had.

        Args:
            numbers: Those that are known to be missing.
            fault: Why.
        """
        self.incomplete = True

    def record(self, record: StoredRecord, body: bytes) -> None:
        """Look into the next record of a known kind.

        Raises:
            FileError: Nothing can be made of its body. Names no place.
        """
        raise NotImplementedError

    def finish(self) -> None:
        """Compare what can be compared at the end only."""

    def _footer(self, record: StoredRecord, body: bytes) -> Footer:
        footer = parse(Footer, body)
        # What a later version added says nothing that could be compared.
        footer.DiscardUnknownFields()
        if footer.record_count != record.message.seq:
            text = f"FOOTER counts {footer.record_count} records, its number is {record.message.seq}"
            self._report(text, record)
        if not self.incomplete and footer.records_crc32 != self._checksum_before:
            self._report("FOOTER vouches for other records than the file has", record)
        return footer
