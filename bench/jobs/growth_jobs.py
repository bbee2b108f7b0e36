"""What datumpb does as a dataset grows, through its public names; conversions are done by its command line."""

from __future__ import annotations

import json
from itertools import cycle, islice
from typing import TYPE_CHECKING

from bench.jobs.datumpb_jobs import file_of
from bench.jobs.job import LOOK_UPS, Stopwatch, forget, main
from datumpb import DatumReader, DatumWriter

if TYPE_CHECKING:
    from pathlib import Path

    from bench.jobs.job import Found, Jobs

POOL = 2000  # so many items are written over and over, each time under an id of its own: many times a block
GROWTH = "growth.json"


def write(folder: Path, watch: Stopwatch) -> Found:
    """Write as many items as the folder's file says, by DatumWriter."""
    images = json.loads((folder / GROWTH).read_bytes())["images"]
    with DatumReader(file_of(folder)) as reader:
        items, categories = list(islice(reader, POOL)), reader.categories
    with watch, DatumWriter(folder / "written.datum", subset=items[0].subset, categories=categories) as writer:
        for number, item in zip(range(images), cycle(items), strict=False):
            item.id = f"{number:012}"
            writer.write(item)
    return {"images": images}


def iterate(folder: Path, watch: Stopwatch) -> Found:
    """Iterate over all items."""
    with watch, DatumReader(file_of(folder)) as reader:
        images = sum(1 for _ in reader)
    return {"images": images}


def one_item(folder: Path, watch: Stopwatch) -> Found:
    """Open a file that is not in the page cache and get one item of it by its id; again for other ids."""
    path = file_of(folder)
    with DatumReader(path) as reader:
        step = max(1, len(reader) // LOOK_UPS)
        names = [reader[index].id for index in range(0, len(reader), step)][:LOOK_UPS]
    for name in names:
        forget(path)
        with watch, DatumReader(path) as reader:
            assert reader[name].id == name
    return {"look-ups": len(names)}


JOBS: Jobs = {"write": write, "iterate": iterate, "one_item": one_item}


if __name__ == "__main__":
    main(JOBS)
