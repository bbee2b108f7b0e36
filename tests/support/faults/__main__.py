"""Damages files in thousands of ways, reads each in every way, and prints what came of it.

scripts/faults [--faults N] [--seed N]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.support.faults.campaign import run, table


def main() -> None:
    """Run the campaign."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faults", type=int, default=6000, help="how many faults are tried")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        campaign = run(Path(name).resolve(), arguments.faults, arguments.seed)
    sys.stdout.write("\n".join([f"seed {arguments.seed}", *table(campaign)]) + "\n")
    sys.exit(bool(campaign.wrong))


if __name__ == "__main__":
    main()
