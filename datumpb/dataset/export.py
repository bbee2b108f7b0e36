"""One export: what is asked of it whatever the format, and what the format could not hold."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datumpb.dataset.losses import LossReport
from datumpb.dataset.progress import Progress, no_progress

if TYPE_CHECKING:
    from datumpb.dataset.workers import Workers


class SaveMedia(enum.Enum):
    """What becomes of media files; false where they are left where they are."""

    NO = "no"
    COPY = "copy"
    LINK = "link"

    def __bool__(self) -> bool:
        """Tell whether the output has them."""
        return self is not SaveMedia.NO


@dataclass(frozen=True, slots=True)
class Export:
    """What every format's writer is given.

    Attributes:
        save_media: Whether media files are copied, or linked (hard links; what is no plain file of its own is copied).
        overwrite: Whether what is in the output folder already is replaced.
        progress: Is told how far the work is.
        losses: Counts what the format cannot hold.
        obsolete: Patterns of files that the output replaces, written or not; filled while it is written.
        workers: The worker processes that `Format.begun` has started.
    """

    save_media: SaveMedia = SaveMedia.NO
    overwrite: bool = False
    progress: Progress = no_progress
    losses: LossReport = field(default_factory=LossReport)
    obsolete: list[str] = field(default_factory=list)
    workers: Workers | None = None
