"""Writes the conformance suite, or with --check says whether what is there is what would be written."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.make import catalogue
from conformance.make.forge import KEYS
from conformance.make.frames import PINNED, Frames

if TYPE_CHECKING:
    from conformance.make.case import Case

ROOT = Path(__file__).parents[1]
_FOLDERS = ("valid", "invalid", "keys")
_BAD_KEYS = {
    "short.txt": KEYS["first.txt"][:-1],
    "no-prefix.txt": KEYS["first.txt"].removeprefix("datum-") + "datum-",
    "unused-bits.txt": KEYS["first.txt"][:-2] + "9=",
    "plain-base64.txt": "datum-" + "+/" * 21 + "8=",
    "empty.txt": "",
    "words.txt": "datum-" + "not a key but as long as one, that it is ==  "[:44],
}


def main() -> int:
    """Write or compare; return the exit status."""
    parser = argparse.ArgumentParser(prog="make_conformance", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail where a file is not what is made")
    arguments = parser.parse_args()
    files = made_files()
    if arguments.check:
        problems = differences(files, ROOT)
        print("\n".join(problems) or f"conformance/ is what is made: {len(files)} files")
        return 1 if problems else 0
    for folder in _FOLDERS:
        shutil.rmtree(ROOT / folder, ignore_errors=True)
    for name, data in files.items():
        path = ROOT / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    print(f"conformance/ written: {len(files)} files, {sum(map(len, files.values()))} bytes")
    return 0


def made_files() -> dict[str, bytes]:
    """Make all files of the suite, by their paths below conformance/."""
    frames = Frames()
    files = {f"keys/{name}": text.encode() for name, text in {**KEYS, **_BAD_KEYS}.items()}
    entries: list[dict[str, Any]] = []
    for case in catalogue.cases(frames):
        folder = "invalid" if case.twin is None else "valid"
        file = f"{folder}/{case.name}.datum"
        assert file not in files, file
        files[file] = case.data
        if case.twin is not None:
            files[f"valid/{case.name}.json"] = _lines(case.twin)
        entries.append(_entry(case, file))
    files["manifest.json"] = _json({"cases": entries})
    files[PINNED.relative_to(ROOT).as_posix()] = _json(dict(sorted(frames.used.items())))
    return files


def differences(files: dict[str, bytes], root: Path) -> list[str]:
    """Return a line for each file that is missing, other than it should be, or too many."""
    problems = []
    for name, data in files.items():
        path = root / name
        if not path.exists():
            problems.append(f"conformance/{name}: is missing: run scripts/make_conformance")
        elif path.read_bytes() != data:
            problems.append(f"conformance/{name}: is not what is made: run scripts/make_conformance")
    for folder in _FOLDERS:
        names = (path.relative_to(root).as_posix() for path in sorted((root / folder).glob("*")))
        problems += [f"conformance/{name}: is not part of the suite" for name in names if name not in files]
    return problems


def _entry(case: Case, file: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": case.name, "group": case.group, "file": file}
    entry["kind"] = "items" if case.path is None else "media"
    entry["key"] = case.key
    if case.path is not None:
        entry["path"] = case.path
    if case.twin is None:
        entry["error"] = case.error[0] if len(case.error) == 1 else list(case.error)
        entry["modes"] = list(case.modes)
    entry["note"] = case.note
    return entry


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=1, allow_nan=False) + "\n").encode("ascii")


def _lines(twin: list[dict[str, Any]]) -> bytes:
    return ("[\n" + ",\n".join(json.dumps(line, allow_nan=False) for line in twin) + "\n]\n").encode("ascii")


if __name__ == "__main__":
    sys.exit(main())
