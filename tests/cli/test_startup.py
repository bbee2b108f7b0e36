"""What start-up costs: which modules a command loads, not how long that takes on some machine."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "google.protobuf", "PIL", "cryptography", "pycocotools", "zstandard", "tqdm")
PROGRAM = """
import sys
from datumpb.cli.main import main
sys.argv[0] = "datumpb"
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
print(*sorted(sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["keygen"], ["formats"], ["convert", "--help"], ["cat", "-h"]]
)
def test_light_commands_load_nothing_heavy(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "click" in loaded
    assert not [name for name in HEAVY if name in loaded]


def test_the_package_loads_nothing_heavy() -> None:
    program = "import sys, datumpb; datumpb.errors; datumpb.generate_key(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not [name for name in (*HEAVY, "click") if name in loaded]
