"""Losses where nobody counts them: each kind is told once, as a warning."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from datumpb.dataset.losses import LossReport
from datumpb.errors import LossWarning


@dataclass(slots=True)
class ToldLosses(LossReport):
    """A report that warns of the first loss of each kind."""

    def add(self, what: str, where: str, count: int = 1) -> None:
        """Count one more loss, and warn if it is the first of its kind.

        Raises:
            LossWarning: Warnings are errors.
        """
        if what not in self.counts:
            warnings.warn(f"lost in conversion: {what} (first: {where})", LossWarning, stacklevel=2)
        LossReport.add(self, what, where, count)
