"""A short fault campaign; scripts/faults has the long one."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from datumpb.container.file_reader import FileReader
from tests.support.faults.campaign import Campaign, run, table, try_one
from tests.support.faults.judge import WAYS, Outcome
from tests.support.faults.targets import make_targets

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_no_fault_is_silently_wrong_in_any_way_of_reading(tmp_path: Path) -> None:
    campaign = run(tmp_path, 240, seed=7)
    assert not campaign.wrong
    assert campaign.tried.total() == 240
    for way in WAYS:
        found = sum(counts[way, Outcome.DETECTED] for counts in campaign.counts.values())
        assert found > 150, way
    last = list(table(campaign))[-1].split()
    assert last[:3] == ["all", "all", "240"]
    assert all(cell.endswith("/0") and sum(map(int, cell.split("/"))) == 240 for cell in last[3:])


def test_the_campaign_notices_a_reader_that_trusts_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FileReader, "vouch", lambda *_: None)
    campaign, target = Campaign(), make_targets(tmp_path, 7)[0]
    for seed in range(30):
        try_one(campaign, target, "INDEX forged", random.Random(seed))
    (counts,) = campaign.counts.values()
    assert counts["sequential", Outcome.WRONG] > 0 < counts["random", Outcome.WRONG]
    assert counts["verify", Outcome.WRONG] == counts["recover", Outcome.WRONG] == 0
    assert len(campaign.wrong) == counts["sequential", Outcome.WRONG] + counts["random", Outcome.WRONG]
