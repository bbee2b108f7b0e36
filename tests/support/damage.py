"""Small files of several blocks, and ways to damage them of which it is known what they cost."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import datumpb as dp
from tests.support.samples import some_items, write
from tests.support.walker import kinds, split

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 4


@dataclass(frozen=True)
class Specimen:
    """A file with an item in each block.

    Attributes:
        data: The file.
        key: Its key.
        items: Its items.
        records: The records that it consists of.
        kinds: What they are.
    """

    data: bytes
    key: str | None
    items: list[dp.Item]
    records: list[bytes]
    kinds: list[str]

    @property
    def first_block(self) -> int:
        """Which record is the first block."""
        return self.kinds.index("BLOCK")

    def record_at(self, offset: int) -> int:
        """Return which record has a byte."""
        for place, record in enumerate(self.records):
            offset -= len(record)
            if offset < 0:
                return place
        raise IndexError(offset)

    def without(self, *records: int) -> list[dp.Item]:
        """Return the items that are not in any of these records."""
        return [item for place, item in enumerate(self.items) if self.first_block + place not in records]


def specimen(path: Path, key: str | None) -> Specimen:
    """Make a file; blocks have to be made small by the caller."""
    items = some_items(COUNT)
    data = write(path, items, key).read_bytes()
    names = kinds(data)
    assert names.count("BLOCK") == COUNT
    return Specimen(data, key, items, split(data), names)


def read_items(path: Path, key: str | None) -> list[dp.Item]:
    """Return the items of a sound file, as if they were of the subset of all specimens."""
    with dp.DatumReader(path, key) as reader:
        return [dataclasses.replace(item, subset="train") for item in reader]
