"""Compares datumpb with every peer that is installed, prints tables, and fails where a demand is not reached."""

from __future__ import annotations

import argparse
import json
import math
import platform
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import peers, table
from bench.demands import DEMANDS, SOURCE, Verdict
from bench.jobs import job as names
from bench.runner import JobFailedError, Measurement, generate, run, size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

RESULTS = Path(__file__).parent / "results"
VERSIONS = """
import importlib.metadata, json, sys
print(json.dumps({name: importlib.metadata.version(name) for name in sys.argv[1:]}))
"""
FLOAT32 = 1e-6  # how far a sum of numbers may be off that one peer keeps in single precision


class DifferentWorkError(Exception):
    """Two jobs of the same work found different things."""


def python_of(environments: Path, environment: str) -> Path | None:
    """Return the Python of a peer's environment; None where that could not be set up."""
    folder = environments / environment
    return folder / "bin" / "python" if (folder / "made-from").exists() else None


def prepare(folder: Path, images: int) -> int:
    """Write the data that all jobs start from and return how many annotations it has."""
    for made in (folder / names.COCO / "images" / names.SUBSET, (folder / names.SOURCE).parent):
        made.mkdir(parents=True)  # Datumaro wants a folder of images, even an empty one
    options = ["--images", str(images), "--ids", str(folder / names.WANTED)]
    annotations: int = generate(folder / names.SOURCE, *options)["annotations"]
    return annotations


def measure(job: peers.Job, python: Path, folder: Path, measurement: Measurement) -> None:
    """Run a job once more."""
    if job.output:
        made = folder / Path(job.output).parts[0]
        if made.exists():
            (shutil.rmtree if made.is_dir() else Path.unlink)(made)
    process = run(python, [argument.replace("FOLDER", str(folder)) for argument in job.command])
    if job.whole:
        measurement.seconds.append(process.seconds)
        measurement.cpu.append(process.cpu)
    else:
        report = process.report()
        measurement.seconds.append(report["seconds"])
        measurement.cpu.append(report["cpu"])
        measurement.found = report["found"]
    measurement.peak.append(process.peak)
    if job.output:
        measurement.bytes = size(folder / job.output)


def measure_all(
    folder: Path, environments: Path, runs: int, jobs: Sequence[peers.Job] = peers.JOBS
) -> list[Measurement]:
    """Run all jobs, those of the same work in turn."""
    source = Measurement(peers.CONVERT, SOURCE, bytes=size(folder / names.SOURCE))
    measurements = [Measurement(job.work, job.peer.name) for job in jobs]
    for work in dict.fromkeys(job.work for job in jobs):
        for number in range(runs):
            for job, measurement in zip(jobs, measurements, strict=True):
                if job.work != work or measurement.failure or (job.once and number):
                    continue
                python = python_of(environments, job.peer.environment)
                print(f"\r\033[K{work}: {job.peer.name}, {number + 1} of {runs}", end="", file=sys.stderr, flush=True)
                try:
                    if python is None:
                        measurement.failure = "did not run: not installed"
                    else:
                        measure(job, python, folder, measurement)
                except JobFailedError as error:
                    measurement.failure = f"failed: {error}"
        compare_work([one for one in measurements if one.work == work])
    print("\r\033[K", end="", file=sys.stderr)
    return [source, *measurements]


def compare_work(measurements: Iterable[Measurement]) -> None:
    """See to it that all peers found the same.

    Raises:
        DifferentWorkError: They did not.
    """
    agreed: dict[str, tuple[float, str]] = {}
    for one in measurements:
        for name, value in one.found.items():
            expected, by = agreed.setdefault(name, (value, one.peer))
            if not math.isclose(value, expected, rel_tol=FLOAT32 if isinstance(value, float) else 0):
                message = f"{one.work}: {one.peer} found {value} {name}, {by} found {expected}"
                raise DifferentWorkError(message)


def versions(environments: Path) -> dict[str, dict[str, str]]:
    """Return the versions of what is compared, by environment."""
    found = {}
    for peer in {job.peer for job in peers.JOBS if job.peer.distributions}:
        python = python_of(environments, peer.environment)
        if python is not None:
            found[peer.environment] = run(python, ["-c", VERSIONS, *peer.distributions]).report()
    return dict(sorted(found.items()))


def compare(images: int, runs: int, environments: Path, folder: Path) -> tuple[dict[str, Any], str, list[Verdict]]:
    """Compare on so many images; return the results, tables of them, and the verdicts."""
    annotations = prepare(folder, images)
    measurements = measure_all(folder, environments, runs)
    verdicts = [demand.verdict(measurements) for demand in DEMANDS]
    results = {
        "images": images,
        "annotations": annotations,
        "runs": runs,
        "python": platform.python_version(),
        "versions": versions(environments),
        "demands": [verdict.record() for verdict in verdicts],
        "measurements": [asdict(one) for one in measurements],
    }
    title = f"{images:,} images, {annotations:,} annotations, median of {runs} runs"
    return results, "\n\n".join((title, table.measured(measurements), table.demanded(verdicts))), verdicts


def main() -> int:
    """Compare, print, and return 1 where something demanded is not reached or not measured."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--images", type=int, nargs="+", default=[12_000], help="how many (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=5, help="of every job (default: %(default)s)")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FOLDER", help="where the JSON goes")
    parser.add_argument("--environments", type=Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.results.mkdir(exist_ok=True)
    met = True
    for images in options.images:
        with tempfile.TemporaryDirectory(prefix="datumpb-bench-") as folder:
            results, tables, verdicts = compare(images, options.runs, options.environments.absolute(), Path(folder))
        (options.results / f"{images}.json").write_text(
            json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8"
        )
        print(tables, end="\n\n")
        met = met and all(verdict.word == "MET" for verdict in verdicts)
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
