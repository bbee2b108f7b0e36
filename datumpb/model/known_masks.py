"""KnownMasks: areas and boxes of masks, which are measured together and asked for one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.errors import InvalidItemError
from datumpb.model import rle
from datumpb.model.many_masks import measure_masks, pieces

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

    from datumpb.model.rle import Rle

_NOWHERE = 0, 0, 0, 0


class KnownMasks:
    """Measures masks once, whoever asks for it."""

    def __init__(self, masks: Iterable[Rle] = ()) -> None:
        """Measure some together; those that do not fit are told when they are asked for.

        Args:
            masks: The masks.
        """
        self._known: dict[Rle, tuple[int, tuple[int, int, int, int]]] = {}
        for piece in pieces(masks):
            if len(piece) > 1:  # one takes no longer when it is asked for
                self._measure(piece)

    def _measure(self, masks: list[Rle]) -> None:
        try:
            areas, filled, corners = measure_masks(masks)
        except InvalidItemError:
            return
        corners[2:] -= corners[:2]
        boxes = [_NOWHERE] * len(masks)
        for place, box in zip(filled.tolist(), corners.T.tolist(), strict=True):
            boxes[place] = tuple(box)
        self._known.update(zip(masks, zip(areas.tolist(), boxes, strict=True), strict=True))

    def add(self, mask: Rle, runs: np.ndarray) -> None:
        """Measure a mask whose runs are at hand.

        Args:
            mask: The mask.
            runs: (N,) int64, its runs, which fit.
        """
        self._known[mask] = rle.area(runs), rle.box(runs, mask.height) or _NOWHERE

    def measure(self, mask: Rle) -> tuple[int, tuple[int, int, int, int]]:
        """Return how many pixels of a mask are set, and the box around them: x, y, width, height; zeros where none is.

        Raises:
            InvalidItemError: The runs do not fit the mask.
        """
        if mask not in self._known:
            self.add(mask, rle.checked_runs(*mask))
        return self._known[mask]
