"""`datumpb-datum`: Datumaro's own command line, with this format in it."""

from __future__ import annotations

import sys

from datumpb.errors import MissingExtraError


def main() -> int:
    """Run Datumaro's command line, and return its exit status."""
    try:
        from datumpb.integrations.datumaro import register  # noqa: PLC0415 -- may be missing
    except MissingExtraError as error:
        sys.stderr.write(f"datumpb-datum: error: {error}\n")
        return 1
    from datumaro.cli.__main__ import main as datumaro_main  # noqa: PLC0415 -- may be missing

    register()
    status: int = datumaro_main()
    return status
