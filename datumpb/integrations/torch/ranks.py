"""Which process of a distributed training this is."""

from __future__ import annotations

import os

from torch import distributed

from datumpb.errors import OptionError


def find_rank(rank: int | None, world_size: int | None) -> tuple[int, int]:
    """Return rank and world size: those given, else the process group's, else those that torchrun sets, else 0 and 1.

    Raises:
        OptionError: One is given without the other, or they are impossible.
    """
    if (rank is None) != (world_size is None):
        message = "rank and world_size are given both or not at all"
        raise OptionError(message)
    if rank is None or world_size is None:
        rank, world_size = process_group() or (int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1")))
    if not 0 <= rank < world_size:
        message = f"rank {rank} is not one of {world_size}"
        raise OptionError(message)
    return rank, world_size


def process_group() -> tuple[int, int] | None:
    """Return rank and world size of the process group; None where there is none in this process."""
    if distributed.is_available() and distributed.is_initialized():
        return distributed.get_rank(), distributed.get_world_size()
    return None
