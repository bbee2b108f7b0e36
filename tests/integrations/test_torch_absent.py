"""The datasets for PyTorch where PyTorch is not installed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

import datumpb as dp
from datumpb.integrations import torch as ours
from tests.support.samples import one_line

INSTALL = "pip install 'datumpb[torch]'"


def test_it_is_tested_where_torch_is() -> None:
    if importlib.util.find_spec("torch") is None:
        pytest.skip(f"PyTorch is not installed, so tests/integrations/torch did not run: {INSTALL}")


@pytest.mark.parametrize("name", ours.__all__)
def test_every_name_says_what_to_install(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: None)
    with pytest.raises(dp.MissingExtraError) as caught:
        getattr(ours, name)
    assert one_line(caught.value) == f"{name} needs torch: {INSTALL}"


def test_other_names_are_unknown() -> None:
    with pytest.raises(AttributeError, match="Nothing"):
        _ = ours.Nothing  # type: ignore[attr-defined]  # that is the point


def test_the_library_itself_does_not_load_torch() -> None:
    code = "import sys, datumpb.integrations.torch; from datumpb import *; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
