"""URLs on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import datumpb as dp
from tests.support.samples import some_items
from tests.support.storage import fsspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., Any]

URL = "memory://test-of-commands/set"


@pytest.fixture(autouse=True)
def dataset() -> Iterator[dp.Dataset]:
    made = dp.Dataset.from_iterable(some_items(20), categories=["cat", "dog", "emu"])
    made.export(URL, "datumpb")
    yield made
    fsspec.filesystem("memory").rm("/test-of-commands", recursive=True)


@pytest.fixture
def run(datumpb: Run) -> Run:
    def checked(*arguments: object, status: int = 0) -> str:
        done = datumpb(*arguments)
        assert done.status == status, done.err
        return str(done.out or done.err)

    return checked


def test_looking_into_a_dataset(run: Run) -> None:
    told = json.loads(run("info", URL, "--json"))
    assert (told["path"], told["items"], told["annotations"]) == (URL, 20, 40)
    assert told["sizes"]["annotations"] == told["files"][0]["size"]
    assert json.loads(run("cat", URL, "--id", "item-7"))["id"] == "item-7"
    assert json.loads(run("cat", URL, "--limit", "1", "--dynamic"))["id"] == "item-0"
    assert run("detect", URL) == "datumpb\n"
    assert "message Item" in run("schema", f"{URL}/annotations/train.datum")
    assert json.loads(run("verify", URL, "--json"))["sound"] is True


def test_a_damaged_file_is_found(run: Run) -> None:
    storage = fsspec.filesystem("memory")
    name = "/test-of-commands/set/annotations/train.datum"
    data = bytearray(storage.cat_file(name))
    data[len(data) // 2] ^= 1
    storage.pipe_file(name, bytes(data))
    found = json.loads(run("verify", URL, "--json", status=1))
    assert found["faults"]


@pytest.mark.parametrize("format_name", ["datumpb", "coco"])
def test_converting_there_and_back(run: Run, format_name: str) -> None:
    there = f"memory://test-of-commands/{format_name}"
    told = run("convert", "-i", URL, "-o", there, "-f", format_name)
    assert f"{URL} (datumpb) -> {there} ({format_name})" in told
    assert json.loads(run("info", there, "--json"))["items"] == 20
    assert len(json.loads(run("detect", there, "--json"))["reason"]) > 0
    assert "ok" in run("verify", there)


def test_changing_datasets(run: Run) -> None:
    run("filter", "-i", URL, "-o", "memory://test-of-commands/cats", "--label", "cat")
    run("merge", URL, "memory://test-of-commands/cats", "-o", f"{URL}-all", "--on-duplicate", "first")
    run("split", "-i", f"{URL}-all", "-o", f"{URL}-parts", "-f", "datumpb", "--ratio", "a=0.5", "--ratio", "b=0.5")
    assert sorted(dp.Dataset.import_from(f"{URL}-parts").subsets()) == ["a", "b"]


@pytest.mark.parametrize(
    "arguments",
    [("rekey", URL), ("recover", URL, "-o", "x"), ("recover", "x", "-o", URL), ("import", URL), ("keygen", "-o", URL)],
)
def test_what_has_to_be_on_this_machine(run: Run, arguments: tuple[str, ...]) -> None:
    assert f"{URL} is a URL, and this has to be on this machine" in run(*arguments, status=2)


def test_nothing_is_there(run: Run) -> None:
    for command in ("info", "cat", "detect"):
        assert run(command, f"{URL}x", status=1) == f"datumpb: error: {URL}x: no such file or folder\n"
