"""Puts the figures of a comparison on 12,000 images into README.md: ratios only, as seconds differ by machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.table import rows

PROJECT = Path(__file__).parents[1]
README = PROJECT / "README.md"
CHART = PROJECT / "docs" / "benchmark.svg"
RESULTS = PROJECT / "bench" / "results" / "12000.json"
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->"


def figures(results: dict[str, Any]) -> str:
    """Return the block between the marks."""
    lines = []
    for one in results["demands"]:
        if one["against"] is None or one["measured"] is None:
            continue
        ours = "" if one["ours"] == "datumpb" else f" ({one['ours'].rpartition(', ')[2]})"
        quantity = "size" if one["quantity"] == "bytes" else "time"
        lines.append((f"{one['work']}{ours}", one["against"], quantity, f"{one['measured']:.3g}"))
    table = rows(("what", "against", "of", "datumpb ÷ it"), lines) + "\n"
    return table + f"\n![Size, time and memory against other formats]({CHART.relative_to(PROJECT).as_posix()})\n"


def put(text: str, block: str) -> str:
    """Return README's text with another block between the marks."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + block + END + rest.partition(END)[2]


if __name__ == "__main__":
    README.write_text(put(README.read_text("utf-8"), figures(json.loads(RESULTS.read_text("utf-8")))), "utf-8")
