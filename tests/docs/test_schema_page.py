"""The commands of docs/schema.md, as far as their compilers are installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "schema.md").read_text("utf-8")
BLOCKS: dict[str, str] = dict(re.findall(r"\*\*([\w+ ]+)\*\*[^\n]*\n(?:[^\n]+\n)*\n((?:    .+\n)+)", PAGE))


def run(commands: str, folder: Path) -> None:
    shutil.copytree(ROOT / "proto", folder / "schema")
    text = "\n".join(line.removeprefix("    ") for line in commands.splitlines())
    subprocess.run(["/bin/bash", "-euc", text], cwd=folder, check=True)


@pytest.mark.parametrize(
    ("name", "needs", "made"),
    [
        ("C++", ["protoc"], "cpp/datumpb_schema/v1/item.pb.h"),
        ("Go", ["protoc", "protoc-gen-go"], "go/datumpb/item.pb.go"),
        ("Java", ["protoc"], "java/datumpb_schema/v1/ItemOuterClass.java"),
    ],
)
def test_commands(name: str, needs: list[str], made: str, tmp_path: Path) -> None:
    for command in needs:
        if shutil.which(command) is None:
            pytest.skip(f"{command} is not installed")
    run(BLOCKS[name], tmp_path)
    assert (tmp_path / made).is_file()


def test_the_package_has_the_schema_where_the_page_says() -> None:
    place = Path(sysconfig.get_path("purelib")) / "datumpb_schema" / "v1"
    if not place.is_dir():
        pytest.skip("datumpb is installed in editable mode")
    for file in (ROOT / "proto" / "datumpb_schema" / "v1").glob("*.proto"):
        assert (place / file.name).read_text("utf-8") == file.read_text("utf-8")
