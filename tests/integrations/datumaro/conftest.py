"""The tests here need Datumaro; tests/integrations/test_datumaro_absent.py says so where it is not installed."""

from __future__ import annotations

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("datumaro") else ["test_*.py"]
