"""Settings of all tests."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("datumpb", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# scripts/test says the same of the same commit, whoever runs it; pytest by hand looks for something new each time.
settings.register_profile("repeatable", settings.get_profile("datumpb"), derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "datumpb"))
