"""A short crash campaign; scripts/crash has the long one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the campaign forks")
def test_at_the_path_there_is_nothing_or_the_old_or_the_new_and_a_rerun_succeeds() -> None:
    # In a process of its own: what is forked here would have the threads of this one's libraries.
    command = [sys.executable, "-m", "tests.support.crash", "--runs", "33", "--seed", "5"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    summary = [line.split() for line in lines if line.startswith("all ")]
    assert [row[1] for row in summary] == ["33", "33"]
    assert [row[-1] for row in summary] == ["0", "0"]
