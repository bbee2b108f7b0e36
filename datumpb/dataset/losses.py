"""What a conversion could not hold: counted by kind, never dropped in silence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class LossReport:
    """What a target format could not hold.

    Attributes:
        counts: How often, by a short text that says what was lost, such as "attribute of an annotation".
        examples: For each text, where it happened first.
    """

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, what: str, where: str, count: int = 1) -> None:
        """Count one more loss; `where` names the item."""
        self.counts[what] += count
        self.examples.setdefault(what, where)

    def __bool__(self) -> bool:
        """Tell whether anything was lost."""
        return bool(self.counts)

    def lines(self) -> list[str]:
        """Return one line for each kind of loss, the most frequent first."""
        return [f"{count} x {what} (first: {self.examples[what]})" for what, count in self.counts.most_common()]
