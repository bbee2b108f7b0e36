"""The formats that come through Datumaro: their names are known without it, everything else needs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.dataset.registry import Format
from datumpb.errors import MissingExtraError, OptionError
from datumpb.integrations.datumaro.installed import INSTALL, is_installed

if TYPE_CHECKING:
    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource
    from datumpb.storage.location import Location

# As Datumaro 1.13 has them; a test compares them.
_READ = frozenset(
    """
    ade20k2017 ade20k2020 align_celeba arrow ava brats brats_numpy camvid celeba cifar cityscapes coco
    coco_captions coco_image_info coco_instances coco_labels coco_panoptic coco_person_keypoints coco_stuff
    common_semantic_segmentation common_semantic_segmentation_with_subset_dirs cvat datumaro datumaro_binary
    dota icdar_text_localization icdar_text_segmentation icdar_word_recognition image_dir image_zip imagenet
    imagenet_txt imagenet_with_subset_dirs kaggle_coco kaggle_image_csv kaggle_image_mask kaggle_image_txt
    kaggle_voc kaggle_yolo kinetics kitti kitti3d kitti_detection kitti_raw kitti_segmentation label_me lfw
    mapillary_vistas mapillary_vistas_instances mapillary_vistas_panoptic market1501 mars mmdet_coco mnist
    mnist_csv mot_seq mots mots_png_extractor mpii mpii_json mvtec mvtec_classification mvtec_detection
    mvtec_segmentation nyu_depth_v2 open_images roboflow_coco roboflow_create_ml roboflow_multiclass
    roboflow_voc roboflow_yolo roboflow_yolo_obb segment_anything sly_pointcloud synthia_al synthia_rand
    synthia_sf tabular vgg_face2 video_frames video_keyframes voc voc_action voc_classification voc_detection
    voc_instance_segmentation voc_layout voc_segmentation vott_csv vott_json wider_face yolo yolo_loose
    yolo_strict yolo_ultralytics
    """.split()  # noqa: SIM905 -- so many names read better as text
)
_WRITTEN = frozenset(
    """
    arrow ava camvid cifar cityscapes coco coco_captions coco_image_info coco_instances coco_labels
    coco_panoptic coco_person_keypoints coco_stuff cvat datumaro datumaro_binary dota icdar_text_localization
    icdar_text_segmentation icdar_word_recognition image_dir image_zip imagenet imagenet_txt
    imagenet_with_subset_dirs kitti kitti_detection kitti_raw kitti_segmentation label_me lfw market1501 mnist
    mnist_csv mot_seq_gt mots_png mvtec mvtec_classification mvtec_detection mvtec_segmentation open_images
    segment_anything sly_pointcloud tabular vgg_face2 voc voc_action voc_classification voc_detection
    voc_instance_segmentation voc_layout voc_segmentation wider_face yolo yolo_ultralytics
    """.split()  # noqa: SIM905 -- so many names read better as text
)


@dataclass(frozen=True, slots=True)
class BridgedFormat(Format):
    """A format that Datumaro reads or writes."""

    def detect(self, path: Location) -> str | None:
        """Return why a path looks like this format, or None where it does not, or Datumaro is not installed."""
        return detect(path).get(self.name) if isinstance(path, Path) else None

    def read(self, path: Location, options: dict[str, object]) -> DatasetSource:
        """Open a dataset.

        Raises:
            MissingExtraError: Datumaro, or what it needs for this format, is not installed.
            OptionError: The format cannot be read, or has no such option for reading.
            BridgeError: Datumaro cannot read it.
        """
        self._require(able=self.reads, work="read")
        from datumpb.integrations.datumaro.conversion import read  # noqa: PLC0415 -- needs Datumaro

        assert isinstance(path, Path)  # `on_hand` copied what is behind a URL
        return read(self.name, path, options)

    def write(self, source: DatasetSource, path: Path, export: Export, options: dict[str, object]) -> None:
        """Write a dataset.

        Raises:
            MissingExtraError: Datumaro, or what it needs for this format, is not installed.
            OptionError: The format cannot be written, or has no such option for writing.
            BridgeError: Datumaro cannot write it.
        """
        self._require(able=self.writes, work="written")
        from datumpb.integrations.datumaro.conversion import write  # noqa: PLC0415 -- needs Datumaro

        write(self.name, source, path, export, options)

    def is_encrypted(self, path: Location) -> bool:  # noqa: ARG002 -- none of them can be
        """Tell that a dataset is not encrypted: Datumaro 1.13 has no encryption."""
        return False

    def read_options(self) -> dict[str, str]:
        """Return the names of the options for reading, each with its type.

        Raises:
            MissingExtraError: Datumaro, or what it needs for this format, is not installed.
            OptionError: The format cannot be read.
        """
        self._require(able=self.reads, work="read")
        from datumpb.integrations.datumaro.conversion import read_options  # noqa: PLC0415 -- needs Datumaro

        return read_options(self.name)

    def write_options(self) -> dict[str, str]:
        """Return the names of the options for writing, each with its type.

        Raises:
            MissingExtraError: Datumaro, or what it needs for this format, is not installed.
            OptionError: The format cannot be written.
        """
        self._require(able=self.writes, work="written")
        from datumpb.integrations.datumaro.conversion import write_options  # noqa: PLC0415 -- needs Datumaro

        return write_options(self.name)

    def _require(self, *, able: bool, work: str) -> None:
        if not able:
            message = f"format {self.name!r} cannot be {work}: Datumaro only {'writes' if self.writes else 'reads'} it"
            raise OptionError(message)
        if not is_installed():
            message = f"format {self.name!r} comes through Datumaro: {INSTALL}"
            raise MissingExtraError(message)


BRIDGED = {
    name: BridgedFormat(name, "Through Datumaro", __name__, name in _READ, name in _WRITTEN)
    for name in sorted(_READ | _WRITTEN)
}
"""All formats of Datumaro's by their names, also those that datumpb has itself."""


def detect(path: Path) -> dict[str, str]:
    """Return the formats that Datumaro takes a folder for, each with the reason; none where it is not installed.

    Raises:
        BridgeError: Datumaro fails at it.
    """
    if not is_installed() or not path.is_dir():
        return {}
    from datumpb.integrations.datumaro.conversion import detect as ask  # noqa: PLC0415 -- needs Datumaro

    return {name: "Datumaro takes it for this" for name in ask(path) if name in BRIDGED}
