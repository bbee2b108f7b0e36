"""A dataset with every kind of media and image-valued annotation, as files with words that are easy to find again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import datumpb as dp
from datumpb.model.media import media_refs

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ("SECRETID", "SECRETLABEL", "SECRETSUBSET", "SECRETMEDIA", "SECRETPATH", "SECRETINFO", "SECRETTEXT")
LABELS = ["SECRETLABEL-cat", "SECRETLABEL-dog"]


def media_items(folder: Path, subset: str = "SECRETSUBSET") -> list[dp.Item]:
    """Write source files into a folder, and make items that refer to them, one for each kind of media."""

    def ref(name: str) -> dp.MediaRef:
        path = folder / f"SECRETPATH-{name}"
        path.write_bytes(f"SECRETMEDIA of {name} ".encode() * 3)
        return dp.MediaRef(str(path))

    def image(name: str) -> dp.Image:
        return dp.Image(ref(name), 2, 3)

    video = dp.Video(ref("shared.mp4"), step=2)
    table = ref("table.csv")
    media: dict[str, dp.Media | None] = {
        "image": image("image.jpg"),
        "inline": dp.Image(dp.MediaRef(data=b"SECRETMEDIA inline")),
        "cloud": dp.PointCloud(ref("cloud.pcd"), [image("left.png"), image("right.png"), dp.Image(None, 4, 5)]),
        "video": dp.Video(ref("video.mp4"), 3, 1, 9),
        "frame-0": dp.VideoFrame(video, 0),
        "frame-7": dp.VideoFrame(video, 7),
        "stack": dp.MultiframeImage(ref("stack.tiff")),
        "slices": dp.MultiframeImage(None, [image("slice0.png"), image("slice1.png")]),
        "generic": dp.GenericMedia(ref("sound.wav")),
        "row-0": dp.TableRow(table, 0),
        "row-1": dp.TableRow(table, 1),
        "annotated": None,
    }
    annotations: list[dp.Annotation] = [
        dp.Label(label=0),
        dp.Caption("SECRETTEXT"),
        dp.DepthMap(image("depth.png")),
        dp.ImageAnnotation("role", image("normal.png")),
    ]
    return [
        dp.Item(
            f"SECRETID/{name}",
            subset,
            media=one,
            attributes={"SECRETINFO": name},
            annotations=annotations if name == "annotated" else [],
        )
        for name, one in media.items()
    ]


def refs_of(item: dp.Item) -> list[dp.MediaRef]:
    """Return every reference of an item, those of its annotations last."""

    images = [one.image for one in item.annotations if isinstance(one, (dp.DepthMap, dp.ImageAnnotation))]
    return [*media_refs(item.media), *(image.file for image in images if image.file is not None)]
