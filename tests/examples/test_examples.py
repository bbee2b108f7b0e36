from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


NEEDED = {
    "arrow_and_sql.py": ["pyarrow", "duckdb"],
    "datumaro_bridge.py": ["datumaro"],
    "encrypt.py": [],
    "huggingface_datasets.py": ["datasets"],
    "merge_and_split.py": [],
    "ray_convert.py": ["ray", "pyarrow"],
    "remote.py": ["fsspec"],
    "train_torch.py": ["torch"],
    "write_read.py": [],
}


@pytest.mark.parametrize("example", NEEDED)
def test_examples_run(example: str, tmp_path: Path) -> None:
    for library in NEEDED[example]:
        if importlib.util.find_spec(library) is None:
            pytest.skip(f"{library} is not installed")
    command = [sys.executable, "-W", "error", str(ROOT / "examples" / example), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert example.startswith(("huggingface", "ray")) or done.stderr == ""  # which show their progress
    assert done.stdout
