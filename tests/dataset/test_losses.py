from __future__ import annotations

from datumpb.dataset.losses import LossReport


def test_nothing_was_lost() -> None:
    report = LossReport()
    assert not report
    assert report.lines() == []


def test_losses_are_counted_by_kind_and_the_most_frequent_comes_first() -> None:
    report = LossReport()
    report.add("colour", "item 'a'")
    report.add("sound", "item 'b'", 3)
    report.add("colour", "item 'c'")
    assert report
    assert report.counts == {"colour": 2, "sound": 3}
    assert report.lines() == ["3 x sound (first: item 'b')", "2 x colour (first: item 'a')"]
