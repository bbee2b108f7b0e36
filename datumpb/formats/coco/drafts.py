"""What some items are written as, made by a process that knows nothing of the items before them.

That is possible as long as every image and object gets the id that it wants. Whoever puts drafts together, in the order
of items, sees whether it does; what is no draft is written there, item by item.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from datumpb.dataset.export import Export
from datumpb.dataset.losses import LossReport
from datumpb.dataset.media_copy import copy_image
from datumpb.errors import DatumpbError
from datumpb.formats.coco.numbering import Numbering, Numbers
from datumpb.formats.coco.subset_entries import Outlets, SubsetEntries
from datumpb.model.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from datumpb.dataset.source import SourcePart
    from datumpb.model.meta import Meta


class Lines(NamedTuple):
    """Some entries of a task, as `Spool.add_lines` takes them."""

    lines: bytes
    numbers: list[int]
    runs: list[int]
    positions: dict[int, int]


@dataclass(slots=True)
class Draft:
    """What the items of a part are written as.

    Attributes:
        images: The entry of each item's image; see `Outlets.image`.
        entries: The entries of each task.
        media: Each item, without annotations, and the name of its file; where media are saved.
        wanted: The ids that they want, all different, by kind; see `Numbering`.
        reserved: The ids that they bring along, by kind.
        losses: What COCO cannot hold.
    """

    images: list[bytes] = field(default_factory=list)
    entries: dict[str, list[Lines]] = field(default_factory=dict)
    media: list[tuple[Item, str]] = field(default_factory=list)
    wanted: dict[str, list[int]] = field(default_factory=dict)
    reserved: dict[str, list[int]] = field(default_factory=dict)
    losses: LossReport = field(default_factory=LossReport)


def make_drafts(parts: Iterable[SourcePart], meta: Meta, *, save_media: bool) -> Iterator[Draft | None]:
    """Yield a draft of each part; None where there is none, or an error, which whoever writes the items will meet.

    Args:
        parts: The parts of a subset.
        meta: What holds for it.
        save_media: Whether media will be saved, so that what cannot be is counted then.
    """
    for part in parts:
        try:
            yield _draft(part, meta, save_media=save_media)
        except (_OpenError, DatumpbError, OSError, RecursionError):  # noqa: PERF203 -- parts are large
            yield None


def _draft(part: SourcePart, meta: Meta, *, save_media: bool) -> Draft:
    draft, numbering = Draft(), _WantedNumbering()
    export = Export(losses=draft.losses)

    def new_list(task: str) -> _KeptEntries:
        return _KeptEntries(draft.entries.setdefault(task, []))

    def media(item: Item, name: str) -> None:
        if save_media:
            draft.media.append((Item(item.id, item.subset, item.media), name))
        else:
            copy_image(item, Path(), name, export)

    outlets = Outlets(draft.images.append, new_list, _NoSegments(), media)
    entries = SubsetEntries(meta, draft.losses, numbering, outlets)
    for item in part.items():
        entries.add(item)
    for batch in entries.batches.values():
        batch.flush()
    draft.wanted, draft.reserved = numbering.wanted(), numbering.reserved()
    return draft


class _OpenError(Exception):
    """What an item is written as depends on items before it."""


class _KeptEntries:
    """The entries of a task, kept as they come."""

    def __init__(self, kept: list[Lines]) -> None:
        self._kept = kept

    def add_lines(self, lines: bytes, numbers: list[int], runs: list[int], positions: dict[int, int]) -> None:
        self._kept.append(Lines(lines, numbers, runs, positions))


class _NoSegments:
    """PNGs are written where items come in their order."""

    def write(self, *_segments: object) -> NoReturn:
        raise _OpenError


class _WantedNumbers(Numbers):
    """Grants every number that is wanted once, and notes it."""

    def __init__(self) -> None:
        super().__init__()
        self.granted: dict[int, None] = {}
        self.brought: list[int] = []

    def take(self, wanted: object) -> int:
        if type(wanted) is not int or wanted in self.granted:
            raise _OpenError
        self.granted[wanted] = None
        return wanted

    def take_all(self, wanted: list[int]) -> list[int]:
        return [self.take(number or None) for number in wanted]

    def reserve(self, number: object) -> None:
        if type(number) is int:
            self.brought.append(number)


class _WantedNumbering(Numbering):
    """The numbers that some items want, by kind."""

    def __init__(self) -> None:
        super().__init__()
        self._own: dict[str, _WantedNumbers] = {}

    def __getitem__(self, kind: str) -> _WantedNumbers:
        if kind not in self._own:
            self._own[kind] = _WantedNumbers()
        return self._own[kind]

    def wanted(self) -> dict[str, list[int]]:
        return {kind: [*numbers.granted] for kind, numbers in self._own.items()}

    def reserved(self) -> dict[str, list[int]]:
        return {kind: numbers.brought for kind, numbers in self._own.items()}
