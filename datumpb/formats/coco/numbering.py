"""Ids, each given once, and none of those that somebody brings along.

Who brings its own may come late. If its id was given away by then, all has to be numbered once more, now that the ids
that are brought along are known: rare, and cheaper than to keep what would have to be changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.formats.coco.number_set import NumberSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

IMAGES = "images"


class Numbers:
    """Gives out numbers from 1, each once; the wanted one where no other wanted it before.

    Attributes:
        given_away: Whether a number was wanted after it had been given to another.

    Args:
        reserved: Numbers that are given only where they are wanted.
    """

    def __init__(self, reserved: NumberSet | Iterable[int] = ()) -> None:
        """Begin with none used."""
        self._reserved = reserved if isinstance(reserved, NumberSet) else NumberSet(reserved)
        self._wanted = NumberSet()
        self._next = 1
        self.given_away = False

    def take(self, wanted: object) -> int:
        """Return the wanted number, or a free one where it is taken or none."""
        if type(wanted) is int and wanted not in self._wanted:
            self._note(wanted)
            self._wanted.add(wanted)
            return wanted
        while self._next in self._wanted or self._next in self._reserved:
            self._next += 1
        self._next += 1
        return self._next - 1

    def take_all(self, wanted: list[int]) -> list[int]:
        """Return what `take` returns for one after the other; 0: none is wanted."""
        new = set(wanted)
        if len(new) < len(wanted) or 0 in new or not self.are_free(new):
            return [self.take(number or None) for number in wanted]
        self.take_wanted(new)
        return wanted

    def are_free(self, wanted: set[int]) -> bool:
        """Tell whether each of some wanted numbers can be had."""
        return self._wanted.is_disjoint(wanted)

    def take_wanted(self, wanted: set[int]) -> None:
        """Take wanted numbers, all of which are free."""
        if self._next > 1:
            for number in wanted:
                self._note(number)
        self._wanted.add_all(wanted)

    def reserve(self, number: object) -> None:
        """Keep a number from being given, for who has it without asking and need not be the only one."""
        if type(number) is int:
            self._note(number)
            self._reserved.add(number)

    def known(self) -> NumberSet:
        """Return all numbers that were wanted or reserved."""
        known = NumberSet()
        known.update(self._wanted)
        known.update(self._reserved)
        return known

    def _note(self, number: int) -> None:
        if 0 < number < self._next and number not in self._wanted and number not in self._reserved:
            self.given_away = True


class Numbering:
    """The numbers within a subset, by kind: `IMAGES`, or the annotations of a task.

    Args:
        before: An attempt at the same subset, whose numbers are reserved.
    """

    def __init__(self, before: Numbering | None = None) -> None:
        """Begin with none used."""
        self._kinds: dict[str, Numbers] = {}
        if before is not None:
            self._kinds = {kind: Numbers(numbers.known()) for kind, numbers in before._kinds.items()}  # noqa: SLF001 -- its own class

    def __getitem__(self, kind: str) -> Numbers:
        """Return the numbers of a kind."""
        if kind not in self._kinds:
            self._kinds[kind] = Numbers()
        return self._kinds[kind]

    def take_wanted(self, wanted: Mapping[str, Iterable[int]], reserved: Mapping[str, Iterable[int]]) -> bool:
        """Take wanted numbers and reserve others, by kind; or do neither and return False, where one is not free."""
        new = {kind: set(numbers) for kind, numbers in wanted.items()}
        if not all(self[kind].are_free(numbers) for kind, numbers in new.items()):
            return False
        for kind, numbers in new.items():
            self[kind].take_wanted(numbers)
        for kind, others in reserved.items():
            for number in others:
                self[kind].reserve(number)
        return True

    def given_away(self) -> bool:
        """Tell whether a number was wanted after it had been given to another."""
        return any(numbers.given_away for numbers in self._kinds.values())
