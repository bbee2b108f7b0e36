"""The integration of Ray where Ray is not installed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

import datumpb as dp
from datumpb.integrations import ray as ours
from tests.support.samples import one_line

INSTALL = "pip install 'datumpb[ray]'"


def test_it_is_tested_where_ray_is() -> None:
    if importlib.util.find_spec("ray") is None:
        pytest.skip(f"Ray is not installed, so tests/integrations/ray did not run: {INSTALL}")


@pytest.mark.parametrize("name", ours.__all__)
def test_every_name_says_what_to_install(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: None)
    with pytest.raises(dp.MissingExtraError) as caught:
        getattr(ours, name)
    assert one_line(caught.value) == f"{name} needs ray: {INSTALL}"


def test_other_names_are_unknown() -> None:
    with pytest.raises(AttributeError, match="Nothing"):
        _ = ours.Nothing  # type: ignore[attr-defined]  # that is the point


def test_the_library_itself_does_not_load_ray() -> None:
    code = "import sys, datumpb.integrations.ray; from datumpb import *; sys.exit('ray' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
