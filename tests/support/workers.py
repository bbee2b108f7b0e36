"""What other processes do in tests: functions that can be named, so that a spawned process finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datumpb as dp


def check(reader: dp.DatumReader, start: int) -> int:
    """Read in every way and return how many items were wrong."""
    count = len(reader)
    wrong = sum(item.attributes != {"number": index} for index, item in enumerate(reader))
    for step in range(count):
        index = (start + step * 7) % count
        wrong += reader[index].id != f"item-{index}"
        wrong += reader[f"item-{index}"].attributes != {"number": index}
    return wrong
