"""What Datumaro does, through its public names; runs with 1.13.12, and with 1.11.1 for encryption.

`allow_external_media` is given where the version has it: else 1.13.12 refuses to read what it wrote without media.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import datumaro
from datumaro.plugins.data_formats.datumaro_binary.base import DatumaroBinaryBase

from bench.jobs.job import COCO, KEY, SUBSET, Stopwatch, forget, main, wanted

if TYPE_CHECKING:
    from pathlib import Path

    from bench.jobs.job import Found, Job, Jobs

EXTERNAL = (
    {"allow_external_media": True}
    if "allow_external_media" in inspect.signature(DatumaroBinaryBase.__init__).parameters
    else {}
)


def key(folder: Path) -> dict[str, bytes]:
    """Return the options that name the key."""
    return {"encryption_key": (folder / KEY).read_bytes().strip()}


def convert_encrypted(folder: Path, _: Stopwatch) -> Found:
    """Convert COCO to an encrypted dataset."""
    dataset = datumaro.Dataset.import_from(str(folder / COCO), "coco")
    dataset.export(str(folder / "datumaro-encrypted"), "datumaro_binary", encryption=True, **key(folder))
    return {}


def convert_plain(folder: Path, _: Stopwatch) -> Found:
    """Convert COCO to a plain dataset."""
    dataset = datumaro.Dataset.import_from(str(folder / COCO), "coco")
    dataset.export(str(folder / "datumaro-plain"), "datumaro_binary")
    return {}


def export(folder: Path, _: Stopwatch) -> Found:
    """Convert datumaro_binary to COCO instances alone: as panoptic, Datumaro fails at ids like those of crowds."""
    dataset = datumaro.Dataset.import_from(str(folder / "datumaro_binary"), "datumaro_binary", **EXTERNAL)
    dataset.export(str(folder / "datumaro-coco"), "coco_instances")
    return {}


def read(name: str, data_format: str, *, with_key: bool = False, external: bool = True) -> Job:
    """Return the job that makes every item with all of its annotations."""

    def job(folder: Path, watch: Stopwatch) -> Found:
        options = (EXTERNAL if external else {}) | (key(folder) if with_key else {})
        images = coordinates = 0
        with watch:
            for item in datumaro.Dataset.import_from(str(folder / name), data_format, **options):
                images += 1
                for annotation in item.annotations:
                    if annotation.type == datumaro.AnnotationType.polygon:
                        coordinates += len(annotation.points)
        return {"images": images, "coordinates": coordinates}

    return job


def one_item(folder: Path, watch: Stopwatch) -> Found:
    """Import a dataset that is not in the page cache and get one item of it by its id."""
    name = wanted(folder)[0]
    forget(folder / "datumaro_binary" / "annotations" / f"{SUBSET}.datum")
    with watch:
        dataset = datumaro.Dataset.import_from(str(folder / "datumaro_binary"), "datumaro_binary", **EXTERNAL)
        item = dataset.get(name, SUBSET)
    return {"objects": len({annotation.id for annotation in item.annotations})}


def random_items(folder: Path, watch: Stopwatch) -> Found:
    """Get every item by its id in random order for the second time, from a dataset that is in memory as a whole."""
    names = wanted(folder)
    dataset = datumaro.Dataset.import_from(str(folder / "datumaro_binary"), "datumaro_binary", **EXTERNAL)
    dataset.init_cache()
    get_all(dataset, names)
    with watch:
        coordinates = get_all(dataset, names)
    return {"images": len(names), "coordinates": coordinates}


def random_items_first(folder: Path, watch: Stopwatch) -> Found:
    """Import a dataset and get every item by its id in random order."""
    names = wanted(folder)
    with watch:
        dataset = datumaro.Dataset.import_from(str(folder / "datumaro_binary"), "datumaro_binary", **EXTERNAL)
        coordinates = get_all(dataset, names)
    return {"images": len(names), "coordinates": coordinates}


def get_all(dataset: datumaro.Dataset, names: list[str]) -> int:
    """Get items by their ids and count the coordinates of their outlines."""
    coordinates = 0
    for name in names:
        for annotation in dataset.get(name, SUBSET).annotations:
            if annotation.type == datumaro.AnnotationType.polygon:
                coordinates += len(annotation.points)
    return coordinates


JOBS: Jobs = {
    "convert_plain": convert_plain,
    "convert_encrypted": convert_encrypted,
    "export": export,
    "read_binary": read("datumaro_binary", "datumaro_binary"),
    "read_json": read("datumaro", "datumaro"),
    "read_coco": read("coco", "coco", external=False),
    "read_plain": read("datumaro-plain", "datumaro_binary"),
    "read_encrypted": read("datumaro-encrypted", "datumaro_binary", with_key=True),
    "one_item": one_item,
    "random_items": random_items,
    "random_items_first": random_items_first,
}


if __name__ == "__main__":
    main(JOBS)
