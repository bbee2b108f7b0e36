"""Tries targets with atheris, each in a process of its own, for a while or until an input breaks a promise.

What reaches new code is kept in `.fuzz/TARGET`, outside of version control, and so is what broke a promise.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(__file__).parent / "corpus"
FOUND = ROOT / ".fuzz"
# What one input may cost; Python and the libraries alone take 150 MB.
LIMITS = ["-max_len=1048576", "-rss_limit_mb=1024", "-timeout=25"]
# What of a target's inputs is worth to be kept in version control.
MOST_BYTES_OF_ONE, MOST_FILES, MOST_BYTES = 6000, 60, 36000


def main() -> int:
    """Run the targets that were asked for, one after the other; return the worst status."""
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description="Tries targets with atheris.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; by default all")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (60)")
    parser.add_argument("--minimise", action="store_true", help="renew the corpus by what was found, and fuzz nothing")
    options = parser.parse_args()
    if unknown := set(options.targets) - TARGETS.keys():
        parser.error(f"no such target: {', '.join(sorted(unknown))}; there are: {', '.join(TARGETS)}")
    work = _minimise if options.minimise else _fuzz
    return max([work(name, options.seconds) for name in options.targets or TARGETS])


def _fuzz(name: str, seconds: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        seeds = _seeds(name, Path(folder))
        words = Path(__file__).parent / "words.dict"
        arguments = [f"-max_total_time={seconds}", f"-dict={words}", f"-artifact_prefix={FOUND / name}-", *LIMITS]
        return _run(name, [*arguments, "-print_final_stats=1"], [FOUND / name, CORPUS / name, seeds])


def _minimise(name: str, _seconds: int) -> int:
    """Keep of corpus and found inputs few small ones that reach as much code as possible."""
    with tempfile.TemporaryDirectory() as folder:
        seeds, chosen = _seeds(name, Path(folder)), Path(folder) / "chosen"
        chosen.mkdir()
        status = _run(name, ["-set_cover_merge=1", *LIMITS], [chosen, CORPUS / name, FOUND / name, seeds])
        if status:
            return status
        shutil.rmtree(CORPUS / name)
        (CORPUS / name).mkdir()
        left = MOST_BYTES
        for path in sorted(chosen.iterdir(), key=lambda path: (path.stat().st_size, path.name))[:MOST_FILES]:
            left -= path.stat().st_size
            if left < 0 or path.stat().st_size > MOST_BYTES_OF_ONE:
                break
            shutil.copy(path, CORPUS / name)
    return 0


def _seeds(name: str, folder: Path) -> Path:
    target = TARGETS[name]
    seeds, work = folder / "seeds", folder / "work"
    for made in (seeds, work, FOUND / name, CORPUS / name):
        made.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(target.seeds(work)):
        (seeds / f"{number}").write_bytes(data)
    for more in target.more_seeds:
        for path in (ROOT / more).glob("*.datum"):
            shutil.copy(path, seeds)
    return seeds


def _run(name: str, arguments: list[str], folders: list[Path]) -> int:
    memory = Path("/dev/shm")  # noqa: S108 -- tempfile makes the names
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as work:  # spares the disk
        program = Path(work) / "fuzzer"  # libFuzzer starts it again to minimise
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tests.fuzz.fuzzer {name} "$0" "$@"\n')
        program.chmod(0o700)
        command = [str(program), *arguments, *map(str, folders)]
        return subprocess.run(command, check=False, cwd=ROOT, env={**os.environ, "TMPDIR": work}).returncode


if __name__ == "__main__":
    sys.exit(main())
