"""Draws the results as SVG: the same results, the same bytes. Runs in an environment with matplotlib.

usage: python -m bench.chart RESULTS.json CHART.svg
"""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt

from bench import peers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OURS, OTHERS, INK = "#c2410c", "#8b9bb4", "#1f2937"
MEGABYTE = 1e6
# Title, work, quantity, and whether the axis is logarithmic. Times are multiples of ours, as seconds differ by machine.
PANELS = (
    ("Size of the annotations, MB", peers.CONVERT, "bytes", False),
    ("COCO JSON → own format, time", peers.CONVERT, "seconds", False),
    ("Everything as objects, time", peers.READ_OBJECTS, "seconds", False),
    ("Everything as objects, peak memory, MB", peers.READ_OBJECTS, "peak", False),
    ("Boxes and labels as arrays, time", peers.BOXES, "seconds", False),
    ("One item by id, cold file, time (log)", peers.ONE_ITEM, "seconds", True),
    ("COCO JSON → own format, peak memory, MB", peers.CONVERT, "peak", False),
    ("Own format → COCO JSON, time", peers.EXPORT, "seconds", False),
)
ROWS = (11, 9, 5, 9)  # of panels: so many bars fit


def style() -> None:
    """Set what all charts share; an opaque ground, so that they can be read on light and dark pages."""
    mpl.rcParams.update(
        {
            "svg.hashsalt": "datumpb",
            "svg.fonttype": "path",
            "font.size": 9,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titleweight": "bold",
            "axes.titlesize": 10,
            "axes.titlelocation": "left",
            "text.color": INK,
            "axes.labelcolor": INK,
            "axes.edgecolor": OTHERS,
            "xtick.color": INK,
            "ytick.color": INK,
            "figure.facecolor": "white",
        }
    )


def save(path: Path) -> None:
    """Write the figure without a date."""
    plt.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


def value(measurement: dict[str, Any], quantity: str) -> float | None:
    """Return what a bar shows; None: no bar."""
    if quantity == "bytes":
        return None if measurement["bytes"] is None else measurement["bytes"] / MEGABYTE
    if len(measurement["peak"]) == 0 or measurement["peer"] == peers.XZ.name:  # one run, for its size
        return None
    median: float = statistics.median(measurement[quantity])
    return median / MEGABYTE if quantity == "peak" else median


def panel(axes: Axes, measurements: list[dict[str, Any]], quantity: str, *, logarithmic: bool, most: int) -> None:
    """Draw the bars of one work, the shortest on top."""
    bars = [(found, one["peer"]) for one in measurements if (found := value(one, quantity)) is not None]
    ours = next((found for found, peer in bars if peer == peers.DATUMPB.name), None)
    if quantity == "seconds" and ours:
        bars = [(found / ours, peer) for found, peer in bars]
    bars.sort(reverse=True)
    colors = [OURS if peer.startswith("datumpb") else OTHERS for _, peer in bars]
    drawn = axes.barh([peer for _, peer in bars], [found for found, _ in bars], color=colors, log=logarithmic)
    form = "{:,.2g} x" if quantity == "seconds" else "{:,.1f}" if quantity == "bytes" else "{:,.0f}"
    labels = [f"{found:,.0f} x" if quantity == "seconds" and found >= 10 else form.format(found) for found, _ in bars]  # noqa: PLR2004 -- digits
    axes.bar_label(drawn, labels, padding=3)
    axes.margins(x=0.18)
    axes.set_ylim(len(bars) - most - 0.5, len(bars) - 0.5)  # bars of the same height in all panels
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_bounds(-0.5, len(bars) - 0.5)
    axes.tick_params(axis="y", length=0)


def main() -> None:
    """Draw the results of a comparison."""
    source, target = map(Path, sys.argv[1:])
    results = json.loads(source.read_text("utf-8"))
    style()
    figure, grid = plt.subplots(4, 2, figsize=(11, 10.5), height_ratios=ROWS, layout="constrained")
    for number, (title, work, quantity, logarithmic) in enumerate(PANELS):
        measurements = [one for one in results["measurements"] if one["work"] == work]
        axes, most = grid.flat[number], ROWS[number // 2]
        axes.set_title(title)
        panel(axes, measurements, quantity, logarithmic=logarithmic, most=most)
    figure.suptitle(
        f"{results['images']:,} COCO-like images, {results['annotations']:,} annotations."
        " Times: datumpb = 1. Shorter is better.",
        x=0.01,
        ha="left",
    )
    save(target)


if __name__ == "__main__":
    main()
