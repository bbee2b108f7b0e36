"""The format inside of Datumaro, checked by Datumaro's own equality and comparator."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Any

import datumaro as dm
import pytest
from datumaro.components.comparator import EqualityComparator
from datumaro.components.environment import DEFAULT_ENVIRONMENT

import datumpb as dp
from datumpb.integrations.datumaro import register, to_datumaro
from tests.support import bridge
from tests.support.samples import KEY, OTHER_KEY, one_line

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.integrations.datumaro.foreign import Foreign

# pycocotools and numpy, which is of no concern here
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
KINDS = [kind for kind in dp.MediaType if kind.value in {2, 3, 4, 5, 6, 8, 9}]


@pytest.fixture(autouse=True, scope="module")
def _registered() -> None:
    register()


def fields(annotation: Foreign) -> dict[str, Any]:
    """Return what the equality of masks and image-valued annotations leaves out."""
    names = ("id", "group", "object_id", "attributes", "label", "z_order", "y_3d")
    return {name: getattr(annotation, name) for name in names if hasattr(annotation, name)}


def without_cuboids(dataset: Foreign) -> Foreign:
    """Leave out what Datumaro's comparator fails at, for it cannot copy them."""
    kinds = dm.AnnotationType.cuboid_3d, dm.AnnotationType.cuboid_2d
    items = [item.wrap(annotations=[one for one in item.annotations if one.type not in kinds]) for item in dataset]
    return dm.Dataset.from_iterable(items, categories=dataset.categories(), media_type=dataset.media_type())


def assert_same(ours: Foreign, theirs: Foreign) -> None:
    """Compare two datasets of Datumaro's strictly."""
    assert ours.infos() == theirs.infos()
    assert ours.categories() == theirs.categories()
    assert ours.media_type() is theirs.media_type()
    assert ours.ann_types() == theirs.ann_types()
    assert sorted(ours.subsets()) == sorted(theirs.subsets())
    assert len(ours) == len(theirs)
    for item in ours:
        other = theirs.get(item.id, item.subset)
        assert item == other
        assert list(map(fields, item.annotations)) == list(map(fields, other.annotations))
        if hasattr(item.media, "table"):
            assert item.media.data() == other.media.data()
        elif isinstance(item.media, dm.MediaElement):
            assert item.media.bytes == other.media.bytes
            if isinstance(item.media.data, list):
                assert item.media.data == other.media.data
    ours, theirs = without_cuboids(ours), without_cuboids(theirs)
    found = EqualityComparator(all=True).compare_datasets(ours, theirs)
    matches = found.pop("matches")
    assert len(matches) == sum(len(item.annotations) for item in ours)
    assert found == {"mismatches": [], "a_extra_items": [], "b_extra_items": [], "errors": []}


@pytest.mark.parametrize("kind", KINDS)
def test_datumaro_finds_no_difference_after_export_and_import(kind: dp.MediaType, tmp_path: Path) -> None:
    dataset = to_datumaro(bridge.dataset(tmp_path / "in", kind))
    dataset.export(str(tmp_path / "out"), "datumpb", save_media=True)
    assert dm.Dataset.detect(str(tmp_path / "out")) == "datumpb"
    assert_same(dataset, dm.Dataset.import_from(str(tmp_path / "out"), "datumpb"))
    assert_same(dataset, dm.Dataset.import_from(str(tmp_path / "out")))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.value in {2, 3, 8, 9}])
def test_datumaro_finds_no_difference_after_encryption(kind: dp.MediaType, tmp_path: Path) -> None:
    dataset = to_datumaro(bridge.dataset(tmp_path / "in", kind))
    dataset.export(str(tmp_path / "out"), "datumpb", save_media=True, encryption=True, encryption_key=KEY)
    assert b"IHDR" not in b"".join(file.read_bytes() for file in (tmp_path / "out").rglob("*") if file.is_file())
    back = dm.Dataset.import_from(str(tmp_path / "out"), "datumpb", encryption_key=KEY)
    if kind is dp.MediaType.MIXED:
        assert [item.media.bytes for item in back] == [item.media.bytes for item in dataset]
    else:
        assert_same(dataset, back)


def test_a_new_key_is_written_and_opens_the_dataset(tmp_path: Path) -> None:
    dataset = to_datumaro(bridge.dataset(tmp_path / "in"))
    key_file = tmp_path / "my.key"
    dataset.export(str(tmp_path / "out"), "datumpb", encryption=True, no_media_encryption=True, key_file=str(key_file))
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    back = dm.Dataset.import_from(str(tmp_path / "out"), "datumpb", encryption_key=key_file.read_text())
    assert len(back) == len(dataset)


@pytest.mark.parametrize("key", [None, OTHER_KEY])
def test_a_missing_or_wrong_key_is_told(key: str | None, tmp_path: Path) -> None:
    dataset = to_datumaro(bridge.dataset(tmp_path / "in"))
    dataset.export(str(tmp_path / "out"), "datumpb", encryption=True, encryption_key=KEY)
    options = {} if key is None else {"encryption_key": key}
    with pytest.raises(dm.errors.DatasetImportError) as caught:
        dm.Dataset.import_from(str(tmp_path / "out"), "datumpb", **options)
    assert isinstance(caught.value.__cause__, dp.KeyProblemError)
    one_line(caught.value.__cause__, "out")


def test_a_dataset_can_be_saved_in_its_own_place(tmp_path: Path) -> None:
    to_datumaro(bridge.dataset(tmp_path / "in")).export(str(tmp_path / "out"), "datumpb", save_media=True)
    dataset = dm.Dataset.import_from(str(tmp_path / "out"), "datumpb")
    dataset.remove("a/é 0", "train")
    dataset.save(save_media=True)
    back = dp.Dataset.import_from(tmp_path / "out")
    assert len(back) == 7
    assert back.get("a/é 0", "train") is None
    (item,) = (item for item in back if item.id == "a/é 1" and item.subset == "val")
    assert isinstance(item.media, dp.Image)
    assert item.media.pixels().shape == (5, 7, 3)


def test_options_that_the_format_cannot_honour_are_refused(tmp_path: Path) -> None:
    dataset = to_datumaro(bridge.dataset(tmp_path / "in"))
    with pytest.raises(dp.OptionError, match="keeps images as they are"):
        dataset.export(str(tmp_path / "out"), "datumpb", save_media=True, image_ext=".png")
    with pytest.raises(TypeError, match="encrypt_everything"):
        dataset.export(str(tmp_path / "out"), "datumpb", encrypt_everything=True)
    with pytest.raises(dp.OptionError):
        dataset.export(str(tmp_path / "out"), "datumpb", encryption_key=KEY)
    assert not (tmp_path / "out").exists()


def test_losses_are_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    items = [dm.DatasetItem(str(number), attributes={"a": object()}) for number in range(3)]
    dm.Dataset.from_iterable(items).export(str(tmp_path / "out"), "datumpb")
    assert [record.getMessage() for record in caplog.records] == [
        "lost in conversion: attribute of the type object, which datumpb does not have (first: 0: a)"
    ]


def test_missing_media_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    item = dm.DatasetItem("a", media=dm.Image.from_file(str(tmp_path / "nowhere.png")))
    dm.Dataset.from_iterable([item]).export(str(tmp_path / "out"), "datumpb", save_media=True)
    assert "media file that is missing" in caplog.text


def test_the_options_are_those_of_datumaros_command_line() -> None:
    options = DEFAULT_ENVIRONMENT.exporters["datumpb"].parse_cmdline(["--save-media", "--encryption"])
    assert options["encryption"]
    assert options["save_media"]
    assert DEFAULT_ENVIRONMENT.importers["datumpb"].parse_cmdline(["--encryption-key", "k"]) == {"encryption_key": "k"}


@pytest.mark.filterwarnings("ignore:FormatDetectionConfidence of:DeprecationWarning")
def test_other_formats_are_detected_as_before(tmp_path: Path) -> None:
    dataset = to_datumaro(bridge.simple(tmp_path / "in"))
    for name in ("datumaro", "datumaro_binary", "cvat"):
        dataset.export(str(tmp_path / name), name, save_media=True)
        assert dm.Dataset.detect(str(tmp_path / name)) == name


def test_registering_again_adds_nothing() -> None:
    register()
    environment = dm.Environment()
    assert sum(name == "datumpb" for name, _ in environment.importers.extension_groups[".datum"]) == 1


def test_a_stream_is_imported_item_by_item(tmp_path: Path) -> None:
    to_datumaro(bridge.dataset(tmp_path / "in")).export(str(tmp_path / "out"), "datumpb")
    stream = dm.StreamDataset.import_from(str(tmp_path / "out"), "datumpb")
    assert stream.is_stream
    assert len(list(stream)) == 8
