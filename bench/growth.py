"""Measures time, memory and bytes as a dataset grows, prints a table, and fails where they grow too fast."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.compare import RESULTS
from bench.jobs import job as names
from bench.runner import Process, generate, run, size
from bench.table import MEGABYTE, duration, rows

SIZES = (1_000, 3_000, 12_000, 40_000, 120_000, 240_000, 1_000_000)
SMALL, LARGE = 12_000, 240_000  # images of a JSON of 50 MB and of 1 GB
DRAWN = 60_000  # annotations with shapes of their own, beyond which they come again: it saves nine tenths of the time
CONVERT, FIRST = "convert", "convert, annotations first"
WRITE, ITERATE, ONE_ITEM = "DatumWriter", "iterate", "one item by id, cold file"
JOBS = {WRITE: "write", ITERATE: "iterate", ONE_ITEM: "one_item"}
MOST_RESIDENT = 400e6
MOST_PER_IMAGE = 32  # bytes of an index, which is all that may grow


@dataclass(frozen=True)
class Point:
    """One work on one size: seconds by the clock and of the processor, bytes resident at most, bytes in and out."""

    images: int
    work: str
    seconds: float
    cpu: float
    peak: int
    source: int
    made: int


@dataclass(frozen=True)
class Limit:
    """A demand on how something grows, and what was measured; None: it was not."""

    what: str
    limit: float
    measured: float | None

    @property
    def word(self) -> str:
        """MET, MISSED or NOT MEASURED."""
        return "NOT MEASURED" if self.measured is None else "MET" if self.measured <= self.limit else "MISSED"


def convert(python: Path, folder: Path, images: int, *, annotations_first: bool) -> Point:
    """Generate a COCO JSON, convert it, and remove it again."""
    source, target = folder / names.SOURCE, folder / ("datumpb-first" if annotations_first else "datumpb")
    source.parent.mkdir(parents=True, exist_ok=True)
    order = ["--annotations-first"] if annotations_first else []
    generate(source, "--images", str(images), "--most-drawn", str(DRAWN), *order)
    source_size = source.stat().st_size
    process = run(
        python, ["-m", "datumpb", "convert", "-i", str(folder / names.COCO), "-o", str(target), "-f", "datumpb"]
    )
    source.unlink()
    made = size(target / "annotations")
    return point(images, FIRST if annotations_first else CONVERT, process, source_size, made)


def point(images: int, work: str, process: Process, source: int, made: int) -> Point:
    """Return what a process took as a whole."""
    return Point(images, work, process.seconds, process.cpu, process.peak, source, made)


def job(python: Path, folder: Path, images: int, work: str) -> Point:
    """Do a job that times itself."""
    process = run(python, ["-m", "bench.jobs.growth_jobs", JOBS[work], str(folder)])
    report, written = process.report(), folder / "written.datum"
    made = written.stat().st_size if work == WRITE else 0
    written.unlink(missing_ok=True)
    return Point(images, work, report["seconds"], report["cpu"], process.peak, 0, made)


def measure(python: Path, images: int) -> list[Point]:
    """Measure one size, in a folder that is removed again."""
    with tempfile.TemporaryDirectory(prefix="datumpb-growth-") as name:
        folder = Path(name)
        (folder / "growth.json").write_text(json.dumps({"images": images}))
        points = [convert(python, folder, images, annotations_first=False)]
        points += [job(python, folder, images, work) for work in JOBS]
        if images == LARGE:
            points.append(convert(python, folder, images, annotations_first=True))
        return points


def limits(points: list[Point]) -> list[Limit]:
    """Compare with how things should grow."""
    of = {(one.work, one.images): one for one in points}
    small, large = of.get((CONVERT, SMALL)), of.get((CONVERT, LARGE))
    found = [
        Limit(
            f"{work}, {LARGE:,} images: MB resident at most",
            MOST_RESIDENT / MEGABYTE,
            None if one is None else one.peak / MEGABYTE,
        )
        for work in (CONVERT, FIRST)
        for one in [of.get((work, LARGE))]
    ]
    rate = (large.seconds / large.source) / (small.seconds / small.source) if small and large else None
    found.append(Limit(f"convert: seconds a MB, {LARGE:,} ÷ {SMALL:,} images", 1, rate))
    for work in (CONVERT, WRITE, ITERATE):
        sizes = [one for one in points if one.work == work and one.images >= SMALL]
        grown = None
        if len(sizes) > 1:
            grown = (sizes[-1].peak - sizes[0].peak) / (sizes[-1].images - sizes[0].images)
        found.append(Limit(f"{work}: bytes resident for each further image", MOST_PER_IMAGE, grown))
    return found


def tables(points: list[Point], found: list[Limit]) -> str:
    """Return everything in Markdown."""
    lines = [
        (
            one.work,
            f"{one.images:,}",
            duration(one.seconds),
            duration(one.cpu),
            f"{1e6 * one.seconds / one.images:,.1f} µs",
            f"{one.peak / MEGABYTE:,.0f} MB",
            f"{one.source:,}" if one.source else "",
            f"{one.made:,}" if one.made else "",
            f"{one.made / one.images:,.0f}" if one.made else "",
        )
        for one in sorted(points, key=lambda one: one.work)
    ]
    header = ("work", "images", "time", "CPU", "time an image", "peak memory", "JSON bytes", "bytes", "bytes an image")
    demands = [
        (one.what, f"≤ {one.limit:g}", "" if one.measured is None else f"{one.measured:,.2f}", one.word)
        for one in found
    ]
    return rows(header, lines) + "\n\n" + rows(("how it grows", "wanted", "measured", ""), demands)


def main() -> int:
    """Measure, print, and return 1 where something does not grow as it should; what was not measured does not count."""
    parser = argparse.ArgumentParser(prog="scripts/bench growth", description=__doc__)
    parser.add_argument(
        "--up-to", type=int, default=SIZES[-1], metavar="N", help="images at most (default: %(default)s)"
    )
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FOLDER", help="where the JSON goes")
    parser.add_argument("--environments", type=Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.results.mkdir(exist_ok=True)
    python = options.environments.absolute() / "datumpb" / "bin" / "python"
    points = []
    for images in (images for images in SIZES if images <= options.up_to):
        print(f"\r\033[K{images:,} images", end="", file=sys.stderr, flush=True)
        points += measure(python, images)
    print("\r\033[K", end="", file=sys.stderr)
    found = limits(points)
    results = {
        "points": [asdict(one) for one in points],
        "limits": [asdict(one) | {"verdict": one.word} for one in found],
    }
    (options.results / "growth.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(tables(points, found))
    return int(any(one.word == "MISSED" for one in found))


if __name__ == "__main__":
    sys.exit(main())
