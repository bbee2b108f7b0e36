"""README's figures are those of the results that are kept."""

from __future__ import annotations

import json

from bench import readme


def test_figures_are_those_of_the_results() -> None:
    text = readme.README.read_text("utf-8")
    assert readme.put(text, readme.figures(json.loads(readme.RESULTS.read_text("utf-8")))) == text


def test_only_the_block_changes() -> None:
    text = f"before\n{readme.BEGIN}old\n{readme.END}\nafter\n"
    assert readme.put(text, "new\n") == f"before\n{readme.BEGIN}new\n{readme.END}\nafter\n"
