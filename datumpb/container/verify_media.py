"""What verification finds inside of the records of an encrypted media file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.codec.blocks import parse
from datumpb.container.verify_contents import Contents
from datumpb.errors import DamagedFileError, MediaPathError
from datumpb.messages import MediaMeta, RecordKind
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    from datumpb.container.record import StoredRecord
    from datumpb.container.verify_contents import Report


class MediaContents(Contents):
    """An account of a media file."""

    def __init__(self, report: Report) -> None:
        """Begin before HEADER."""
        super().__init__(report)
        self._size = 0

    def record(self, record: StoredRecord, body: bytes) -> None:
        """Look into the next record."""
        kind = record.message.kind
        if kind == RecordKind.RECORD_KIND_META:
            self._meta(body)
        elif kind == RecordKind.RECORD_KIND_MEDIA:
            if not body:
                self._report("a MEDIA record without a byte", record)
            self._size += len(body)
        elif kind == RecordKind.RECORD_KIND_FOOTER:
            footer = self._footer(record, body)
            if not self.incomplete and footer.media_size != self._size:
                self._report(f"FOOTER counts {footer.media_size} bytes of media, there are {self._size}", record)

    @staticmethod
    def _meta(body: bytes) -> None:
        path = parse(MediaMeta, body).path
        try:
            check_media_path(path)
        except MediaPathError as error:
            text = f"META: {error.message}"
            raise DamagedFileError(text) from error
