from __future__ import annotations

import importlib
import inspect

import pytest

import datumpb as dp


def test_every_public_name_can_be_had() -> None:
    for name in dp.__all__:
        assert getattr(dp, name) is not None
    assert set(dp.__all__) <= set(dir(dp))


def test_names_are_those_of_their_modules() -> None:
    for name, module in dp._MODULES.items():
        assert getattr(dp, name) is getattr(importlib.import_module(f"datumpb.{module}"), name)
        assert name in dp.__all__


def test_unknown_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="'Nothing'"):
        dp.Nothing  # type: ignore[attr-defined]  # noqa: B018 -- the access is the test


@pytest.mark.parametrize("module", ["errors", "model.annotations", "model.categories", "model.media"])
def test_every_class_of_the_model_and_every_error_is_public(module: str) -> None:
    name = f"datumpb.{module}"
    defined = {
        member.__name__
        for member in vars(importlib.import_module(name)).values()
        if inspect.isclass(member) and member.__module__ == name
    }
    assert defined - {"MediaSource"} <= set(dp.__all__)  # which is for those who implement datasets


def test_star_import() -> None:
    names: dict[str, object] = {}
    exec("from datumpb import *", names)  # noqa: S102 -- a star import is allowed at module level only
    assert names["Polygon"] is dp.Polygon
