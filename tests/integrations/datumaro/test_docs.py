"""docs/datumaro.md, by what the bridge does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import datumpb as dp
from datumpb.integrations.datumaro import register, to_datumaro
from datumpb.integrations.datumaro.bridged import BRIDGED
from tests.support import bridge
from tests.support.samples import KEY

TEXT = (Path(__file__).parents[3] / "docs" / "datumaro.md").read_text("utf-8")
WRITTEN = {name for name, format_ in BRIDGED.items() if format_.writes}
ROWS = re.findall(r"^\| (boxes|pictures|nothing|written|refused).*?\| (.*) \|$", TEXT, re.MULTILINE)


@pytest.mark.filterwarnings("ignore:FormatDetectionConfidence of:DeprecationWarning")
def test_the_python_examples_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    both_ways, inside = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    register()
    dataset = bridge.simple(tmp_path / "in")
    to_datumaro(dataset).export("folder", "datumpb", encryption=True, encryption_key=KEY)
    names: dict[str, object] = {"dataset": dataset, "key": KEY}
    exec(both_ways, names)  # noqa: S102 -- our own text
    assert capsys.readouterr().out == "[]\n"
    ours = names["ours"]
    assert isinstance(ours, dp.Dataset)
    labels = ours.categories().labels
    assert labels is not None
    assert [label.name for label in labels] == ["feline", "dog"]
    exec(inside, names)  # noqa: S102 -- our own text
    assert (tmp_path / "out" / "secret_key.txt").is_file()


def test_the_table_says_what_comes_back_of_each_format() -> None:
    named = {first: set(re.findall(r"`(\w+)`", row)) for first, row in ROWS}
    assert named == {
        "boxes": bridge.WITH_BOXES,
        "pictures": WRITTEN
        - bridge.WITH_BOXES
        - bridge.WITHOUT_ITEMS
        - bridge.NOT_READ_AGAIN.keys()
        - bridge.NOT_WRITTEN.keys(),
        "nothing": bridge.WITHOUT_ITEMS,
        "written": set(bridge.NOT_READ_AGAIN),
        "refused": set(bridge.NOT_WRITTEN),
    }
