"""What the real Datumaro exported: the same data as its exports in binary, and files of the time before versions."""

from __future__ import annotations

import numpy as np
import pytest

import datumpb as dp
from datumpb.model.media import media_refs
from tests.support.binary import LEGACY
from tests.support.pictures import ASSETS

pytestmark = pytest.mark.skipif(not LEGACY.is_dir(), reason="../shared/data is not here")


def single(annotation: dp.Annotation) -> dp.Annotation:
    """Round what binary files hold as 32-bit floats."""
    for name in ("points", "position", "rotation", "scale"):
        values = getattr(annotation, name, None)
        if values is not None:
            setattr(annotation, name, values.astype(np.float32))
            annotation.__post_init__()  # type: ignore[attr-defined]  # those with arrays have it
    return annotation


@pytest.mark.parametrize("kind", ["image", "pcd"])
@pytest.mark.parametrize("version", ["datumaro-1.11.1-plain", "datumaro-1.13.12-plain"])
def test_the_same_as_in_binary(version: str, kind: str) -> None:
    found = dp.Dataset.import_from(LEGACY / version / f"{kind}-json")
    wanted = dp.Dataset.import_from(LEGACY / version / f"{kind}-binary", "datumaro_binary")
    assert found.infos() == wanted.infos()
    assert found.categories() == wanted.categories()
    assert found.media_type() is wanted.media_type()
    assert list(found.subsets()) == list(wanted.subsets())
    assert len(found) == len(wanted)
    for item, twin in zip(found, wanted, strict=True):
        assert found.get(item.id, item.subset) == item
        assert (item.id, item.subset, item.attributes, item.media) == (
            twin.id,
            twin.subset,
            twin.attributes,
            twin.media,
        )
        assert [single(annotation) for annotation in item.annotations] == twin.annotations
        assert [ref.read() for ref in media_refs(item.media)] == [ref.read() for ref in media_refs(twin.media)]


def test_files_without_a_version() -> None:
    dataset = dp.Dataset.import_from(ASSETS / "datumaro_dataset" / "legacy")
    assert dataset.infos() == {"task": "classification", "author": "anonymous"}
    assert dataset.media_type() is dp.MediaType.IMAGE
    labels = dataset.categories().labels
    assert labels is not None
    assert [label.name for label in labels] == ["car", "bicycle", "tom", "mary"]
    assert [group.labels for group in labels.groups] == [["car", "bicycle"], ["tom", "mary"]]
    found = {item.id: [annotation.label for annotation in item.annotations] for item in dataset}
    assert found.keys() == {"a", "b", "c", "d"}
    assert found["b"] == [0, 1, 2, 3]
    item = dataset.get("a", "train")
    assert item is not None
    assert item.annotations == [dp.Label(label=0, attributes={"score": 1.0})]
    assert isinstance(item.media, dp.Image)
    assert item.media.file is not None
    assert item.media.file.path == "images/train/a.jpg"
    assert all(ref.read() for one in dataset for ref in media_refs(one.media))
