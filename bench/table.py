"""The tables of a comparison, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import peers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.demands import Verdict
    from bench.runner import Measurement

MEGABYTE = 1e6
DROPS = {job.peer.name: job.peer.drops for job in peers.JOBS}


def rows(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a table: the first column to the left, the last one, too, others to the right."""
    ruler = ["---", *("---:" for _ in header[1:-1]), "---"]
    return "\n".join("| " + " | ".join(line) + " |" for line in (header, ruler, *lines))


def measured(measurements: Sequence[Measurement]) -> str:
    """Return the table of all jobs; ratios are ours ÷ theirs."""
    ours = {one.work: one for one in measurements if one.peer == peers.DATUMPB.name}
    header = ("work", "by", "median", "ours ÷ it", "CPU", "ours ÷ it", "peak memory", "bytes", "what it drops")
    return rows(header, (line(one, ours.get(one.work)) for one in measurements))


def line(one: Measurement, ours: Measurement | None) -> list[str]:
    """Return a job's line."""
    if one.failure:
        return [one.work, one.peer, *[""] * 6, one.failure]
    cells = [one.work, one.peer]
    for quantity in ("seconds", "cpu"):
        value = one.median(quantity)
        own = ours.median(quantity) if ours else None
        cells += ["" if value is None else duration(value), ratio(own, value)]
    peak = one.median("peak")
    cells.append("" if peak is None else f"{peak / MEGABYTE:,.0f} MB")
    return [*cells, "" if one.bytes is None else f"{one.bytes:,}", DROPS.get(one.peer) or "nothing"]


def duration(seconds: float) -> str:
    """Return seconds in a unit that suits them."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.1f} ms"


def ratio(ours: float | None, theirs: float | None) -> str:
    """Return a ratio with two or three digits that count."""
    if ours is None or not theirs:
        return ""
    value = ours / theirs
    return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"  # noqa: PLR2004 -- digits that count


def demanded(verdicts: Iterable[Verdict]) -> str:
    """Return the table of what must be reached."""
    lines = []
    for verdict in verdicts:
        demand = verdict.demand
        least = demand.quantity == "rate"
        unit = " items/s" if least else ""
        what = demand.work if demand.quantity == "seconds" else f"{demand.work}: {demand.quantity}"
        if demand.ours != peers.DATUMPB.name:
            what += f", {demand.ours.rpartition(', ')[2]}"
        wanted = f"{'≥' if least else '≤'} {demand.limit:,g}{unit}"
        value = "" if verdict.value is None else f"{verdict.value:,.0f}{unit}" if least else f"{verdict.value:.4f}"
        cpu = "" if verdict.cpu is None else f"{verdict.cpu:.4f}"
        lines.append((what, demand.against or "", wanted, value, cpu, verdict.word))
    return rows(("work", "against", "wanted", "measured", "by CPU", ""), lines)
