"""What Datumaro leaves out when it writes, often without a word: found by reading the output again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from datumaro.components.dataset import Dataset as DatumaroDataset

from datumpb.dataset.losses import LossReport
from datumpb.errors import BridgeError
from datumpb.integrations.datumaro.boundary import asking_datumaro

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.integrations.datumaro.foreign import Foreign

_READERS = {"mot_seq_gt": "mot_seq", "mots_png": "mots"}
"""The names for reading of formats that have another one for writing."""


def count_left_out(dataset: Foreign, name: str, folder: Path, losses: LossReport) -> None:
    """Count the items and annotations, by their types, that are fewer in an output than in the dataset.

    Args:
        dataset: The dataset of Datumaro's that was written.
        name: The format.
        folder: The output.
        losses: Where to count.
    """
    before = _census(dataset)
    try:
        with asking_datumaro(name, LossReport()):
            after = _census(DatumaroDataset.import_from(str(folder), _READERS.get(name, name)))
    except BridgeError as error:
        losses.add("output that Datumaro itself cannot read again", str(error).replace(str(folder), "..."))
        return
    for kind, count in before.items():
        if after[kind] < count:
            losses.add(f"{kind} that Datumaro leaves out", f"{after[kind]} of {count} are written", count - after[kind])


def _census(dataset: Foreign) -> Counter[str]:
    found = Counter({"item": len(dataset)})
    for item in dataset:
        found.update(f"annotation ({annotation.type.name})" for annotation in item.annotations)
    return found
