"""The report of a recovery: what the new file has, and what it lacks of the old one."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Loss:
    """Something of the old file that the new one does not have.

    Attributes:
        what: What it is, and why.
        places: Where in the old file, as offsets and sizes in bytes.
        items: How many items it means; None where that is not known.
        first_item: The place of the first one among all items; None where that is not known.
        ids: Their ids, where these could still be read.
        id_crc32: The CRC-32 of their ids, where INDEX survived.
    """

    what: str
    places: list[tuple[int, int]] = field(default_factory=list)
    items: int | None = None
    first_item: int | None = None
    ids: list[str] = field(default_factory=list)
    id_crc32: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Recovery:
    """What became of a file.

    Attributes:
        items: How many items the new file has.
        of_items: How many the old one had; None where FOOTER is lost.
        losses: What is missing.
        notes: What else was found; it takes nothing away.
    """

    items: int = 0
    of_items: int | None = None
    losses: list[Loss] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether everything is there that the old file ever had."""
        return not self.losses
