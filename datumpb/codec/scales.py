"""Which integers coordinates are written as: with how many decimals, and how large they may be."""

from __future__ import annotations

MAX_DECIMALS = 12
"""With how many decimals numbers may be written as integers."""

MAX_SUM = 2**53
"""Up to here (and down to its negative) a float64 holds every integer, so that scaled numbers are exact."""

SCALES = tuple(10.0**decimals for decimals in range(MAX_DECIMALS + 1))
"""What integers are divided by, by their number of decimals."""
