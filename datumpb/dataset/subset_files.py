"""The annotation files of each subset: one, or its shards (docs/FORMAT.md, "Shards")."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic

from datumpb.dataset import layout
from datumpb.errors import ShardError
from datumpb.storage.location import Place

if TYPE_CHECKING:
    from pathlib import Path

MAX_SHARDS = 99999
_SHARD = re.compile(r"(?P<subset>.+)-(?P<index>[0-9]{5})-of-(?P<count>[0-9]{5})", re.DOTALL)


def is_shard_name(stem: str) -> bool:
    """Tell whether a file's name without suffix is that of a shard, which no subset may have."""
    return _SHARD.fullmatch(stem) is not None


def shard_file(root: Path, subset: str, index: int, count: int) -> Path:
    """Return where a shard belongs."""
    whole = layout.annotation_file(root, subset)
    return whole.with_name(f"{subset}-{index:05}-of-{count:05}{layout.SUFFIX}")


@dataclass
class SubsetFiles(Generic[Place]):
    """The files of one subset.

    Attributes:
        subset: Its name, by the names of the files.
        files: The files that are there: the one, or the shards in their order.
        sharded: Whether they are shards.
        faults: What their names tell to be wrong with them, file by file.
    """

    subset: str
    files: list[Place] = field(default_factory=list)
    sharded: bool = False
    faults: list[ShardError] = field(default_factory=list)

    def refuse_faults(self) -> None:
        """Make sure that the files can be all that there are.

        Raises:
            ShardError: A shard is missing, or there are others than one set of shards.
        """
        for fault in self.faults:
            raise fault


def subset_files(root: Place) -> dict[str, SubsetFiles[Place]]:
    """Return the annotation files in a dataset's folder by subset, in the order of the subsets' names."""
    whole: dict[str, Place] = {}
    shards: dict[str, dict[tuple[int, int], Place]] = {}
    for stem, file in layout.annotation_files(root).items():
        match = _SHARD.fullmatch(stem)
        if match is None:
            whole[stem] = file
        else:
            place = int(match["count"]), int(match["index"])
            shards.setdefault(match["subset"], {})[place] = file
    found = {}
    for subset in sorted(whole.keys() | shards.keys()):
        found[subset] = _one_subset(subset, whole.get(subset), shards.get(subset, {}))
    return found


def _one_subset(subset: str, whole: Place | None, shards: dict[tuple[int, int], Place]) -> SubsetFiles[Place]:
    if not shards:
        return SubsetFiles(subset, [] if whole is None else [whole])
    # The set that most files belong to is taken for the right one.
    counts = [count for count, _ in shards]
    count = max(sorted(set(counts)), key=counts.count)
    right = {index: file for (of, index), file in sorted(shards.items()) if of == count and index < count}
    result = SubsetFiles(subset, list(right.values()), sharded=True)
    example = next(iter(shards.values()))
    for index in range(count):
        if index not in right:
            missing = example.with_name(f"{subset}-{index:05}-of-{count:05}{layout.SUFFIX}")
            result.faults.append(ShardError(f"shard {index} of {count} of subset {subset!r} is missing", missing))
    for (of, index), file in sorted(shards.items()):
        if of != count:
            message = f"a shard of {of} beside shards of {count}: remove those of an older writing"
            result.faults.append(ShardError(message, file))
        elif index >= count:
            result.faults.append(ShardError(f"there is no shard {index} of {count}: they count from 0", file))
    if whole is not None:
        message = f"subset {subset!r} is here as a whole, and in shards beside it: remove the older"
        result.faults.append(ShardError(message, whole))
    return result
