"""Writing a dataset of the format: a row group at a time goes to the file of its subset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from datumpb.arrow.batches import chunks, encode_batch, label_names
from datumpb.arrow.schema import schema_of
from datumpb.dataset import layout
from datumpb.dataset.derived import known_count
from datumpb.dataset.media_store import MediaStore
from datumpb.dataset.output import OutputFolder
from datumpb.errors import OptionError
from datumpb.formats.parquet.detection import SUFFIX

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource

ROW_GROUP_SIZE = 4096
_CODEC = "zstd"


def write_dataset(source: DatasetSource, path: Path, export: Export, compression_level: int) -> None:
    """Write a dataset; see `datumpb.formats.parquet.write`."""
    least, most = pa.Codec.minimum_compression_level(_CODEC), pa.Codec.maximum_compression_level(_CODEC)
    if not max(least, 1) <= compression_level <= most:
        message = f"compression_level has to be from 1 to {most}, not {compression_level}"
        raise OptionError(message)
    with OutputFolder(path, export) as output:
        output.replace_all(f"{layout.ANNOTATIONS}/*{SUFFIX}")
        (output.folder / layout.ANNOTATIONS).mkdir()
        store = MediaStore(output.folder, None, export)
        for subset in source.subsets():
            meta = source.meta(subset)
            target = layout.annotation_file(output.folder, subset, SUFFIX)
            schema, names = schema_of([meta]), label_names(meta.categories)
            items = export.progress(source.items(subset), known_count(source, subset), subset)
            placed = (store.place(item, subset) for item in items)
            with pq.ParquetWriter(
                target, schema, compression=_CODEC, compression_level=compression_level, write_page_checksum=True
            ) as writer:
                for group in chunks(placed, ROW_GROUP_SIZE):
                    writer.write_batch(encode_batch(group, names, schema))
