"""All cases of the suite, group by group; a group is a row of the matrix."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.make import (
    invalid_encryption,
    invalid_ends,
    invalid_envelope,
    invalid_header,
    invalid_items,
    invalid_lists,
    invalid_numbers,
    invalid_order,
    valid_annotations,
    valid_coordinates,
    valid_files,
    valid_later,
    valid_meta,
    valid_values,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.make.case import Case
    from conformance.make.frames import Frames


def cases(frames: Frames) -> Iterator[Case]:
    """Yield all cases in the order of the manifest."""
    groups = {
        "annotations": valid_annotations.cases(),
        "coordinates": valid_coordinates.cases(),
        "values, ids, media": valid_values.cases(),
        "meta": valid_meta.cases(),
        "files": valid_files.cases(frames),
        "later versions": valid_later.cases(),
        "refuse: both ends, cut": invalid_ends.cases(),
        "refuse: header, keys": invalid_header.cases(),
        "refuse: envelope, zstd": invalid_envelope.cases(),
        "refuse: order, foreign": invalid_order.cases(),
        "refuse: index, footer": invalid_lists.cases(),
        "refuse: items, meta": invalid_items.cases(),
        "refuse: numbers, values": invalid_numbers.cases(),
        "refuse: encryption, media": invalid_encryption.cases(),
    }
    for group, made in groups.items():
        for case in made:
            yield replace(case, group=group)
