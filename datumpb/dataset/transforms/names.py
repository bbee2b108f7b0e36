"""Names that a caller gives: of labels or subsets, which have to be there."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from datumpb.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_MOST_SHOWN = 100


def check_known(what: str, wanted: Iterable[str], known: Collection[str]) -> None:
    """Refuse names that are not there.

    Args:
        what: What has the names, such as "label".
        wanted: The names that a caller gave.
        known: The names that there are.

    Raises:
        OptionError: One is not there; the text lists those that are (the first hundred), and one that is much like it.
    """
    there = set(known)
    for name in wanted:
        if name in there:
            continue
        near = difflib.get_close_matches(name, there, 1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        shown = ", ".join(list(dict.fromkeys(known))[:_MOST_SHOWN]) or "none"
        more = f" and {len(there) - _MOST_SHOWN} more" if len(there) > _MOST_SHOWN else ""
        message = f"there is no {what} {name!r}{hint}; there are: {shown}{more}"
        raise OptionError(message)
