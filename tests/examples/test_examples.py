from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "example",
    [
        "datumaro_bridge.py",
        "encrypt.py",
        "merge_and_split.py",
        "train_torch.py",
        "write_read.py",
    ],
)
def test_examples_run(example: str, tmp_path: Path) -> None:
    if "datumaro" in example:
        pytest.importorskip("datumaro", reason="Datumaro is not installed")
    if "torch" in example and importlib.util.find_spec("torch") is None:
        pytest.skip("PyTorch is not installed")
    command = [sys.executable, "-W", "error", str(ROOT / "examples" / example), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout
