"""Prints the figures that datumpb promises, next to what they must be; fails where one is missed.

Sizes are exact and the same on every machine. Times are of one run, so only their order of magnitude and the limit mean
anything.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

import datumpb as dp
from bench.generate_coco import generate

COCO128 = Path(__file__).parents[2] / "shared" / "data" / "coco128"
ANNOTATIONS = Path("annotations", "instances_train2017.json")
LOOK_UPS = 25
COPIES = 10
MEGABYTE = 1e6


@dataclass(frozen=True)
class Figure:
    """A figure that was measured; `limit` None: it is shown for information."""

    data: str
    what: str
    value: float
    unit: str = ""
    limit: float | None = None

    @property
    def met(self) -> bool:
        """Whether it is within its limit."""
        return self.limit is None or self.value <= self.limit

    def line(self) -> str:
        """Return it as a line of the table."""
        must = "" if self.limit is None else f"≤ {self.limit:g}{self.unit}"
        mark = "" if self.limit is None else "met" if self.met else "MISSED"
        value = f"{self.value:.4f}" if not self.unit else f"{self.value:.2f}{self.unit}"
        return f"| {self.data} | {self.what} | {value} | {must} | {mark} |"


def sizes(name: str, folder: Path, work: Path) -> list[Figure]:
    """Convert a COCO dataset with default settings, plain and encrypted, and compare sizes."""
    started = time.perf_counter()
    dp.Dataset.import_from(folder, "coco").export(work / "plain", "datumpb")
    seconds = time.perf_counter() - started
    dp.Dataset.import_from(folder, "coco").export(work / "encrypted", "datumpb", encryption=True)
    source = (folder / ANNOTATIONS).read_bytes()
    plain = annotation_file(work / "plain").stat().st_size
    encrypted = annotation_file(work / "encrypted").stat().st_size
    return [
        Figure(name, "COCO JSON", len(source) / MEGABYTE, " MB"),
        Figure(name, "annotation file", plain / MEGABYTE, " MB"),
        Figure(name, "annotation file ÷ COCO JSON", plain / len(source), limit=0.20),
        Figure(name, "annotation file ÷ COCO JSON without spaces behind commas", plain / len(compact(source))),
        Figure(name, "encrypted ÷ plain", encrypted / plain, limit=1.005),
        Figure(name, "conversion from COCO, once", seconds, " s"),
    ]


def compact(source: bytes) -> bytes:
    """Return JSON with the spacing of the files that COCO publishes."""
    return json.dumps(json.loads(source), separators=(",", ": ")).encode()


def look_ups(name: str, what: str, path: Path, work: Path, key: str | None = None) -> list[Figure]:
    """Time how long it takes to open a file that was never open before and to get one item of it by its id."""
    with dp.DatumReader(path, key) as reader:  # so that everything is imported, as in a process already running
        item_ids = [message.id for message in reader.messages()]
        assert item_ids[0] in reader
        assert reader[item_ids[0]].annotations is not None
    random = Random(0)
    milliseconds = []
    for number in range(LOOK_UPS):
        copy = work / f"cold-{number}.datum"
        shutil.copyfile(path, copy)
        forget(copy)
        item_id = random.choice(item_ids)
        started = time.perf_counter()
        with dp.DatumReader(copy, key) as reader:
            item = reader[item_id]
        milliseconds.append(1000 * (time.perf_counter() - started))
        assert item.id == item_id
        copy.unlink()
    return [
        Figure(name, f"{what}, median of {LOOK_UPS}", statistics.median(milliseconds), " ms", limit=5),
        Figure(name, f"{what}, slowest of {LOOK_UPS}", max(milliseconds), " ms"),
    ]


def forget(path: Path) -> None:
    """Take a file out of the page cache, where the system can."""
    if hasattr(os, "posix_fadvise"):
        with path.open("rb+") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def memory(images: int, path: Path, work: Path) -> list[Figure]:
    """Compare the memory that it takes to iterate over a file and over one of ten times as many items."""
    large = work / "large.datum"
    with dp.DatumReader(path) as reader, dp.DatumWriter(large, categories=reader.categories) as writer:
        for copy in range(COPIES):
            for item in reader:
                item.id, item.subset = f"{copy}/{item.id}", "default"
                writer.write(item)
    small_peak, large_peak = (peak_of_iteration(file) / MEGABYTE for file in (path, large))
    return [
        Figure("generated", f"peak memory, iterating over {images:,} images", small_peak, " MB"),
        Figure("generated", f"peak memory, iterating over {COPIES * images:,} images", large_peak, " MB"),
        Figure("generated", "difference", large_peak - small_peak, " MB", limit=20),
    ]


def peak_of_iteration(path: Path) -> int:
    """Return the peak memory in bytes of a fresh process that iterates over a file."""
    script = Path(__file__).with_name("iterate.py")
    return int(subprocess.run([sys.executable, script, path], check=True, capture_output=True, text=True).stdout)


def annotation_file(folder: Path) -> Path:
    """Return the one annotation file of a dataset."""
    (path,) = (folder / "annotations").glob("*.datum")
    return path


def measure(name: str, folder: Path, work: Path) -> list[Figure]:
    """Return the figures of a COCO dataset, memory aside."""
    figures = sizes(name, folder, work)
    figures += look_ups(name, "one item by id, file not in use before", annotation_file(work / "plain"), work)
    key = (work / "encrypted" / "secret_key.txt").read_text("ascii").strip()
    return figures + look_ups(name, "the same, encrypted", annotation_file(work / "encrypted"), work, key)


def main() -> int:
    """Measure, print, and return 1 where a limit is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.figures", description=__doc__)
    parser.add_argument("--images", type=int, default=12_000, help="of the generated dataset (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file, too")
    options = parser.parse_args()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="datumpb-figures-") as folder:
        work = Path(folder)
        if COCO128.exists():
            figures += measure("coco128", COCO128, work / "coco128")
        else:
            print(f"coco128 is not at {COCO128}: left out", file=sys.stderr)
        source = work / "generated-coco"
        (source / ANNOTATIONS).parent.mkdir(parents=True)
        generate(source / ANNOTATIONS, options.images)
        figures += measure("generated", source, work / "generated")
        figures += memory(options.images, annotation_file(work / "generated" / "plain"), work)
    print("| data | what | measured | must be | |\n|---|---|---|---|---|")
    print("\n".join(figure.line() for figure in figures))
    print("\nTimes are of one run and depend on the machine; sizes do not.")
    if options.json:
        options.json.write_text(
            json.dumps([asdict(figure) | {"met": figure.met} for figure in figures], indent=1) + "\n"
        )
    return int(not all(figure.met for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
