"""What a conversion could not hold: counted by kind, never dropped in silence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from datumpb.errors import LossyConversionError


@dataclass(slots=True)
class LossReport:
    """What a target format could not hold.

    Attributes:
        counts: How often, by a short text that says what was lost, such as "attribute of an annotation".
        examples: For each text, where it happened first.
        strict: Whether a loss is an error.
    """

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    strict: bool = False

    def add(self, what: str, where: str, count: int = 1) -> None:
        """Count one more loss; `where` names the item."""
        self.counts[what] += count
        self.examples.setdefault(what, where)

    def update(self, other: LossReport) -> None:
        """Add all of another report."""
        for what, count in other.counts.items():
            self.add(what, other.examples[what], count)

    def settle(self) -> None:
        """Accept what was lost, before the output is put in its place.

        Raises:
            LossyConversionError: Something was, and the report is strict.
        """
        if self.strict and self:
            raise LossyConversionError(self.lines())

    def __bool__(self) -> bool:
        """Tell whether anything was lost."""
        return bool(self.counts)

    def lines(self) -> list[str]:
        """Return one line for each kind of loss, the most frequent first."""
        return [f"{count} x {what} (first: {self.examples[what]})" for what, count in self.counts.most_common()]
