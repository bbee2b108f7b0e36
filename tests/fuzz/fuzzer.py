"""The process that atheris runs: `python -m tests.fuzz.fuzzer TARGET PROGRAM [arguments of libFuzzer]`.

PROGRAM is what libFuzzer calls to start the same process again.
"""

from __future__ import annotations

import random
import sys
from importlib import import_module
from pkgutil import walk_packages

import atheris

with atheris.instrument_imports(include=["datumpb"]):
    import datumpb

    # All now: what is imported later, when it is needed, would be followed by nobody. But for what needs an extra.
    LEFT_OUT = ("__main__", "arrow", "cli", "formats.parquet", "integrations")
    for _module in walk_packages(datumpb.__path__, "datumpb."):
        if not _module.name.startswith(tuple(f"datumpb.{name}" for name in LEFT_OUT)):
            import_module(_module.name)

from tests.fuzz.harness import try_input
from tests.fuzz.targets import TARGETS


def main() -> None:
    """Hand the process over to libFuzzer, which ends it."""
    target = TARGETS[sys.argv[1]]
    mutate = target.mutate
    hooks = {}
    if mutate is not None:
        hooks["custom_mutator"] = lambda data, most, seed: mutate(data, most, random.Random(seed), atheris.Mutate)
    atheris.Setup(sys.argv[2:], lambda data: try_input(target, data), **hooks)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
