"""What a verifier looks for in an item, beyond what every reader does: labels that exist, masks that unpack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.errors import DamagedFileError, InvalidItemError
from datumpb.model.annotations import Mask
from datumpb.model.many_masks import first_misfit
from datumpb.model.rle import checked_runs

if TYPE_CHECKING:
    from datumpb.model.item import Item


def check_item(item: Item, label_count: int | None) -> None:
    """Refuse an item that breaks a rule which readers need not look at.

    Args:
        item: The item.
        label_count: How many labels there are; None where that is not known.

    Raises:
        DamagedFileError: It has a label that does not exist, or a mask whose runs do not fit. Names no place.
    """
    for annotation in item.annotations:
        if label_count is not None and annotation.label is not None and annotation.label >= label_count:
            text = f"item {item.id!r} has label {annotation.label}, there are {label_count} labels"
            raise DamagedFileError(text)
    masks = [mask.rle for mask in item.annotations if isinstance(mask, Mask)]
    misfit = first_misfit(masks)
    if misfit is not None:
        try:
            checked_runs(*masks[misfit])
        except InvalidItemError as error:
            text = f"item {item.id!r} has a damaged mask: {error}"
            raise DamagedFileError(text) from error
