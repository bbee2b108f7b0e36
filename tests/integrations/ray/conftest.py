"""The tests here need Ray; tests/integrations/test_extras_absent.py says so where it is not installed."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

collect_ignore_glob = [] if importlib.util.find_spec("ray") else ["test_*.py"]


@pytest.fixture(scope="session", autouse=True)
def cluster() -> Iterator[None]:
    """Two nodes, each with a process scheduler, an object store and workers of its own."""
    # Not in pytest's folder: the paths of sockets have to be short.
    with tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as folder:
        os.environ.update({"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled", "RAY_TMPDIR": folder})
        import ray  # noqa: PLC0415 -- reads the environment when it is imported
        from ray.cluster_utils import Cluster  # noqa: PLC0415 -- as above

        node = {"num_cpus": 1, "object_store_memory": 100 << 20, "include_dashboard": False}
        nodes = Cluster(initialize_head=True, head_node_args=node)
        try:
            nodes.add_node(**node)
            ray.init(nodes.address, logging_level="error", log_to_driver=False)
            ray.data.DataContext.get_current().enable_progress_bars = False
            yield
        finally:
            ray.shutdown()
            nodes.shutdown()
