"""The bridge to Datumaro where Datumaro is not installed."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.dataset.registry import FORMATS, bridged_formats, detect_formats, find_format
from tests.support.samples import one_line

if TYPE_CHECKING:
    from pathlib import Path

INSTALL = "pip install 'datumpb[datumaro]'"


@pytest.fixture
def _absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: None)


def test_the_bridge_itself_is_tested_where_datumaro_is() -> None:
    if importlib.util.find_spec("datumaro") is None:
        pytest.skip(f"Datumaro is not installed, so tests/integrations/datumaro did not run: {INSTALL}")


@pytest.mark.usefixtures("_absent")
def test_a_bridged_format_says_what_to_install(tmp_path: Path) -> None:
    dataset = dp.Dataset.from_iterable([])
    for use in (
        lambda: dp.Dataset.import_from(tmp_path, "cvat"),
        lambda: dataset.export(tmp_path / "out", "cvat"),
        lambda: find_format("cvat").write_options(),
        lambda: find_format("cvat").read_options(),
    ):
        with pytest.raises(dp.MissingExtraError) as caught:
            use()
        assert one_line(caught.value, "cvat") == f"format 'cvat' comes through Datumaro: {INSTALL}"


@pytest.mark.usefixtures("_absent")
@pytest.mark.parametrize("name", ["to_datumaro", "from_datumaro", "register"])
def test_the_functions_say_what_to_install(name: str) -> None:
    from datumpb.integrations import datumaro  # noqa: PLC0415 -- beside what is tested

    with pytest.raises(dp.MissingExtraError, match=r"datumpb\[datumaro\]"):
        getattr(datumaro, name)
    with pytest.raises(AttributeError, match="anything"):
        _ = datumaro.anything  # type: ignore[attr-defined]  # that is the point


@pytest.mark.usefixtures("_absent")
def test_detection_goes_without(tmp_path: Path) -> None:
    assert detect_formats(tmp_path) == {}


def test_an_unknown_name_is_unknown_with_or_without() -> None:
    with pytest.raises(dp.UnknownFormatError, match="through Datumaro, which `datumpb formats` lists"):
        find_format("cvt")


def test_the_command_line_says_what_to_install(tmp_path: Path) -> None:
    hidden = "import importlib.util as u; u.find_spec = lambda *_: None; from datumpb.cli.main import main; main()"
    arguments = ["convert", "-i", str(tmp_path), "-if", "cvat", "-o", str(tmp_path / "out"), "-f", "datumpb"]
    done = subprocess.run([sys.executable, "-c", hidden, *arguments], capture_output=True, text=True, check=False)
    assert done.stderr == f"datumpb: error: format 'cvat' comes through Datumaro: {INSTALL}\n"
    assert done.returncode == 1


def test_formats_are_listed_native_ones_first_and_bridged_ones_apart() -> None:
    command = [sys.executable, "-m", "datumpb", "formats"]
    native, bridged = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split(
        f"\nThrough Datumaro ({INSTALL}):\n\n"
    )
    assert [line.split()[0] for line in native.splitlines()] == list(FORMATS)
    assert [line.split() for line in bridged.splitlines()] == [
        [name, *["in"] * format_.reads, *["out"] * format_.writes] for name, format_ in bridged_formats().items()
    ]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    listed = {entry["name"]: entry for entry in json.loads(done.stdout)}
    assert list(listed) == [*FORMATS, *bridged_formats()]
    assert listed["coco"]["through"] is None
    assert (listed["celeba"]["through"], listed["celeba"]["in"], listed["celeba"]["out"]) == ("datumaro", True, False)
