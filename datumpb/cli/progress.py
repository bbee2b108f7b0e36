"""Progress on a terminal: a bar with rate and time left on stderr, and nothing at all elsewhere."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from datumpb.dataset.progress import T, no_progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from datumpb.dataset.progress import Progress

_UNKNOWN = "{desc}  {n_fmt}  {rate_noinv_fmt}"
_FORMAT = "{desc}  {percentage:3.0f}% {bar} {n_fmt}/{total_fmt}  {rate_noinv_fmt}  {remaining} left"


def terminal_progress() -> Progress:
    """Return what shows progress here."""
    return _bar if sys.stderr.isatty() else no_progress


@contextlib.contextmanager
def byte_progress(total: int | None, description: str) -> Iterator[Callable[[int], object]]:
    """Show progress through so many bytes, if that is known, inside of the block, which tells how many were passed."""
    if not sys.stderr.isatty():
        yield lambda _size: None
        return
    from tqdm import tqdm  # noqa: PLC0415 -- loaded on a terminal only

    with tqdm(
        total=total, desc=description, unit="B", unit_scale=True, leave=False, dynamic_ncols=True, file=sys.stderr
    ) as bar:
        yield bar.update


def _bar(iterable: Iterable[T], total: int | None, description: str) -> Iterable[T]:
    from tqdm import tqdm  # noqa: PLC0415 -- loaded on a terminal only

    return tqdm(
        iterable,
        total=total,
        desc=description,
        unit="",
        leave=False,
        dynamic_ncols=True,
        bar_format=_UNKNOWN if total is None else _FORMAT,
        file=sys.stderr,
    )
