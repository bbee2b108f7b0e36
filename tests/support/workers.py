"""What other processes do in tests: functions that can be named, so that a spawned process finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import datumpb as dp

if TYPE_CHECKING:
    from pathlib import Path


def check(reader: dp.DatumReader | dp.ShardedReader, start: int) -> int:
    """Read in every way and return how many items were wrong."""
    count = len(reader)
    wrong = sum(item.attributes != {"number": index} for index, item in enumerate(reader))
    for step in range(count):
        index = (start + step * 7) % count
        wrong += reader[index].id != f"item-{index}"
        wrong += reader[f"item-{index}"].attributes != {"number": index}
    return wrong


def versions_seen(path: Path, key: str | None, times: int) -> list[object]:
    """Open a file so many times; return the version that each time all of its items had, or what was wrong."""
    found: list[object] = []
    for _ in range(times):
        with dp.DatumReader(path, key) as reader:
            count = len(reader)
            versions = {item.attributes["version"] for item in reader}
            versions |= {reader[str(number)].attributes["version"] for number in range(0, count, 7)}
            versions.add(reader.infos["version"])
        found.append(versions.pop() if len(versions) == 1 else f"a mixture of {versions}")
    return found
