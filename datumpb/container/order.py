"""The order of a file's records: numbers one behind the other, and each kind where it may stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.container.file_reader import FOLLOWERS, LAST_KNOWN_KIND
from datumpb.container.header import HEADER_SEQ
from datumpb.messages import RecordKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.messages import ContentType, Record

_HEADER, _FOOTER = RecordKind.RECORD_KIND_HEADER, RecordKind.RECORD_KIND_FOOTER
_NONE = RecordKind.RECORD_KIND_UNSPECIFIED


class Order:
    """Follows the records of a file, from HEADER on.

    Attributes:
        expected: The number that the next record should have.
        footer_seen: Whether the last record of a known kind was FOOTER.
    """

    def __init__(self, content: ContentType) -> None:
        """Begin before HEADER."""
        self._followers: dict[RecordKind, set[RecordKind]] = {_NONE: {_HEADER}, **FOLLOWERS.get(content, {})}
        self._previous: RecordKind = _NONE
        self._seen: set[int] = set()
        self.expected = HEADER_SEQ

    @property
    def footer_seen(self) -> bool:
        """Whether the last record of a known kind was FOOTER."""
        return self._previous == _FOOTER

    def check(self, record: Record, *, behind_gap: bool) -> Iterator[str]:
        """Yield what is wrong with the place of the next record.

        Args:
            record: The record.
            behind_gap: Whether something unreadable stands before it: then records may be missing.
        """
        if record.seq in self._seen:
            yield f"record {record.seq} stands here again"
            return
        self._seen.add(record.seq)
        if record.seq < self.expected:
            yield f"record {record.seq} is out of order: it stands behind record {self.expected - 1}"
            return
        missing = record.seq > self.expected
        if missing and not behind_gap:
            yield f"{numbers(self.expected, record.seq - 1)} missing"
        self.expected = record.seq + 1
        if not self._may_stand(record.kind, lost=missing or behind_gap):
            yield f"a record of kind {record.kind} is not in its place"
        elif record.kind <= LAST_KNOWN_KIND:
            self._previous = record.kind

    def _may_stand(self, kind: RecordKind, *, lost: bool) -> bool:
        if kind > LAST_KNOWN_KIND:
            return lost or self._previous not in {_NONE, _HEADER, _FOOTER}
        allowed = self._followers.get(self._previous, set())
        if lost:  # what was between may have been anything
            behind = [self._previous]
            for previous in behind:
                behind.extend(kind for kind in self._followers.get(previous, set()) if kind not in behind)
            allowed = set(behind)
        return kind in allowed


def numbers(first: int, last: int) -> str:
    """Name the records from one number to another, with the verb that fits: "record 3 is", "records 3 to 5 are"."""
    return f"record {first} is" if first == last else f"records {first} to {last} are"
