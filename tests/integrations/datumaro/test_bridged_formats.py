"""Every format of Datumaro's in `datumpb convert`: it works, or fails in one line and leaves nothing behind."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from datumaro.components.environment import DEFAULT_ENVIRONMENT

import datumpb as dp
from datumpb.cli.main import main
from datumpb.dataset.export import Export, SaveMedia
from datumpb.dataset.registry import FORMATS, bridged_formats
from datumpb.integrations.datumaro.bridged import BRIDGED
from tests.support import bridge
from tests.support.bridge import NOT_READ_AGAIN, NOT_WRITTEN, WITH_BOXES, WITHOUT_ITEMS
from tests.support.samples import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# Those of Datumaro and the libraries under it are of no concern here, and losses are looked at one by one.
pytestmark = pytest.mark.filterwarnings("ignore")

WRITTEN = [name for name, format_ in BRIDGED.items() if format_.writes]
READ = [name for name, format_ in BRIDGED.items() if format_.reads]


def convert(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Run `datumpb convert`, and return its exit status."""
    monkeypatch.setattr(sys, "argv", ["datumpb", "convert", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0)


def test_the_table_is_that_of_datumaro() -> None:
    readers = set(DEFAULT_ENVIRONMENT.importers) | set(DEFAULT_ENVIRONMENT.extractors)
    assert set(READ) == readers - {"datumpb"}
    assert set(WRITTEN) == set(DEFAULT_ENVIRONMENT.exporters) - {"datumpb"}
    assert (len(READ), len(WRITTEN)) == (95, 55)


def test_native_formats_win() -> None:
    assert not bridged_formats().keys() & FORMATS.keys()
    assert {"coco", "yolo", "image_dir"} <= BRIDGED.keys() & FORMATS.keys()


@pytest.mark.parametrize("name", WRITTEN)
def test_a_format_that_datumaro_writes(name: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export = Export(SaveMedia.COPY)
    source = bridge.simple(tmp_path / "in")._source
    if name in NOT_WRITTEN:
        with pytest.raises(dp.BridgeError) as caught:
            BRIDGED[name].write(source, out, export, {})
        one_line(caught.value, out, name, NOT_WRITTEN[name])
        assert [path.name for path in tmp_path.iterdir()] == ["in"]
        return
    BRIDGED[name].write(source, out, export, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]
    for file in out.rglob("*"):
        assert not file.is_file() or b".partial" not in file.read_bytes()  # no path of the hidden folder
    losses = export.losses.counts
    assert bool(losses["output that Datumaro itself cannot read again"]) is (name in NOT_READ_AGAIN)
    assert losses["item that Datumaro leaves out"] == (2 if name in WITHOUT_ITEMS else 0)
    kept = name in WITH_BOXES or name in NOT_READ_AGAIN
    assert losses["annotation (bbox) that Datumaro leaves out"] == (0 if kept else 2)


@pytest.mark.parametrize("name", sorted(set(READ) & set(WRITTEN) - NOT_WRITTEN.keys()))
def test_a_format_that_datumaro_writes_and_reads(name: str, tmp_path: Path) -> None:
    BRIDGED[name].write(bridge.simple(tmp_path / "in")._source, tmp_path / "out", Export(SaveMedia.COPY), {})
    if name in NOT_READ_AGAIN:
        with pytest.raises(dp.BridgeError) as caught:
            BRIDGED[name].read(tmp_path / "out", {})
        one_line(caught.value, tmp_path / "out", name, NOT_READ_AGAIN[name])
        return
    items = list(dp.Dataset(BRIDGED[name].read(tmp_path / "out", {})))
    assert len(items) == (0 if name in WITHOUT_ITEMS else 2)
    boxes = [one for item in items for one in item.annotations if isinstance(one, dp.Bbox)]
    assert len(boxes) == (2 if name in WITH_BOXES else 0)
    assert all(isinstance(item.media, dp.Image) and item.media.pixels().shape[:2] == (5, 7) for item in items)


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("kind", ["IMAGE", "POINT_CLOUD", "TABLE_ROW", "VIDEO_FRAME"])
def test_any_dataset_is_written_or_refused_in_one_line(name: str, kind: str, tmp_path: Path) -> None:
    source = bridge.dataset(tmp_path / "in", dp.MediaType[kind])._source
    try:
        BRIDGED[name].write(source, tmp_path / "out", Export(SaveMedia.COPY), {})
    except dp.BridgeError as error:
        one_line(error, tmp_path / "out", name)
        assert [path.name for path in tmp_path.iterdir()] == ["in"]
        return
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


@pytest.mark.parametrize("name", READ)
def test_what_is_no_dataset_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": [')
    (tmp_path / "a.xml").write_text("<a><b></a>")
    (tmp_path / "a.txt").write_text("x y z\n")
    (tmp_path / "a.png").write_bytes(b"no picture")
    try:
        list(dp.Dataset(BRIDGED[name].read(tmp_path, {})))
    except (dp.BridgeError, dp.MissingExtraError) as error:
        one_line(error, tmp_path, name)


@pytest.mark.parametrize("name", ["cvat", "label_me", "open_images", "wider_face"])
def test_the_command_line_converts_out_and_in(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bridge.simple(tmp_path / "in").export(tmp_path / "ours", "datumpb", save_media=True)
    out, back = tmp_path / "out", tmp_path / "back"
    assert convert(monkeypatch, "-i", tmp_path / "ours", "-o", out, "-f", name, "--save-media") == 0
    assert convert(monkeypatch, "-i", out, "-if", name, "-o", back, "-f", "datumpb", "--save-media") == 0
    items = list(dp.Dataset.import_from(back))
    assert [type(one) for item in items for one in item.annotations] == [dp.Bbox, dp.Bbox]
    captured = capsys.readouterr()
    assert captured.out.count(" -> ") >= 2
    assert all(line.startswith("datumpb: warning: ") for line in captured.err.splitlines())


def test_what_datumaro_leaves_out_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bridge.simple(tmp_path / "in").export(tmp_path / "ours", "datumpb", save_media=True)
    arguments = ("-i", tmp_path / "ours", "-o", tmp_path / "out", "-f", "lfw", "--save-media")
    assert convert(monkeypatch, *arguments, "--strict") == 1
    assert not (tmp_path / "out").exists()
    assert "annotation (bbox) that Datumaro leaves out" in capsys.readouterr().err
    assert convert(monkeypatch, *arguments) == 0
    assert "2 x annotation (bbox) that Datumaro leaves out" in capsys.readouterr().err


def test_options_of_plugins_are_those_of_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bridge.simple(tmp_path / "in").export(tmp_path / "ours", "datumpb", save_media=True)
    arguments = ("-i", tmp_path / "ours", "-f", "image_zip", "--save-media", "-o", tmp_path / "out", "--")
    assert convert(monkeypatch, *arguments, "--name", "mine.zip", "--compression", "ZIP_DEFLATED") == 0
    assert [file.name for file in (tmp_path / "out").rglob("*.zip")] == ["mine.zip"]
    capsys.readouterr()
    for wrong in (("--nome", "x"), ("--compression", "ZIP_OF_PANTS")):
        assert convert(monkeypatch, *arguments, "--name", "again.zip", *wrong) == 1
        error = capsys.readouterr().err
        assert error.startswith("datumpb: error: ")
        assert error.count("\n") == 1


def test_option_types_are_those_of_the_plugins() -> None:
    assert BRIDGED["cvat"].write_options() == {
        "image_ext": "str",
        "save_dataset_meta": "bool",
        "reindex": "bool",
        "allow_undeclared_attrs": "bool",
    }
    assert BRIDGED["video_frames"].read_options()["step"] == "int"
    assert BRIDGED["kaggle_voc"].read_options() == {"ann_path": "str", "subset": "str"}
    assert BRIDGED["cvat"].is_encrypted is not None
    with pytest.raises(dp.OptionError, match="Datumaro only writes it"):
        BRIDGED["mot_seq_gt"].read_options()
    with pytest.raises(dp.OptionError, match="Datumaro only reads it"):
        BRIDGED["celeba"].write_options()
    with pytest.raises(dp.OptionError, match="no option 'nome' for reading"):
        dp.Dataset.import_from(".", "cvat", nome=1)


@pytest.mark.parametrize(("name", "package"), [("brats", "nibabel"), ("nyu_depth_v2", "h5py")])
def test_a_package_that_datumaro_lacks_is_named(name: str, package: str, tmp_path: Path) -> None:
    with pytest.raises(dp.MissingExtraError, match=f"pip install {package}"):
        dp.Dataset.import_from(tmp_path, name)


def test_a_folder_that_only_datumaro_knows_is_detected(tmp_path: Path) -> None:
    BRIDGED["cvat"].write(bridge.simple(tmp_path / "in")._source, tmp_path / "out", Export(SaveMedia.COPY), {})
    assert dp.Dataset.detect(tmp_path / "out") == "cvat"
    assert len(dp.Dataset.import_from(tmp_path / "out")) == 2


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_an_interruption_leaves_nothing_behind(error: type[BaseException], tmp_path: Path) -> None:
    class Interrupting:
        def __call__(self, iterable: Iterable[object], total: int, description: str) -> Iterable[object]:  # noqa: ARG002 -- a Progress
            yield next(iter(iterable))
            raise error

    export = Export(SaveMedia.COPY, progress=Interrupting())  # type: ignore[arg-type]  # not generic here
    with pytest.raises(error):
        BRIDGED["cvat"].write(bridge.simple(tmp_path / "in")._source, tmp_path / "out", export, {})
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_an_output_that_is_there_is_only_overwritten_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    source = bridge.simple(tmp_path / "in")._source
    with pytest.raises(dp.OutputExistsError):
        BRIDGED["cvat"].write(source, tmp_path / "out", Export(), {})
    BRIDGED["cvat"].write(source, tmp_path / "out", Export(overwrite=True), {})
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"


def test_media_are_only_saved_when_asked_for(tmp_path: Path) -> None:
    source = bridge.simple(tmp_path / "in")._source
    BRIDGED["cvat"].write(source, tmp_path / "bare", Export(), {})
    BRIDGED["cvat"].write(source, tmp_path / "full", Export(SaveMedia.COPY), {})
    assert not list((tmp_path / "bare").rglob("*.png"))
    assert len(list((tmp_path / "full").rglob("*.png"))) == 2
