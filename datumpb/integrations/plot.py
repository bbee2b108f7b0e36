"""Statistics of a dataset as a picture, by matplotlib (the extra `datumpb[plot]`); no display is needed."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from datumpb.container.atomic import AtomicFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from datumpb.dataset.stats import DatasetStats, LabelStats

_MOST_LABELS = 40
_MOST_SUBSETS = 8
_LONGEST_NAME = 32
_SMALL, _LARGE = 32, 96  # sides in pixels, as COCO's evaluation tells small, medium and large objects apart
_SETTINGS = {"svg.hashsalt": "datumpb", "pdf.compression": 6, "axes.spines.top": False, "axes.spines.right": False}
_UNDATED = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}, ".png": {"Software": None}}
# Beside matplotlib's own, those that have the characters which it lacks, where they are installed.
_FONTS = (
    "DejaVu Sans", "Noto Sans", "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans JP", "Noto Sans SC", "Noto Sans KR",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Arial Unicode MS", "Microsoft YaHei",
    "Yu Gothic", "Malgun Gothic", "Hiragino Sans", "PingFang SC", "Apple SD Gothic Neo", "Noto Sans Devanagari",
    "Noto Sans Thai", "Noto Sans Arabic", "Noto Emoji", "Symbola", "Unifont",
)  # fmt: skip


def write_plot(stats: DatasetStats, path: Path, title: str) -> int:
    """Draw statistics: objects by label and subset, items by subset with missing media, and sizes of boxes.

    Args:
        stats: The statistics.
        path: The file, whose suffix is .png, .svg or .pdf. The same statistics give the same file.
        title: What stands above.

    Returns:
        How many different characters no font here has; they are drawn as boxes.

    Raises:
        OSError: The file cannot be written.
    """
    suffix = path.suffix.lower()
    installed = {font.name for font in fontManager.ttflist}
    fonts = [name for name in _FONTS if name in installed]
    with (
        mpl.rc_context({**_SETTINGS, "font.family": fonts}),
        warnings.catch_warnings(record=True) as told,
        AtomicFile(path) as file,
    ):
        warnings.filterwarnings("always", r"Glyph \d+", UserWarning)
        figure = _draw(stats, title)
        figure.savefig(file.file, format=suffix[1:], dpi=150, metadata=_UNDATED[suffix])
    return len({str(one.message).partition(" missing")[0] for one in told if str(one.message).startswith("Glyph")})


def _draw(stats: DatasetStats, title: str) -> Figure:
    rows = min(len(stats.labels), _MOST_LABELS + 1)
    figure = Figure(figsize=(12, max(5.0, 1.6 + 0.22 * rows)), layout="constrained")
    figure.suptitle(_shortened(title), parse_math=False)
    left, right = figure.subfigures(1, 2, width_ratios=(3, 2))
    above, below = right.subplots(2, 1)
    colors = _colors(stats)
    _draw_labels(left.subplots(), stats, colors)
    _draw_subsets(above, stats, colors)
    _draw_sides(below, stats.sides())
    return figure


def _colors(stats: DatasetStats) -> dict[str, Any]:
    """Return the colours of the subsets with most items; the others share one."""
    largest = sorted(stats.subsets, key=lambda name: -stats.subsets[name].items)[:_MOST_SUBSETS]
    return {name: f"C{place}" for place, name in enumerate(name for name in stats.subsets if name in largest)}


def _draw_labels(axes: Any, stats: DatasetStats, colors: dict[str, Any]) -> None:  # noqa: ANN401 -- untyped library
    labels = list(stats.labels.items())
    names = [_shortened(name) for name, _ in labels[:_MOST_LABELS]]
    parts: list[list[LabelStats]] = [[label] for _, label in labels[:_MOST_LABELS]]
    if labels[_MOST_LABELS:]:
        names.append(f"({len(labels) - _MOST_LABELS} more)")
        parts.append([label for _, label in labels[_MOST_LABELS:]])
    starts = np.zeros(len(parts))
    for _, subsets, color in _groups(stats, colors):
        widths = np.array([sum(label.objects[name] for label in row for name in subsets) for row in parts])
        axes.barh(range(len(parts)), widths, left=starts, color=color)
        starts += widths
    for place, total in enumerate(starts):
        axes.annotate(f" {total:,.0f}", (total, place), va="center", fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=8, parse_math=False)
    axes.invert_yaxis()
    axes.margins(x=0.1, y=0.01)
    axes.set_title("Objects by label" + (", in the colours of subsets" if len(stats.subsets) > 1 else ""))
    axes.xaxis.set_major_formatter(_thousands)
    axes.tick_params(axis="x", labelsize=8)


def _draw_subsets(axes: Any, stats: DatasetStats, colors: dict[str, Any]) -> None:  # noqa: ANN401 -- untyped library
    groups = _groups(stats, colors)
    items = [sum(stats.subsets[name].items for name in subsets) for _, subsets, _ in groups]
    missing = [sum(stats.subsets[name].missing_media for name in subsets) for _, subsets, _ in groups]
    places = range(len(groups))
    axes.barh(places, items, color=[color for _, _, color in groups])
    axes.barh(places, missing, color="none", edgecolor="black", hatch="////", linewidth=0)
    for place, (total, lost) in enumerate(zip(items, missing, strict=True)):
        axes.annotate(f" {total:,}" + (f", {lost:,} missing" if lost else ""), (total, place), va="center", fontsize=8)
    axes.set_yticks(places, [name for name, _, _ in groups], fontsize=8, parse_math=False)
    axes.set_ylim(max(len(groups), 4) - 0.5, -0.5)
    axes.margins(x=0.3)
    axes.set_title("Items by subset" + (" (hatched: media missing)" if any(missing) else ""))
    axes.xaxis.set_major_formatter(_thousands)
    axes.tick_params(axis="x", labelsize=8)


def _draw_sides(axes: Any, sides: np.ndarray) -> None:  # noqa: ANN401 -- untyped library
    positive = sides[sides > 0]
    axes.set_title("Sizes of boxes")
    axes.set_xlabel("side in pixels: the square root of the area", fontsize=8)
    axes.set_ylabel("objects", fontsize=8)
    axes.tick_params(labelsize=8)
    if not positive.size:
        axes.text(0.5, 0.5, "no boxes", ha="center", va="center", transform=axes.transAxes)
        axes.set_xticks([])
        axes.set_yticks([])
        return
    least, most = float(positive.min()), float(positive.max())
    axes.hist(positive, np.geomspace(least * 0.999, most * 1.001, 41), color="0.55")
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(_plain)
    axes.yaxis.set_major_formatter(_thousands)
    for side in (_SMALL, _LARGE):
        if least < side < most:
            axes.axvline(side, color="0.2", linewidth=0.8, linestyle=":")
            axes.annotate(f" {side}", (side, 1), xycoords=("data", "axes fraction"), va="top", fontsize=8)


def _groups(stats: DatasetStats, colors: dict[str, Any]) -> list[tuple[str, Sequence[str], Any]]:
    """Return the subsets to tell apart: each as its shown name, the subsets that it stands for, and its colour."""
    groups: list[tuple[str, Sequence[str], Any]] = [(_shortened(name), [name], color) for name, color in colors.items()]
    others = [name for name in stats.subsets if name not in colors]
    return [*groups, (f"({len(others)} more)", others, "0.6")] if others else groups


def _shortened(name: str) -> str:
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[: _LONGEST_NAME - 12]}…{shown[-11:]}"


def _thousands(value: float, _place: object) -> str:
    return f"{value:,.0f}" if value == int(value) else ""


def _plain(value: float, _place: object) -> str:
    return f"{value:g}"
