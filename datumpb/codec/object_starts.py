"""Which shapes are one object (`datumpb.model.objects.objects_of`), found for those of many items at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datumpb import messages

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_SHAPE = 0
_ONCE = frozenset({messages.AnnotationType.ANNOTATION_TYPE_BBOX, messages.AnnotationType.ANNOTATION_TYPE_POINTS})


def object_starts(items: np.ndarray, kinds: np.ndarray, groups: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the first shape of the object that each shape belongs to.

    Args:
        items: (A,) int64, the item of each annotation, rising.
        kinds: (A,) int64, the `AnnotationType` of each; `NO_SHAPE`: it is none.
        groups: (A,) int64, the group of each; 0: it is an object of its own.
        labels: (A,) int64, the label of each.

    Returns:
        (A,) int64, annotations; that of one that is no shape is itself.
    """
    starts = np.arange(len(items))
    shared = np.flatnonzero((groups != 0) & (kinds != NO_SHAPE))
    if not shared.size:
        return starts
    shared = shared[np.lexsort((labels[shared], groups[shared], items[shared]))]
    keys = np.stack((items[shared], groups[shared], labels[shared]))
    changes = np.ones(len(shared), bool)
    (keys[:, 1:] != keys[:, :-1]).any(axis=0, out=changes[1:])
    firsts = np.flatnonzero(changes)
    starts[shared] = shared[firsts].repeat(np.diff(firsts, append=len(shared)))
    for first, last in _repeated(kinds[shared], firsts):
        _begin_again(starts, kinds, shared[first:last].tolist())
    return starts


def _repeated(kinds: np.ndarray, firsts: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield the first and the end of each run of shapes that has two of what an object has but one of."""
    twice = np.zeros(len(firsts), bool)
    for kind in _ONCE:
        twice |= np.add.reduceat(kinds == kind, firsts, dtype=np.int64) > 1
    ends = np.append(firsts[1:], len(kinds))
    return zip(firsts[twice].tolist(), ends[twice].tolist(), strict=True)


def _begin_again(starts: np.ndarray, kinds: np.ndarray, shapes: list[int]) -> None:
    start = shapes[0]
    known: set[int] = set()
    for shape, kind in zip(shapes, kinds[shapes].tolist(), strict=True):
        if kind in known:
            start, known = shape, set()
        if kind in _ONCE:
            known.add(kind)
        starts[shape] = start
