"""Arrow, Parquet and SQL: a dataset in record batches, as a file that everybody reads, and asked by DuckDB.

pip install 'datumpb[query]'
python examples/arrow_and_sql.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

import datumpb as dp
from datumpb.integrations.query import Query

SQL = """
    select label, count(*) as objects, round(median(sqrt(w * h)), 1) as side
    from objects group by label order by objects desc
"""


def main(folder: Path) -> None:
    """Make a dataset and look at it in three ways."""
    draw = np.random.default_rng(1)
    items = (
        dp.Item(
            f"street/{number}",
            "train",
            attributes={"rain": number % 3 == 0},
            annotations=[
                dp.Bbox(*draw.uniform(0, 50, 4).round(1), label=int(draw.integers(3))) for _ in range(number % 5)
            ],
        )
        for number in range(100)
    )
    dp.Dataset.from_iterable(items, categories=["car", "lorry", "bicycle"]).export(folder / "streets", "datumpb")
    dataset = dp.Dataset.import_from(folder / "streets")

    # Record batches, made while they are read; read_pandas() and read_all() make one table of them.
    for batch in dataset.to_arrow(batch_size=64):
        print(batch.num_rows, "items with", len(batch.column("annotations").flatten()), "annotations")

    # Parquet and back, without loss.
    dataset.export(folder / "parquet", "parquet")
    print(pq.read_table(folder / "parquet" / "annotations" / "train.parquet", columns=["id", "attributes"]).slice(0, 2))
    assert list(dp.Dataset.import_from(folder / "parquet")) == list(dataset)

    # SQL. On the command line: datumpb query streets "select ..."
    answer = Query(dataset, SQL)
    print(*answer.columns)
    for rows in answer.rows():
        for row in rows:
            print(*row)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
