"""`python -m datumpb`: the command line."""

from __future__ import annotations

from datumpb.cli.main import main

main()
