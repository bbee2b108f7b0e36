"""Every input of the corpus, and every one that once broke a promise, without atheris."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.harness import try_input
from tests.fuzz.targets import TARGETS

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", TARGETS)
def test_the_promise_holds_for_what_fuzzing_kept(name: str) -> None:
    inputs = sorted((HERE / "corpus" / name).iterdir())
    assert inputs
    for path in inputs:
        try_input(TARGETS[name], path.read_bytes())


@pytest.mark.parametrize("path", sorted((HERE / "regressions").glob("*/*")), ids=lambda path: path.name)
def test_what_once_broke_it_does_no_more(path: Path) -> None:
    try_input(TARGETS[path.parent.name], path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_sound_inputs_are_read(name: str, tmp_path: Path) -> None:
    seeds = list(TARGETS[name].seeds(tmp_path))
    assert seeds
    for data in seeds:
        assert try_input(TARGETS[name], data)
