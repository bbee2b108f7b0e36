"""Settings of all tests."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("datumpb", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# scripts/test says the same of the same commit, whoever runs it; pytest by hand looks for something new each time.
settings.register_profile("repeatable", settings.get_profile("datumpb"), derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "datumpb"))


@pytest.fixture
def unchecked_masks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let masks be written whose runs do not fit, as other writers may do it."""
    monkeypatch.setattr("datumpb.codec.item_encoder.first_misfit", lambda _masks: None)
