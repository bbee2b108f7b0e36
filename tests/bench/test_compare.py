"""The comparison itself, on a few images and with datumpb as the only peer that is there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench import compare, peers
from bench.runner import JobFailedError, Measurement, run

if TYPE_CHECKING:
    from collections.abc import Callable

PYTHON = Path(sys.executable)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environments(tmp_path: Path) -> Path:
    python = tmp_path / "environments" / "datumpb" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{PYTHON}" "$@"\n')
    python.chmod(0o755)
    (python.parents[1] / "made-from").touch()
    return tmp_path / "environments"


def test_without_peers(environments: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    results, tables, verdicts = compare.compare(40, 2, environments, folder)
    assert results["images"] == 40
    assert json.loads(json.dumps(results)) == results
    by_peer: dict[str, list[dict[str, object]]] = {}
    for one in results["measurements"]:
        by_peer.setdefault(one["peer"], []).append(one)
    for one in by_peer[peers.DATUMPB.name] + by_peer[peers.ENCRYPTED.name]:
        assert one["failure"] == ""
        assert len(one["seconds"]) == len(one["cpu"]) == len(one["peak"]) == 2  # type: ignore[arg-type]  # lists
    for peer in (peers.BINARY, peers.ORJSON, peers.PARQUET, peers.OLD_ENCRYPTED):
        assert {one["failure"] for one in by_peer[peer.name]} == {"did not run: not installed"}
    words = {(verdict.demand.work, verdict.demand.against): verdict.word for verdict in verdicts}
    assert words[peers.READ_OBJECTS, peers.BINARY.name] == "NOT MEASURED"
    assert words[peers.RANDOM_ITEMS, None] in {"MET", "MISSED"}
    assert words[peers.CONVERT, "COCO JSON"] in {"MET", "MISSED"}
    assert "did not run: not installed" in tables


def test_the_same_work_is_the_same_work() -> None:
    ours = Measurement("read", "ours", found={"images": 3, "sum": 1.0})
    compare.compare_work([ours, Measurement("read", "theirs", found={"images": 3, "sum": 1 + 1e-7, "objects": 1})])
    different: list[dict[str, float]] = [{"images": 2}, {"sum": 1.001}]
    for found in different:
        with pytest.raises(compare.DifferentWorkError, match=r"read: theirs found .*, ours found"):
            compare.compare_work([ours, Measurement("read", "theirs", found=found)])


def test_a_failing_job_is_told_by_its_last_line() -> None:
    with pytest.raises(JobFailedError, match=r"^ValueError: no$"):
        run(PYTHON, ["-c", "raise ValueError('no')"])


@pytest.mark.parametrize(
    ("code", "check"),
    [
        ("x = bytearray(300_000_000)", lambda process: process.peak > 300e6),
        ("import time; time.sleep(0.3)", lambda process: process.cpu < process.seconds >= 0.3),
    ],
    ids=["memory", "waiting"],
)
def test_a_process_is_measured_from_outside(code: str, check: Callable[[object], bool]) -> None:
    assert check(run(PYTHON, ["-c", code]))


def test_a_process_that_needs_little_memory_has_a_low_peak() -> None:
    # Started by a small one: what starts a process counts for its peak, and these tests need more than that.
    code = (
        f"import pathlib; from bench.runner import run; print(run(pathlib.Path({str(PYTHON)!r}), ['-c', 'pass']).peak)"
    )
    done = subprocess.run([PYTHON, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert 1e6 < int(done.stdout) < 100e6
