from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
sys.modules["datasets"] = None
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "datasets" else found(name, *rest)
import datumpb
try:
    import datumpb.integrations.huggingface
except datumpb.MissingExtraError as error:
    print(error)
"""


def test_without_datasets_one_line_says_what_to_install() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout == "datumpb.integrations.huggingface needs datasets: pip install 'datumpb[huggingface]'\n"
