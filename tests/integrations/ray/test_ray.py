from __future__ import annotations

import os
import pickle
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
import ray

import datumpb as dp
from datumpb.arrow.schema import COLUMNS
from datumpb.dataset.item_media import item_media
from datumpb.integrations.ray import read_datumpb, transform, write_datumpb
from datumpb.integrations.ray.read import DatumDatasource
from datumpb.integrations.ray.sink import DatumDatasink
from tests.support.pictures import picture
from tests.support.samples import KEY, OTHER_KEY, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.filterwarnings("default")  # Ray warns of its own settings, and leaves sockets to the end

LABELS = ["cat", "dog", "emu"]


def some_items() -> list[dp.Item]:
    """Items of two subsets, whose order is not that of their ids, with annotations of many types."""
    rng = np.random.default_rng(7)
    items = []
    for number in range(60):
        name, subset = f"{number * 37 % 101:03}", "train" if number < 40 else "val"
        image = dp.Image(dp.MediaRef(f"images/{subset}/{name}.jpg", size=number), 10, 20)
        annotations: list[dp.Annotation] = [
            dp.Bbox(*rng.random(4).tolist(), label=number % 3, attributes={"is_crowd": False}),
            dp.Polygon(rng.random((4, 2)), label=1, group=3),
            dp.Label(label=2),
            dp.Points(rng.random((2, 2)), np.array([0, 2])),
        ]
        attributes: dict[str, dp.Value] = {"n": number, "nested": {"list": [1, 2.0, None, True]}}
        items.append(dp.Item(name, subset, image, attributes, annotations))
    return items


@pytest.fixture(scope="module")
def dataset() -> dp.Dataset:
    return dp.Dataset.from_iterable(some_items(), categories=LABELS, infos={"year": 2024})


@pytest.fixture(scope="module")
def folder(dataset: dp.Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset, encrypted, each subset in four shards."""
    path = tmp_path_factory.mktemp("ray") / "in"
    dataset.export(path, "datumpb", encryption=True, encryption_key=KEY, num_shards=4)
    return path


@pytest.fixture
def rows(folder: Path) -> ray.data.Dataset:
    return read_datumpb(folder, encryption_key=KEY)


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Path]:
    """Where to write; at the end, nothing may be there but this."""
    yield tmp_path / "out"
    assert {path.name for path in tmp_path.iterdir()} <= {"out", "marker", "in"}


def opened(path: Path, key: str | None = None) -> dp.Dataset:
    return dp.Dataset.import_from(path, **({} if key is None else {"encryption_key": key}))


def same(path: Path, expected: dp.Dataset, key: str | None = None) -> None:
    """A folder is sound, and holds what is expected, in this order."""
    found = opened(path, key)
    assert list(found.subsets()) == sorted(expected.subsets())
    for name, subset in found.subsets().items():
        assert list(subset) == [item for item in expected if item.subset == name]
        assert (subset.categories(), subset.infos()) == (expected.categories(), expected.infos())


def test_rows_are_those_of_to_arrow(folder: Path, rows: ray.data.Dataset) -> None:
    expected = opened(folder, KEY).to_arrow().read_all()
    blocks = [ray.get(ref) for ref in rows.to_arrow_refs()]
    assert len(blocks) == 8  # a task for each shard
    assert rows.count() == 60
    found = pa.concat_tables(blocks)
    assert found.schema.equals(expected.schema, check_metadata=True)
    assert sorted(found.to_pylist(), key=lambda row: row["id"]) == sorted(
        expected.to_pylist(), key=lambda row: row["id"]
    )


def test_the_schema_is_known_at_once(rows: ray.data.Dataset) -> None:
    schema = rows.schema()
    assert (schema.names, schema.types) == (COLUMNS.names, COLUMNS.types)


def test_reencrypted_and_in_order(dataset: dp.Dataset, rows: ray.data.Dataset, out: Path) -> None:
    write_datumpb(rows, out, encryption_key=OTHER_KEY)
    same(out, dataset, OTHER_KEY)
    names = sorted(path.name for path in out.rglob("*"))
    assert names == ["annotations", *(f"{name}-{n:05}-of-00004.datum" for name in ("train", "val") for n in range(4))]
    with pytest.raises(dp.WrongKeyError):
        list(opened(out, KEY))


def test_selected_and_relabelled_as_without_ray(dataset: dp.Dataset, rows: ray.data.Dataset, out: Path) -> None:
    def change(one: dp.Dataset) -> dp.Dataset:
        return one.select(labels=["cat", "emu"], drop_others=True).relabel({"emu": "bird"}, drop=["cat"])

    write_datumpb(transform(rows, change), out)
    same(out, change(dataset))


def test_filtered_by_rows(dataset: dp.Dataset, rows: ray.data.Dataset, out: Path) -> None:
    write_datumpb(rows.filter(lambda row: int(row["id"]) < 50), out, like=dataset)
    items = [item for item in dataset if int(item.id) < 50]
    same(out, dp.Dataset.from_iterable(items, categories=LABELS, infos={"year": 2024}))


def test_subsets(dataset: dp.Dataset, folder: Path, out: Path) -> None:
    write_datumpb(read_datumpb(folder, subsets=["val"], encryption_key=KEY), out)
    same(out, dataset.select(subsets=["val"]))
    with pytest.raises(dp.OptionError, match="there is no subset 'test'"):
        read_datumpb(folder, subsets=["test"], encryption_key=KEY)


def test_more_and_fewer_blocks(dataset: dp.Dataset, folder: Path, out: Path) -> None:
    rows = read_datumpb(folder, encryption_key=KEY, override_num_blocks=20)
    write_datumpb(rows.repartition(3), out)
    same(out, dataset)


def test_a_dataset_without_items(tmp_path: Path, out: Path) -> None:
    empty = dp.Dataset.from_iterable([], categories=LABELS)
    empty.export(tmp_path / "in", "datumpb")
    write_datumpb(read_datumpb(tmp_path / "in"), out)
    same(out, empty)


def test_subsets_that_lose_all_items_stay(rows: ray.data.Dataset, out: Path) -> None:
    write_datumpb(transform(rows, lambda one: one.select(ids=["nothing"])), out)
    assert {name: len(subset) for name, subset in opened(out).subsets().items()} == {"train": 0, "val": 0}
    assert [label.name for label in opened(out).categories().labels or ()] == LABELS


def test_python_rows_and_new_subsets(dataset: dp.Dataset, rows: ray.data.Dataset, out: Path) -> None:
    def dealt(row: dict[str, object]) -> dict[str, object]:
        return {**row, "subset": "odd" if int(str(row["id"])) % 2 else "even"}

    write_datumpb(rows.map(dealt), out, like=dataset)
    found = opened(out).subsets()
    expected = {item.id: item for item in dataset}
    odd = sum(int(name) % 2 for name in expected)
    assert {name: len(subset) for name, subset in found.items()} == {"even": 60 - odd, "odd": odd, "train": 0, "val": 0}
    assert all(item.annotations == expected[item.id].annotations for subset in found.values() for item in subset)


def test_a_killed_worker_loses_and_doubles_nothing(
    dataset: dp.Dataset, rows: ray.data.Dataset, out: Path, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"

    def dies_once(table: pa.Table) -> pa.Table:
        if not marker.exists() and table["subset"][0].as_py() == "val":
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return table

    write_datumpb(rows.map_batches(dies_once, batch_format="pyarrow"), out)
    assert marker.exists()
    same(out, dataset)


def test_a_worker_killed_while_it_writes(
    dataset: dp.Dataset, rows: ray.data.Dataset, out: Path, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"

    def dies_once(table: pa.Table) -> Iterator[pa.Table]:
        yield table.slice(0, 2)  # written, before the rest comes
        if not marker.exists():
            marker.touch()
            os._exit(1)
        yield table.slice(2)

    write_datumpb(rows.map_batches(dies_once, batch_format="pyarrow", batch_size=None), out)
    assert marker.exists()
    same(out, dataset)


def test_the_first_task_may_be_the_last_to_end(
    dataset: dp.Dataset, rows: ray.data.Dataset, out: Path, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    marker.mkdir()
    first = next(iter(dataset)).id

    def waits(table: pa.Table) -> pa.Table:
        name = table["id"][0].as_py()
        if name == first:
            deadline = time.monotonic() + 30  # so that it fails, and does not hang, where tasks come one by one
            while not any(marker.iterdir()) and time.monotonic() < deadline:
                time.sleep(0.05)
        (marker / name).write_text(ray.get_runtime_context().get_node_id())
        return table

    write_datumpb(rows.map_batches(waits, batch_format="pyarrow", batch_size=None), out)
    same(out, dataset)
    written = sorted(marker.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    assert written[0].name != first
    assert len({path.read_text() for path in written}) == 2  # nodes


def fails_at_the_end(table: pa.Table) -> Iterator[pa.Table]:
    yield table
    if table["subset"][0].as_py() == "val":
        message = "that was too much"
        raise RuntimeError(message)


def test_what_fails_leaves_nothing(rows: ray.data.Dataset, out: Path) -> None:
    with pytest.raises(ray.exceptions.RayTaskError, match="that was too much"):
        write_datumpb(rows.map_batches(fails_at_the_end, batch_format="pyarrow", batch_size=None), out)
    assert not out.exists()


def test_what_fails_leaves_an_older_dataset(dataset: dp.Dataset, rows: ray.data.Dataset, out: Path) -> None:
    dataset.export(out, "datumpb")
    before = {path.name: path.read_bytes() for path in out.rglob("*.datum")}
    with pytest.raises(dp.OutputExistsError):
        write_datumpb(rows, out)
    with pytest.raises(ray.exceptions.RayTaskError):
        write_datumpb(rows.map_batches(fails_at_the_end, batch_format="pyarrow", batch_size=None), out, overwrite=True)
    assert {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    write_datumpb(rows, out, overwrite=True)
    same(out, dataset)


def test_a_block_that_fails_is_never_left_out(rows: ray.data.Dataset, out: Path) -> None:
    changed = rows.map_batches(fails_at_the_end, batch_format="pyarrow", batch_size=None)
    changed.context.max_errored_blocks = -1
    with pytest.raises(ray.exceptions.RayTaskError):
        write_datumpb(changed, out)
    assert changed.context.max_errored_blocks == -1
    changed.context.max_errored_blocks = 0
    assert not out.exists()


def test_wrong_keys(folder: Path) -> None:
    with pytest.raises(dp.WrongKeyError) as caught:
        read_datumpb(folder, encryption_key=OTHER_KEY)
    assert OTHER_KEY not in one_line(caught.value)
    with pytest.raises(dp.MissingKeyError):
        read_datumpb(folder)
    with pytest.raises(dp.InvalidKeyError):
        read_datumpb(folder, encryption_key="mine")


def test_no_key_is_shown(folder: Path, rows: ray.data.Dataset) -> None:
    source = DatumDatasource(folder, key=KEY)
    shown = [source, *source.get_read_tasks(4), *(task.read_fn for task in source.get_read_tasks(4)), rows]
    shown += [DatumDatasink(folder, None, KEY), rows.stats(), source.get_name()]
    assert all(KEY not in f"{one} {one!r}" for one in shown)


def test_no_key_is_in_the_logs(folder: Path, out: Path) -> None:
    rows = read_datumpb(folder, encryption_key=KEY)
    with pytest.raises(ray.exceptions.RayTaskError):
        write_datumpb(rows.map_batches(fails_at_the_end, batch_format="pyarrow"), out, encryption_key=OTHER_KEY)
    logs = [path for path in Path(os.environ["RAY_TMPDIR"]).rglob("logs/**/*") if path.is_file()]
    assert logs
    for path in logs:
        text = path.read_bytes()
        assert KEY.encode() not in text
        assert OTHER_KEY.encode() not in text


def damaged(dataset: dp.Dataset, path: Path) -> ray.data.Dataset:
    """Rows of a dataset one of whose files is damaged where only a task looks."""
    dataset.export(path, "datumpb", num_shards=2)
    rows = read_datumpb(path)
    file = path / "annotations" / "val-00001-of-00002.datum"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    return rows


def test_errors_of_tasks_arrive_as_what_they_are(dataset: dp.Dataset, out: Path, tmp_path: Path) -> None:
    rows = damaged(dataset, tmp_path / "in")
    with pytest.raises(dp.DamagedFileError, match=r"val-00001-of-00002\.datum"):
        rows.take_all()
    with pytest.raises(dp.DamagedFileError) as caught:
        write_datumpb(rows, out)
    assert type(caught.value) is dp.DamagedFileError
    assert "val-00001-of-00002.datum" in one_line(caught.value)
    assert isinstance(caught.value.__cause__, ray.exceptions.RayTaskError)
    assert not out.exists()


def test_errors_of_transforms_arrive_as_what_they_are(rows: ray.data.Dataset, out: Path) -> None:
    changed = transform(rows, lambda one: one.select(labels=["yak"]))
    with pytest.raises(dp.OptionError, match="there is no label 'yak'"):
        changed.take_all()
    with pytest.raises(dp.OptionError) as caught:
        write_datumpb(changed, out)
    assert one_line(caught.value) == "there is no label 'yak'; there are: cat, dog, emu"


def test_a_file_replaced_meanwhile_is_noticed(dataset: dp.Dataset, tmp_path: Path) -> None:
    dataset.export(tmp_path / "in", "datumpb")
    rows = read_datumpb(tmp_path / "in")
    dataset.relabel({"cat": "dog", "dog": "cat"}).export(tmp_path / "in", "datumpb", overwrite=True)
    with pytest.raises(dp.DamagedFileError, match="was replaced"):
        rows.take_all()


def without(table: pa.Table) -> pa.Table:
    return table.drop_columns(["media"])


def with_one_more(table: pa.Table) -> pa.Table:
    return table.append_column("score", pa.array(range(table.num_rows)))


def of_other_labels(table: pa.Table) -> pa.Table:
    other = dp.Dataset.from_iterable([dp.Item("a", "train")], categories=["x", "y", "z"]).to_arrow().schema
    return table.replace_schema_metadata(other.metadata)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without, "media: this column is missing"),
        (with_one_more, "score: drop this column before"),
        (of_other_labels, "annotations.label_name: label "),
    ],
)
def test_rows_that_are_no_items(
    rows: ray.data.Dataset, out: Path, change: Callable[[pa.Table], pa.Table], message: str
) -> None:
    with pytest.raises(dp.SourceFormatError) as caught:
        write_datumpb(rows.map_batches(change, batch_format="pyarrow"), out)
    assert one_line(caught.value).startswith(message)
    assert not out.exists()


def test_ids_that_are_there_twice(rows: ray.data.Dataset, out: Path) -> None:
    with pytest.raises(dp.DuplicateItemError, match="is there twice in subset 'train'"):
        write_datumpb(rows.union(rows), out)
    assert not out.exists()


def test_datasets_of_different_categories(rows: ray.data.Dataset, out: Path) -> None:
    with pytest.raises(dp.DatasetError, match="different categories"):
        write_datumpb(rows.union(transform(rows, lambda one: one.relabel({"cat": "yak"}))), out)
    assert not out.exists()


def with_media(path: Path) -> dp.Dataset:
    """An encrypted dataset of pictures, and of frames of one video, in three shards; one picture is missing."""
    files = path / "files"
    (files / "clips").mkdir(parents=True)
    (files / "clips" / "a.mp4").write_bytes(b"video" * 1000)
    video = dp.Video(dp.MediaRef(str(files / "clips" / "a.mp4")))
    items = []
    for number in range(6):
        (files / f"{number}.png").write_bytes(picture(number + 1))
        items += [
            dp.Item(f"i{number}", "train", dp.Image.from_file(str(files / f"{number}.png"))),
            dp.Item(f"f{number}", "train", dp.VideoFrame(video, number)),
        ]
    dp.Dataset.from_iterable(items).export(
        path / "media", "datumpb", save_media=True, encryption=True, encryption_key=KEY, num_shards=3
    )
    (path / "media" / "images" / "train" / "i4.png").unlink()
    return opened(path / "media", KEY)


@pytest.mark.parametrize("key", [None, OTHER_KEY])
def test_media_are_saved_with_another_key(tmp_path: Path, out: Path, key: str | None) -> None:
    source = with_media(tmp_path / "in")
    rows = read_datumpb(tmp_path / "in" / "media", encryption_key=KEY)
    losses = write_datumpb(rows, out, encryption_key=key, media_from=tmp_path / "in" / "media", media_key=KEY)
    assert losses.lines() == ["1 x media file that is missing (first: item 'i4' of 'train')"]
    saved = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    pictures = {f"images/train/i{number}.png" for number in range(6) if number != 4}
    shards = {f"annotations/train-{number:05}-of-00003.datum" for number in range(3)}
    assert saved == pictures | shards | {"videos/train/a.mp4"}
    for before, after in zip(source, opened(out, key), strict=True):
        ((old,), (new,)) = item_media(before), item_media(after)
        assert (before.id, new.path) == (after.id, old.path)
        if before.id != "i4":
            assert new.encrypted == (key is not None)
            assert new.read() == old.read()


def test_media_that_need_one_place(tmp_path: Path, out: Path) -> None:
    with_media(tmp_path / "in")
    (tmp_path / "in" / "media" / "elsewhere").mkdir()
    folder = tmp_path / "in" / "media"
    for name in ("videos/a.mp4", "elsewhere/a.mp4"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(name)
    items = [
        dp.Item(str(number), "train", dp.VideoFrame(dp.Video(dp.MediaRef(name)), 0))
        for number, name in enumerate(("videos/a.mp4", "elsewhere/a.mp4"))
    ]
    tables = [dp.Dataset.from_iterable([item]).to_arrow().read_all() for item in items]
    with pytest.raises(dp.MediaPathError, match="two media files need this place"):
        write_datumpb(ray.data.from_arrow(tables), out, media_from=folder)
    assert not out.exists()


def test_a_key_for_no_media(rows: ray.data.Dataset, out: Path) -> None:
    with pytest.raises(dp.OptionError, match="media_from"):
        write_datumpb(rows, out, media_key=KEY)


def test_parquet_both_ways(dataset: dp.Dataset, out: Path, tmp_path: Path) -> None:
    dataset.export(tmp_path / "in", "parquet")
    write_datumpb(ray.data.read_parquet(str(tmp_path / "in" / "annotations")), out, like=dataset)
    same(out, dataset)


def test_pandas_on_the_way(dataset: dp.Dataset, rows: ray.data.Dataset, out: Path) -> None:
    write_datumpb(rows.map_batches(lambda frame: frame, batch_format="pandas"), out, like=dataset)
    same(out, dataset)


def test_categories_that_got_lost(rows: ray.data.Dataset, out: Path) -> None:
    with pytest.raises(dp.DatasetError, match="give a dataset as `like`"):
        write_datumpb(rows.map(lambda row: {**row}), out)


@pytest.mark.parametrize("number", [1, 2, 4, 5, 6, 100])
def test_tasks_are_ranges_of_blocks(tmp_path: Path, number: int) -> None:
    rng = np.random.default_rng(0)
    items = [dp.Item(str(one), "train", annotations=[dp.Polygon(rng.random((20000, 2)))]) for one in range(5)]
    dp.Dataset.from_iterable(items).export(tmp_path / "in", "datumpb")
    source = DatumDatasource(tmp_path / "in")
    assert source.blocks == 5
    tasks = source.get_read_tasks(number)
    assert len(tasks) == {1: 1, 2: 2, 4: 3}.get(number, 5)
    assert [row["id"] for task in tasks for table in task() for row in table.to_pylist()] == [item.id for item in items]


def test_source_and_sink_can_be_sent(folder: Path) -> None:
    source = pickle.loads(pickle.dumps(DatumDatasource(folder, key=KEY)))  # noqa: S301 -- made here
    assert sum(task.metadata.num_rows for task in source.get_read_tasks(3)) == 60
