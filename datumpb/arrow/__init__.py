"""Items as Arrow columns, and back, exactly (docs/arrow.md has the schema). Needs the extra `datumpb[arrow]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.extras import require

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from datumpb.dataset.source import DatasetSource


def check_installed(what: str) -> None:
    """Refuse what needs pyarrow where it is not installed.

    Args:
        what: What needs it, for the error message.

    Raises:
        MissingExtraError: It is not installed.
    """
    require("pyarrow", "arrow", what)


def to_arrow(source: DatasetSource, subsets: Sequence[str], batch_size: int) -> pa.RecordBatchReader:
    """Return a reader of the items of subsets; see `Dataset.to_arrow`."""
    check_installed("to_arrow")
    from datumpb.arrow.batches import read_batches  # noqa: PLC0415 -- needs what was just checked

    return read_batches(source, subsets, batch_size)
