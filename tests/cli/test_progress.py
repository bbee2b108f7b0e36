from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from datumpb.cli.progress import terminal_progress
from datumpb.dataset.progress import no_progress

if TYPE_CHECKING:
    import pytest


def test_nothing_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    progress = terminal_progress()
    assert progress is no_progress
    assert list(progress(range(3), 3, "train")) == [0, 1, 2]
    assert capsys.readouterr().err == ""


def test_a_bar_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert list(terminal_progress()(range(3), 3, "train")) == [0, 1, 2]
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "train" in captured.err
    assert "/3" in captured.err
    assert " left" in captured.err


def test_of_how_many_is_not_known(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert list(terminal_progress()(range(3), None, "train")) == [0, 1, 2]
    shown = capsys.readouterr().err
    assert "train  3" in shown or "train  0" in shown
    assert "/" not in shown.replace("/s", "")
    assert "%" not in shown
    assert "left" not in shown
