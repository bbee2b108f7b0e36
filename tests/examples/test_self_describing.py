from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from google.protobuf.json_format import MessageToDict

from datumpb.container.schema import dynamic_items

ROOT = Path(__file__).parents[2]
FILE = ROOT / "tests" / "golden" / "v1" / "every-type" / "annotations" / "train.datum"


def test_a_stranger_reads_the_same() -> None:
    command = [sys.executable, "-W", "error", str(ROOT / "examples" / "self_describing.py"), str(FILE)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONPATH": ""})
    assert done.stderr == ""
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        MessageToDict(one) for one in dynamic_items(FILE)
    ]
