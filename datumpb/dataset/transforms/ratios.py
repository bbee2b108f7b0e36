"""Ratios, and how many of a number of items each means."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from datumpb.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOLERANCE = Fraction(1, 10**9)


def shares_of(ratios: Mapping[str, float]) -> dict[str, int]:
    """Return the shares of subsets as whole numbers.

    Raises:
        OptionError: The ratios are not positive numbers that sum to 1.
    """
    exact: dict[str, Fraction] = {}
    for name, ratio in ratios.items():
        if not name or isinstance(ratio, bool) or not 0 < ratio < math.inf:
            message = f"the ratio of subset {name!r} has to be a positive number, not {ratio!r}"
            raise OptionError(message)
        exact[name] = Fraction(str(ratio))  # what was written: 0.1 is a tenth
    total = sum(exact.values(), Fraction())
    if abs(total - 1) > _TOLERANCE:
        message = f"the ratios have to sum to 1, not {float(total):g}"
        raise OptionError(message)
    whole = math.lcm(*(ratio.denominator for ratio in exact.values()))
    return {name: int(ratio * whole) for name, ratio in exact.items()}


def sizes_of(count: int, shares: Mapping[str, int]) -> list[int]:
    """Divide a number by shares: the largest remainders, of equals the first, get what is left over."""
    total = sum(shares.values())
    sizes = [count * share // total for share in shares.values()]
    remainders = [count * share % total for share in shares.values()]
    largest = sorted(range(len(sizes)), key=lambda place: -remainders[place])
    for place in largest[: count - sum(sizes)]:
        sizes[place] += 1
    return sizes
