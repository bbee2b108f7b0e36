"""The collector is as it was, whatever happens meanwhile."""

from __future__ import annotations

import gc
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from datumpb.codec.collector import paused_collector

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    gc.enable()


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("error", [True, False])
def test_it_is_paused_and_then_as_before(enabled: bool, error: bool) -> None:
    if not enabled:
        gc.disable()
    with suppress(ValueError), paused_collector():
        assert not gc.isenabled()
        if error:
            raise ValueError
    assert gc.isenabled() == enabled
