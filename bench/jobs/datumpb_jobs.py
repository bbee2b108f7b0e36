"""What datumpb does, through its public names; the conversions are done by its command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.jobs.job import KEY, LOOK_UPS, SUBSET, again, forget, main, wanted
from datumpb import DatumReader, Polygon

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.jobs.job import Found, Job, Jobs, Stopwatch


def file_of(folder: Path, name: str = "datumpb") -> Path:
    """Return the annotation file of a dataset."""
    return folder / name / "annotations" / f"{SUBSET}.datum"


def plain(job: Callable[[Path, Stopwatch, str | None], Found]) -> Job:
    """Let a job read the plain file."""
    return lambda folder, watch: job(file_of(folder), watch, None)


def encrypted(job: Callable[[Path, Stopwatch, str | None], Found]) -> Job:
    """Let a job read the encrypted file."""
    return lambda folder, watch: job(
        file_of(folder, "datumpb-encrypted"), watch, (folder / KEY).read_text("ascii").strip()
    )


def load(path: Path, key: str | None = None) -> None:
    """Get an item, so that everything is imported, as in a process already running."""
    with DatumReader(path, key) as reader:
        assert reader[0].id


def read_objects(path: Path, watch: Stopwatch, key: str | None) -> Found:
    """Make every item with all of its annotations, and every outline an array."""
    images = coordinates = 0
    load(path, key)
    with watch, DatumReader(path, key) as reader:
        for item in reader:
            images += 1
            for annotation in item.annotations:
                if isinstance(annotation, Polygon):
                    coordinates += annotation.points.size
    return {"images": images, "coordinates": coordinates}


def read_messages(path: Path, watch: Stopwatch, key: str | None) -> Found:
    """Make every item a message."""
    images = annotations = 0
    load(path, key)
    with watch, DatumReader(path, key) as reader:
        for message in reader.messages():
            images += 1
            annotations += len(message.annotations)
    return {"images": images, "annotations": annotations}


def boxes(folder: Path, watch: Stopwatch) -> Found:
    """Make the boxes and labels of every image arrays."""
    images = objects = 0
    total = 0.0
    load(file_of(folder))
    with watch, DatumReader(file_of(folder)) as reader:
        for item in reader.boxes():
            images += 1
            objects += len(item.labels)
            total += float(item.xywh.sum())
    return {"images": images, "objects": objects, "sum": total}


def one_item(path: Path, watch: Stopwatch, key: str | None) -> Found:
    """Open a file that is not in the page cache and get one item of it by its id; again for other ids."""
    names = wanted(path.parents[2])
    with DatumReader(path, key) as reader:
        objects = len({annotation.id for annotation in reader[names[0]].annotations})
    for number in range(LOOK_UPS):
        forget(path)
        with watch, DatumReader(path, key) as reader:
            item = reader[names[number % len(names)]]
        assert item.id == names[number % len(names)]
    return {"objects": objects}


def random_items(folder: Path, watch: Stopwatch) -> Found:
    """Get every item by its id in random order, every outline an array, for the second time."""
    names = wanted(folder)
    with DatumReader(file_of(folder)) as reader:
        get_all(reader, names)
        with watch:
            coordinates = get_all(reader, names)
    return {"images": len(names), "coordinates": coordinates}


def random_items_first(folder: Path, watch: Stopwatch) -> Found:
    """Open a file and get every item by its id in random order, every outline an array."""
    names = wanted(folder)
    load(file_of(folder))
    with watch, DatumReader(file_of(folder)) as reader:
        coordinates = get_all(reader, names)
    return {"images": len(names), "coordinates": coordinates}


def get_all(reader: DatumReader, names: list[str]) -> int:
    """Get items by their ids and count the coordinates of their outlines."""
    coordinates = 0
    for name in names:
        for annotation in reader[name].annotations:
            if isinstance(annotation, Polygon):
                coordinates += annotation.points.size
    return coordinates


JOBS: Jobs = {
    "read_objects": plain(read_objects),
    "read_objects_encrypted": encrypted(read_objects),
    "read_messages": again(plain(read_messages)),
    "read_messages_encrypted": again(encrypted(read_messages)),
    "boxes": boxes,
    "one_item": plain(one_item),
    "one_item_encrypted": encrypted(one_item),
    "random_items": random_items,
    "random_items_first": random_items_first,
}


if __name__ == "__main__":
    main(JOBS)
