"""The verdict on what was measured."""

from __future__ import annotations

import pytest

from bench import peers, table
from bench.demands import DEMANDS, Demand
from bench.runner import Measurement

OURS, THEIRS = peers.DATUMPB.name, "them"
FASTER = Demand("read", THEIRS, 0.5)


def measured(ours: list[float], theirs: list[float]) -> list[Measurement]:
    return [Measurement("read", OURS, ours, ours), Measurement("read", THEIRS, theirs, [2 * one for one in theirs])]


@pytest.mark.parametrize(
    ("ours", "word"),
    [(4.0, "MET"), (5.0, "MET"), (5.1, "MISSED"), (50.0, "MISSED")],
    ids=["less", "equal", "more", "much"],
)
def test_the_ratio_is_ours_by_theirs_and_at_most_the_limit(ours: float, word: str) -> None:
    verdict = FASTER.verdict(measured([ours], [10.0]))
    assert verdict.value == ours / 10
    assert verdict.cpu == ours / 20
    assert verdict.word == word


def test_medians_are_compared() -> None:
    assert FASTER.verdict(measured([1.0, 2.0, 90.0], [4.0, 8.0, 0.1])).value == 0.5


def test_bytes() -> None:
    found = [Measurement("read", OURS, bytes=30), Measurement("read", THEIRS, bytes=100)]
    verdict = Demand("read", THEIRS, 0.31, "bytes").verdict(found)
    assert (verdict.value, verdict.cpu, verdict.word) == (0.3, None, "MET")


@pytest.mark.parametrize(("seconds", "word"), [(0.5, "MET"), (0.6, "MISSED")])
def test_a_rate_is_at_least_the_limit(seconds: float, word: str) -> None:
    found = [Measurement("read", OURS, [seconds], [seconds], found={"images": 100})]
    verdict = Demand("read", None, 200, "rate").verdict(found)
    assert verdict.value == pytest.approx(100 / seconds)
    assert verdict.word == word


@pytest.mark.parametrize(
    "found",
    [
        [],
        [Measurement("read", OURS, [1.0], [1.0])],
        [Measurement("read", THEIRS, [1.0], [1.0])],
        [Measurement("read", OURS, [1.0], [1.0]), Measurement("read", THEIRS, failure="did not run: not installed")],
        [Measurement("other", OURS, [1.0], [1.0]), Measurement("read", THEIRS, [1.0], [1.0])],
    ],
    ids=["nothing", "without theirs", "without ours", "failed", "other work"],
)
def test_what_was_not_measured_is_not_met(found: list[Measurement]) -> None:
    verdict = FASTER.verdict(found)
    assert verdict.value is None
    assert verdict.word == "NOT MEASURED"


def test_every_demand_is_on_jobs_that_exist() -> None:
    jobs = {(job.work, job.peer.name) for job in peers.JOBS} | {(peers.CONVERT, "COCO JSON")}
    for demand in DEMANDS:
        assert (demand.work, demand.ours) in jobs
        assert demand.against is None or (demand.work, demand.against) in jobs


def test_tables_name_failures_and_verdicts() -> None:
    found = [*measured([4.0], [10.0]), Measurement("read", "absent", failure="did not run: not installed")]
    lines = table.measured(found).splitlines()
    assert lines[2].split(" | ")[2:6] == ["4.00 s", "1.00", "4.00 s", "1.00"]
    assert lines[3].split(" | ")[2:6] == ["10.00 s", "0.40", "20.00 s", "0.20"]
    assert lines[4].endswith("| did not run: not installed |")
    demanded = table.demanded([FASTER.verdict(found), Demand("read", None, 1, "rate").verdict([])]).splitlines()
    assert demanded[2] == "| read | them | ≤ 0.5 | 0.4000 | 0.2000 | MET |"
    assert demanded[3] == "| read: rate |  | ≥ 1 items/s |  |  | NOT MEASURED |"
