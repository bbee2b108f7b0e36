"""Which records of a damaged file are taken, and which are missing."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from datumpb.container.file_reader import META_SEQ
from datumpb.container.order import numbers
from datumpb.container.recovery import Loss
from datumpb.errors import FileError
from datumpb.messages import RecordKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.container.record import StoredRecord
    from datumpb.container.recovery import Recovery
    from datumpb.container.survey import Sighting, Survey

_BLOCK = RecordKind.RECORD_KIND_BLOCK


class Missing:
    """Takes the records of a survey in the order of their numbers, and counts what is missing as lost."""

    def __init__(self, found: Survey, recovery: Recovery) -> None:
        """Begin with nothing lost.

        Args:
            found: The survey.
            recovery: The report, which gets the losses.
        """
        self._found = found
        self._recovery = recovery
        self._listed = sorted(found.listed)
        self._hole_starts = [hole.after for hole in found.holes]
        self._disputed: list[int] = []

    def choose(self) -> list[Sighting]:
        """Return the records to be taken, by rising number; those that are missing are counted."""
        end = self._found.end
        chosen = [one for seq in sorted(self._found.sightings) if (one := self._chosen(seq)) is not None]
        after = META_SEQ
        for seq in [*(one.seq for one in chosen), *([] if end is None else [end])]:
            self._lose_between(after + 1, seq)
            after = seq
        if end is None:
            self._lose_rest(after)
        self._note_holes()
        return chosen

    def lose(self, seqs: range, why: str, places: list[tuple[int, int]]) -> None:
        """Count records as lost, with the items that INDEX lists for them."""
        inside = self._listed[bisect_left(self._listed, seqs.start) : bisect_left(self._listed, seqs.stop)]
        blocks = [self._found.listed[seq] for seq in inside]
        loss = Loss(f"{numbers(seqs[0], seqs[-1])} lost: {why}", places)
        if self._found.vouched or len(blocks) == seqs.stop - seqs.start:
            loss.items = sum(len(block.id_crc32) for block in blocks)
        if blocks:
            loss.first_item = blocks[0].first_item
            loss.id_crc32 = [crc32 for block in blocks for crc32 in block.id_crc32]
        self._recovery.losses.append(loss)

    def lose_item(self, record: StoredRecord, place: int, why: str, ids: list[str]) -> None:
        """Count one item of an intact block as lost."""
        block = self._found.listed.get(record.message.seq)
        first = None if block is None else block.first_item + place
        self._recovery.losses.append(Loss(why, [(record.offset, record.size)], 1, first, ids))

    def _chosen(self, seq: int) -> Sighting | None:
        """Return the one intact record of a number that is provably of this file."""
        sightings = self._found.sightings[seq]
        fitting = [one for one in sightings if self._fits(one)]
        if len(fitting) < len(sightings):
            wrong = next(one for one in sightings if one not in fitting)
            self._recovery.notes.append(f"record {seq} at byte {wrong.offset} is none of this file: it is left out")
        if len(fitting) > 1:
            fitting = [one for one in fitting if self._opens(one)]
        if len(fitting) > 1 and self._alike(fitting):
            self._recovery.notes.append(f"record {seq} is there {len(fitting)} times: one is taken")
            del fitting[1:]
        if len(fitting) > 1:
            self._disputed.append(seq)
        return fitting[0] if len(fitting) == 1 else None

    def _fits(self, one: Sighting) -> bool:
        """Tell whether FOOTER and INDEX, where they survived, agree that a record is of this file."""
        found = self._found
        if found.end is not None and one.seq >= found.end:
            return False
        listed = found.listed.get(one.seq)
        if listed is None:
            return one.kind != _BLOCK or not found.vouched
        return (one.crc32, one.size) == (listed.crc32, listed.size)

    def _opens(self, one: Sighting) -> bool:
        try:
            self._found.body(self._found.reread(one))
        except FileError:
            return False
        return True

    def _alike(self, sightings: Sequence[Sighting]) -> bool:
        return len({self._found.reread(one).message.SerializeToString(deterministic=True) for one in sightings}) == 1

    def _lose_between(self, first: int, end: int) -> None:
        """Count the records from one number to before another as lost."""
        if first >= end:
            return
        why, places = "there is no trace of what was there", []
        disputed = self._disputed[bisect_left(self._disputed, first) : bisect_left(self._disputed, end)]
        if disputed:
            why = "different records have this number, and which one is right cannot be told"
            places = [(one.offset, one.size) for seq in disputed for one in self._found.sightings[seq]]
        holes = self._found.holes
        for index in reversed(range(bisect_left(self._hole_starts, end))):
            before = holes[index].before
            if before is not None and before < end:
                break
            why = holes[index].gap.error.message
            places.insert(0, (holes[index].gap.offset, holes[index].gap.size))
        self.lose(range(first, end), why, places)

    def _lose_rest(self, after: int) -> None:
        gaps = [hole.gap for hole in self._found.holes if hole.before is None]
        text = f"what followed record {after}, if anything: INDEX and FOOTER, which would tell, are lost"
        self._recovery.losses.append(Loss(text, [(gap.offset, gap.size) for gap in gaps]))

    def _note_holes(self) -> None:
        lost = {place for loss in self._recovery.losses for place in loss.places}
        for hole in self._found.holes:
            place = hole.gap.offset, hole.gap.size
            if place not in lost:
                text = f"{place[1]} bytes at byte {place[0]} are no record: {hole.gap.error.message}"
                self._recovery.notes.append(text)
