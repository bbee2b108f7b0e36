"""docs/errors.md says of every error what it means and what to do, and is what the docstrings say."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import datumpb as dp
from datumpb import errors

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "errors.md").read_text("utf-8")
CLASSES = [
    member
    for _, member in inspect.getmembers(errors, inspect.isclass)
    if member.__module__ == errors.__name__ and issubclass(member, Exception)
]


def test_the_page_is_made_of_the_docstrings() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "errors_page.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_class_has_a_section_and_an_advice() -> None:
    assert sorted(re.findall(r"^## (\w+)$", PAGE, re.MULTILINE)) == sorted(each.__name__ for each in CLASSES)
    assert PAGE.count("**What to do:** ") == len(CLASSES)
    assert all(getattr(dp, each.__name__) is each for each in CLASSES)


def test_the_tree_is_that_of_the_classes() -> None:
    drawn: list[tuple[str, str]] = []
    above: list[str] = []
    for line in PAGE[PAGE.index("```text\n") + 8 : PAGE.index("\n```\n")].splitlines():
        name = line.strip("│├└─ ").split()[0]
        depth = line.index(name) // 4
        del above[depth:]
        drawn.append((name, above[-1] if above else ""))
        above.append(name)
    parents = {(dp.DatumpbError.__name__, "")}
    parents |= {(each.__name__, parent.__name__) for parent in CLASSES for each in parent.__subclasses__()}
    assert set(drawn) == {pair for pair in parents if pair[0] in {each.__name__ for each in CLASSES}}
