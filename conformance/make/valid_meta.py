"""Sound files: all that META can say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import datumpb as dp
from conformance.make.case import Case, valid
from conformance.make.entries import item, some
from conformance.make.forge import Forge
from datumpb import messages
from datumpb.codec.meta import encode_meta

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.model.values import Value

_INFOS: dict[str, Value] = {"year": 2017, "version": "1.0", "": [], "url": {"a": [1, None, 2**80]}, "né": b"\xff"}


def cases() -> Iterator[Case]:
    """Yield the cases."""
    yield _case("meta-least", "a subset's name and nothing else", messages.Meta(subset="s"))
    yield _case("meta-subset-name", "a subset with a name of all scripts", dp.Meta("trän 日本 😀 \0/..\\"))
    yield _case("meta-infos", "infos of every kind", dp.Meta("train", _INFOS))
    for number, name in messages.MediaType.items():
        words = number.removeprefix("MEDIA_TYPE_").lower().replace("_", "-")
        yield _case(
            f"meta-media-type-{words}",
            "a kind of media",
            messages.Meta(subset="s", media_type=name),  # type: ignore[arg-type]  # by its number
        )
    yield _case("meta-labels", "labels with parents, attributes, infos and groups", _with(labels=_labels()))
    yield _case("meta-masks", "colours of labels", _with(masks=_masks()))
    yield _case("meta-points", "keypoints of labels", _with(points=_points()))
    yield _case("meta-tabular", "columns of tables", _with(tabular=_tabular()))
    everything = dp.Categories(_labels(), _masks(), _points(), _tabular())
    yield _case("meta-everything", "all categories and infos", dp.Meta("all", _INFOS, everything, dp.MediaType.MIXED))
    empty = dp.Categories(dp.LabelCategories(), dp.MaskCategories(), dp.PointsCategories(), dp.TabularCategories())
    yield valid(
        "meta-empty-categories", "categories that are there and empty", _forge(dp.Meta("s", {}, empty), items=False)
    )


def _case(name: str, note: str, meta: dp.Meta | messages.Meta) -> Case:
    return valid(name, note, _forge(meta))


def _forge(meta: dp.Meta | messages.Meta, *, items: bool = True) -> Forge:
    message = meta if isinstance(meta, messages.Meta) else encode_meta(meta)
    return Forge([[*some(2), item("last label", dp.Label(label=0))]] if items else [], message)


def _with(**categories: object) -> dp.Meta:
    return dp.Meta("train", {}, dp.Categories(**categories))  # type: ignore[arg-type]  # by their names


def _labels() -> dp.LabelCategories:
    labels = [
        dp.LabelCategory("cat", "animal", ["is_crowd", "é"], {"id": 17, "more": [None, {"a": 1.5}]}),
        dp.LabelCategory("dog", "animal"),
        dp.LabelCategory("cat"),
        dp.LabelCategory("", "", [], {}),
    ]
    groups = [
        dp.LabelGroup("pets", ["cat", "dog"], dp.LabelGroupType.EXCLUSIVE),
        dp.LabelGroup("", [], dp.LabelGroupType.INCLUSIVE),
        dp.LabelGroup("none of them", ["nobody"], dp.LabelGroupType.RESTRICTED),
    ]
    return dp.LabelCategories(labels, groups, ["occluded", ""])


def _masks() -> dp.MaskCategories:
    return dp.MaskCategories({0: (0, 0, 0), 3: (255, 128, 1), 2**32 - 1: (255, 255, 255)}, ["a"])


def _points() -> dp.PointsCategories:
    positions = np.array([[0.5, 1 / 3], [-0.0, 7]])
    return dp.PointsCategories(
        {
            7: dp.PointsCategory(["eye", "nose"], [(1, 2), (2, 1), (-(2**31), 2**31 - 1)], positions),
            0: dp.PointsCategory(),
            2**32 - 1: dp.PointsCategory(["", "é"], [(0, 0)], np.zeros((0, 2))),
            1: dp.PointsCategory(positions=np.array([[1.25, 2.5]])),
        },
        ["visible"],
    )


def _tabular() -> dp.TabularCategories:
    return dp.TabularCategories(
        [
            dp.TabularCategory("price", "float"),
            dp.TabularCategory("kind", "str", ["a", "", 1, 1.0, True, None, b"", [], {}]),
            dp.TabularCategory("", "int", [2**70]),
        ]
    )
