"""The tests here need PyTorch; tests/integrations/test_extras_absent.py says so where it is not installed."""

from __future__ import annotations

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("torch") else ["test_*.py"]
