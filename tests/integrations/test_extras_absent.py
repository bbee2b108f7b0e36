"""The integrations of packages that a user has to ask for, where these are not installed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.integrations import ray, torch
from tests.support.samples import one_line

if TYPE_CHECKING:
    from types import ModuleType

INTEGRATIONS = pytest.mark.parametrize(("extra", "ours"), [("ray", ray), ("torch", torch)])


@INTEGRATIONS
def test_it_is_tested_where_its_package_is(extra: str, ours: ModuleType) -> None:
    assert ours.__all__
    if importlib.util.find_spec(extra) is None:
        pytest.skip(
            f"{extra} is not installed, so tests/integrations/{extra} did not run: pip install 'datumpb[{extra}]'"
        )


@INTEGRATIONS
def test_every_name_says_what_to_install(extra: str, ours: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: None)
    for name in ours.__all__:
        with pytest.raises(dp.MissingExtraError) as caught:
            getattr(ours, name)
        assert one_line(caught.value) == f"{name} needs {extra}: pip install 'datumpb[{extra}]'"


@INTEGRATIONS
def test_other_names_are_unknown(extra: str, ours: ModuleType) -> None:
    with pytest.raises(AttributeError, match=f"{extra}.*Nothing"):
        _ = ours.Nothing


@INTEGRATIONS
def test_the_library_itself_does_not_load_it(extra: str, ours: ModuleType) -> None:
    code = f"import sys, {ours.__name__}; from datumpb import *; sys.exit({extra!r} in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
