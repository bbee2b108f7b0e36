from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("example", ["datumaro_bridge.py", "encrypt.py", "merge_and_split.py", "write_read.py"])
def test_examples_run(example: str, tmp_path: Path) -> None:
    if "datumaro" in example:
        pytest.importorskip("datumaro", reason="Datumaro is not installed")
    command = [sys.executable, "-W", "error", str(ROOT / "examples" / example), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout
