"""Makes docs/errors.md of the docstrings in datumpb/errors.py.

python scripts/errors_page.py [--check]
"""

from __future__ import annotations

import argparse
import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parent.parent / "docs" / "errors.md"
WARNINGS = (errors.UnknownDataWarning, errors.LossWarning)
INTRODUCTION = """\
Every error has one line that says what is wrong and where, and never shows a key. The command line prints this line and
ends with status 1, or as `--help` of the command says. In Python all are in the package itself, such as
`datumpb.DamagedFileError`. They survive pickling, so they reach you from worker processes as they are."""
_PREFIX = "What to do: "


def main() -> None:
    """Write the page, or compare it with what would be written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail where docs/errors.md is not up to date")
    text = "\n".join(page()) + "\n"
    if not parser.parse_args().check:
        PAGE.write_text(text, "utf-8")
    elif PAGE.read_text("utf-8") != text:
        print("docs/errors.md is not what datumpb/errors.py says: run scripts/errors_page.py", file=sys.stderr)
        sys.exit(1)


def page() -> Iterator[str]:
    """Yield the lines of the page."""
    module = inspect.getdoc(errors) or ""
    tree = module[module.index("::\n") + 3 : module.index("\nA message")]
    yield "# Errors"
    yield ""
    yield "Made by `scripts/errors_page.py` of the docstrings in [`datumpb/errors.py`](../datumpb/errors.py)."
    yield ""
    yield INTRODUCTION
    yield ""
    yield "```text"
    yield inspect.cleandoc(tree)
    yield "```"
    for error in tree_of(errors.DatumpbError):
        yield from section(error)
    yield ""
    yield "# Warnings"
    for warning in WARNINGS:
        yield from section(warning)


def tree_of(error: type[Exception]) -> Iterator[type[Exception]]:
    """Yield a class and all that are made from it, in the order in which they are written."""
    yield error
    for child in error.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from tree_of(child)


def section(error: type[Exception]) -> Iterator[str]:
    """Yield what is said of one class."""
    summary, *paragraphs = (inspect.getdoc(error) or "").split("\n\n")
    (advice,) = (" ".join(text.split()) for text in paragraphs if text.startswith(_PREFIX))
    yield ""
    yield f"## {error.__name__}"
    yield ""
    yield summary
    yield ""
    yield f"**What to do:** {advice.removeprefix(_PREFIX)}"
    for text in paragraphs:
        if text.startswith("Attributes:"):
            yield ""
            yield from (f"- `{name.strip()}`: {what.strip()}" for name, what in _attributes(text))


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    joined: list[str] = []
    for line in text.splitlines()[1:]:
        if line.startswith("        "):
            joined[-1] += " " + line.strip()
        else:
            joined.append(line.strip())
    for line in joined:
        name, _, what = line.partition(":")
        yield name, what


if __name__ == "__main__":
    main()
