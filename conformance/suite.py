"""The cases of the suite, as manifest.json lists them, and the judgement of what a reader made of one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.compare import difference

ROOT = Path(__file__).parent
# An error of one of these classes is one of the class behind it, too.
_KINDS = {"TruncatedFile": "DamagedFile", "Authentication": "DamagedFile"}
_ITEM_MODES = ("items", "random", "verify")


@dataclass(frozen=True)
class SuiteCase:
    """A file and what a reader has to do with it.

    Attributes:
        name: Its name.
        group: What it is about; a row of the matrix.
        note: What is odd about it.
        file: The file.
        key_file: The file of the key that readers get; None: they get none.
        path: The logical path that readers of a media file get.
        errors: The classes of error to choose from; empty: the file is sound.
        refused_in: The modes in which it has to be refused; in the others it may be.
        twin: The lines that readers of a sound file print.
    """

    name: str
    group: str
    note: str
    file: Path
    key_file: Path | None
    path: str | None
    errors: tuple[str, ...]
    refused_in: tuple[str, ...]
    twin: tuple[dict[str, Any], ...]

    def modes(self) -> tuple[str, ...]:
        """Return the modes in which readers are run over it."""
        return _ITEM_MODES if self.path is None else ("media",)

    def fault(self, mode: str, status: int, lines: list[Any]) -> str | None:
        """Return what is wrong with a reader's answer, or None.

        Args:
            mode: The mode that it was run in.
            status: Its exit status.
            lines: What it printed, parsed.
        """
        last = lines[-1] if lines and isinstance(lines[-1], dict) else {}
        refused = last.get("error") if isinstance(last.get("error"), str) else None
        if status != (0 if refused is None else 1):
            return f"exit status {status}, last line {_short(last)}"
        if not self.errors:
            expected = list(self.twin if mode != "verify" else self.twin[-1:])
            return difference(expected, lines) if refused is None else f"refused a sound file: {_short(last)}"
        if refused is not None:
            allowed = {refused, _KINDS.get(refused)} & set(self.errors)
            # Where it may be accepted, there may be other things than the fault that a reader stumbles over.
            wrong = not allowed and mode in self.refused_in
            return f"expected {' or '.join(self.errors)}, got {_short(last)}" if wrong else None
        if mode in self.refused_in:
            return f"accepted, expected {' or '.join(self.errors)}"
        return None if last.keys() == {"end"} else f"no proper end: {_short(last)}"


def load(root: Path = ROOT) -> list[SuiteCase]:
    """Return all cases of the suite in a folder."""
    entries = json.loads((root / "manifest.json").read_text("utf-8"))["cases"]
    return [_case(root, entry) for entry in entries]


def parse_lines(text: str) -> list[Any]:
    """Parse what a reader printed, one JSON document a line.

    Raises:
        ValueError: A line is no JSON.
    """
    return [parse_json(line) for line in text.split("\n") if line.strip()]


def parse_json(text: str) -> Any:  # noqa: ANN401 -- any JSON
    """Parse JSON so that -0 keeps its sign, which some printers write without a decimal point."""
    return json.loads(text, parse_int=lambda digits: -0.0 if digits == "-0" else int(digits))


def _case(root: Path, entry: dict[str, Any]) -> SuiteCase:
    error = entry.get("error", ())
    file = root / entry["file"]
    return SuiteCase(
        name=entry["name"],
        group=entry["group"],
        note=entry["note"],
        file=file,
        key_file=None if entry["key"] is None else root / "keys" / entry["key"],
        path=entry.get("path"),
        errors=(error,) if isinstance(error, str) else tuple(error),
        refused_in=tuple(entry.get("modes", ())),
        twin=() if error else tuple(parse_json(file.with_suffix(".json").read_text("utf-8"))),
    )


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 200 else f"{text[:200]}..."  # noqa: PLR2004 -- what a line of a report may take
