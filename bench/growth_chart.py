"""Draws how time, memory and bytes grow, as SVG. Runs in an environment with matplotlib.

usage: python -m bench.growth_chart growth.json CHART.svg
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from matplotlib import pyplot as plt

from bench.chart import MEGABYTE, save, style

PANELS = (
    ("Processor time (first point of each = 1)", "cpu"),
    ("Peak memory, MB", "peak"),
    ("Bytes written, MB", "made"),
)
COLORS = ("#c2410c", "#1d4ed8", "#15803d", "#7e22ce")


def main() -> None:
    """Draw the results of `bench.growth`."""
    source, target = map(Path, sys.argv[1:])
    points = json.loads(source.read_text("utf-8"))["points"]
    style()
    works = [work for work in dict.fromkeys(one["work"] for one in points) if "first" not in work]
    figure, grid = plt.subplots(1, 3, figsize=(12, 4), layout="constrained")
    for axes, (title, quantity) in zip(grid, PANELS, strict=True):
        for work, color in zip(works, COLORS, strict=True):
            drawn = [(one["images"], one[quantity]) for one in points if one["work"] == work and one[quantity]]
            if drawn:
                images, values = zip(*drawn, strict=True)
                unit = values[0] if quantity == "cpu" else MEGABYTE
                axes.plot(images, [value / unit for value in values], "o-", color=color, label=work, markersize=4)
        axes.set_xscale("log")
        axes.set_yscale("log")
        if quantity == "peak":
            axes.set_ylim(10, 1000)
        axes.set_title(title)
        axes.set_xlabel("images")
        axes.grid(color="#e5e7eb")
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(works), frameon=False)
    save(target)


if __name__ == "__main__":
    main()
