"""Uniting what is known about subsets whose items come together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.model.media import MediaType
from datumpb.model.meta import Meta
from datumpb.model.values import identical

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from datumpb.dataset.losses import LossReport
    from datumpb.model.categories import Categories
    from datumpb.model.values import Value

_NO_MEDIA = {MediaType.UNSPECIFIED, MediaType.NONE}


def unite_metas(subset: str, metas: Sequence[tuple[str, Meta]], categories: Categories, losses: LossReport) -> Meta:
    """Return what holds for all items of the subsets together.

    Args:
        subset: The name of the subset that they become.
        metas: What holds for each, and its name for the report; at least one.
        categories: What the numbers in annotations mean then.
        losses: Counts the infos that are lost because an earlier subset has another value: the first counts.
    """
    infos: dict[str, Value] = {}
    for name, meta in metas:
        for key, value in meta.infos.items():
            if not identical(infos.setdefault(key, value), value):
                losses.add("info of the dataset, as another was there first", f"{key} of {name}")
    return Meta(subset, infos, categories, unite_media_types(meta.media_type for _, meta in metas))


def unite_media_types(kinds: Iterable[MediaType]) -> MediaType:
    """Return the kind of media that all have; MIXED where they differ. Items without media fit to any kind."""
    found = list(dict.fromkeys(kinds))
    real = [kind for kind in found if kind not in _NO_MEDIA]
    if len(real) > 1:
        return MediaType.MIXED
    return (real or found)[0]
