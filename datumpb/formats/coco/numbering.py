"""Ids, each given once."""

from __future__ import annotations


class Numbers:
    """Gives out numbers from 1, each once; the wanted one where it is free."""

    def __init__(self) -> None:
        """Begin with none used."""
        self._used: set[int] = set()
        self._next = 1

    def take(self, wanted: object) -> int:
        """Return the wanted number, or a free one where it is taken or none."""
        if type(wanted) is int and wanted not in self._used:
            number = wanted
        else:
            while self._next in self._used:
                self._next += 1
            number = self._next
        self._used.add(number)
        return number
