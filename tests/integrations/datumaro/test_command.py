from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from tests.support import bridge
from tests.support.samples import KEY

if TYPE_CHECKING:
    from pathlib import Path

CODE = "import sys; from datumpb.integrations.datumaro.command import main; sys.exit(main())"
HAS_EXTRAS = all(map(importlib.util.find_spec, ("tensorboardX", "tabulate", "scipy", "matplotlib")))


def run(*args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CODE, *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.skipif(not HAS_EXTRAS, reason="Datumaro's own command line is not installed: datumaro[cli]")
def test_datumaros_command_line_converts_to_datumpb_and_back(tmp_path: Path) -> None:
    bridge.simple(tmp_path / "in").export(tmp_path / "ours", "datumpb", save_media=True)
    detected = run("detect", tmp_path / "ours")
    assert detected.returncode == 0, detected.stderr
    assert "datumpb" in detected.stdout
    options: list[object] = ["--", "--save-media", "--encryption", "--encryption-key", KEY]
    done = run("convert", "-i", tmp_path / "ours", "-f", "datumpb", "-o", tmp_path / "sealed", *options)
    assert done.returncode == 0, done.stderr
    assert KEY not in done.stderr + done.stdout
    options = ["--encryption-key", KEY, "-f", "datumaro", "-o", tmp_path / "json", "--", "--save-media"]
    done = run("convert", "-i", tmp_path / "sealed", "-if", "datumpb", *options)
    assert done.returncode == 0, done.stderr
    assert len(dp.Dataset.import_from(tmp_path / "sealed", encryption_key=KEY)) == 2
    assert (tmp_path / "json" / "annotations" / "train.json").is_file()


def test_without_datumaros_extra_it_says_what_to_install() -> None:
    hidden = (
        f"import importlib.util as u; found = u.find_spec; u.find_spec = lambda name, *rest: {{}}.get(name)\n{CODE}"
    )
    done = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert (
        done.stderr == "datumpb-datum: error: the bridge to Datumaro needs Datumaro: pip install 'datumpb[datumaro]'\n"
    )
