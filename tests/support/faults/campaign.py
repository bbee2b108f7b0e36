"""A campaign: every kind of fault on every kind of file, in turn, and the table of what came of them."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.support.faults.accidents import ACCIDENTS
from tests.support.faults.forgeries import FORGERIES
from tests.support.faults.judge import WAYS, Outcome, judge
from tests.support.faults.targets import make_targets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.faults.targets import Target

_PATIENCE = 100


@dataclass
class Campaign:
    """What came of many faults.

    Attributes:
        tried: How many there were, by kind of fault and file.
        counts: How often each way of reading had each outcome, likewise.
        wrong: What must not be.
    """

    tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    counts: dict[tuple[str, str], Counter[tuple[str, Outcome]]] = field(default_factory=lambda: defaultdict(Counter))
    wrong: list[str] = field(default_factory=list)


def run(folder: Path, faults: int, seed: int) -> Campaign:
    """Try a number of faults.

    Args:
        folder: An empty folder.
        faults: How many.
        seed: What chooses them. Salts and nonces of encrypted files are new in each run all the same.
    """
    campaign, chance = Campaign(), random.Random(seed)
    targets = make_targets(folder, seed)
    cases = [(target, kind) for target in targets for kind in ACCIDENTS]
    cases += [(target, kind) for target in targets if target.is_container for kind in FORGERIES]
    cases = [case for case in cases if not (case[0].is_media and case[1] == "INDEX forged")]  # there is none
    for number in range(faults):
        target, kind = cases[number % len(cases)]
        try_one(campaign, target, kind, chance)
    return campaign


def try_one(campaign: Campaign, target: Target, kind: str, chance: random.Random) -> None:
    """Try a fault."""
    make = (ACCIDENTS | FORGERIES)[kind]
    sound = target.data, *target.others
    data = next(data for _ in range(_PATIENCE) if (data := make(chance, target)) not in sound)
    outcomes, wrong = judge(target, data)
    case = kind, target.name
    campaign.tried[case] += 1
    campaign.counts[case].update(outcomes.items())
    campaign.wrong.extend(f"{target.name}, {kind}, {campaign.tried[case]}: {line}" for line in wrong)


def table(campaign: Campaign) -> Iterator[str]:
    """Lay out what was found, by kind of fault and file."""
    yield "of each way of reading: detected / harmless (reads as it was written) / silently WRONG"
    yield f"\n{'fault':32}{'file':23}{'tried':>6}" + "".join(f"{way:>16}" for way in WAYS)
    sums: dict[tuple[str, str], Counter[tuple[str, Outcome]]] = defaultdict(Counter)
    tried: Counter[tuple[str, str]] = Counter()
    for case, counts in campaign.counts.items():
        for row in (case, ("all", case[1]), ("all", "all")):
            sums[row].update(counts)
            tried[row] += campaign.tried[case]
    kinds = [*ACCIDENTS, *FORGERIES, "all"]
    for fault, file in sorted(sums, key=lambda row: (kinds.index(row[0]), row[1] == "all")):
        cells = ("/".join(str(sums[fault, file][way, outcome]) for outcome in Outcome) for way in WAYS)
        yield f"{fault:32}{file:23}{tried[fault, file]:6}" + "".join(f"{cell:>16}" for cell in cells)
    yield from (f"WRONG: {line}" for line in campaign.wrong)
