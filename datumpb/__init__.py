"""Schema-first serialization of vision datasets with Protocol Buffers.

Names are loaded when they are first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from datumpb.errors import (
    AuthenticationError,
    BridgeError,
    ChangedFileError,
    ClosedError,
    DamagedFileError,
    DatasetError,
    DatumpbError,
    DuplicateItemError,
    FileError,
    InvalidItemError,
    InvalidKeyError,
    ItemNotFoundError,
    KeyProblemError,
    LimitError,
    LossWarning,
    LossyConversionError,
    MediaError,
    MediaMismatchError,
    MediaNotFoundError,
    MediaPathError,
    MissingExtraError,
    MissingKeyError,
    NotADatumFileError,
    OptionError,
    OutputBusyError,
    OutputExistsError,
    QueryError,
    RemoteError,
    RemoteNotFoundError,
    ShardError,
    SourceFormatError,
    TruncatedFileError,
    UnexpectedKeyError,
    UnknownDataWarning,
    UnknownFormatError,
    UnsupportedFileError,
    WorkerError,
    WrongKeyError,
)
from datumpb.version import __version__

if TYPE_CHECKING:
    from datumpb.container.reader import DatumReader
    from datumpb.container.sharded_reader import ShardedReader
    from datumpb.container.writer import DatumWriter
    from datumpb.crypto.keys import generate_key
    from datumpb.dataset.dataset import Dataset
    from datumpb.dataset.losses import LossReport
    from datumpb.dataset.subset import DatasetSubset
    from datumpb.model.annotations import (
        Annotation,
        Bbox,
        Caption,
        Cuboid2d,
        Cuboid3d,
        DepthMap,
        Ellipse,
        FeatureVector,
        HashKey,
        ImageAnnotation,
        Label,
        Mask,
        Points,
        Polygon,
        PolyLine,
        RotatedBbox,
        Tabular,
    )
    from datumpb.model.categories import (
        Categories,
        LabelCategories,
        LabelCategory,
        LabelGroup,
        LabelGroupType,
        MaskCategories,
        PointsCategories,
        PointsCategory,
        TabularCategories,
        TabularCategory,
    )
    from datumpb.model.item import Item
    from datumpb.model.item_arrays import ItemArrays
    from datumpb.model.item_boxes import ItemBoxes
    from datumpb.model.media import (
        GenericMedia,
        Image,
        Media,
        MediaRef,
        MediaType,
        MultiframeImage,
        PointCloud,
        TableRow,
        Video,
        VideoFrame,
    )
    from datumpb.model.meta import Meta
    from datumpb.model.values import Value

__all__ = [
    "Annotation",
    "AuthenticationError",
    "Bbox",
    "BridgeError",
    "Caption",
    "Categories",
    "ChangedFileError",
    "ClosedError",
    "Cuboid2d",
    "Cuboid3d",
    "DamagedFileError",
    "Dataset",
    "DatasetError",
    "DatasetSubset",
    "DatumReader",
    "DatumWriter",
    "DatumpbError",
    "DepthMap",
    "DuplicateItemError",
    "Ellipse",
    "FeatureVector",
    "FileError",
    "GenericMedia",
    "HashKey",
    "Image",
    "ImageAnnotation",
    "InvalidItemError",
    "InvalidKeyError",
    "Item",
    "ItemArrays",
    "ItemBoxes",
    "ItemNotFoundError",
    "KeyProblemError",
    "Label",
    "LabelCategories",
    "LabelCategory",
    "LabelGroup",
    "LabelGroupType",
    "LimitError",
    "LossReport",
    "LossWarning",
    "LossyConversionError",
    "Mask",
    "MaskCategories",
    "Media",
    "MediaError",
    "MediaMismatchError",
    "MediaNotFoundError",
    "MediaPathError",
    "MediaRef",
    "MediaType",
    "Meta",
    "MissingExtraError",
    "MissingKeyError",
    "MultiframeImage",
    "NotADatumFileError",
    "OptionError",
    "OutputBusyError",
    "OutputExistsError",
    "PointCloud",
    "Points",
    "PointsCategories",
    "PointsCategory",
    "PolyLine",
    "Polygon",
    "QueryError",
    "RemoteError",
    "RemoteNotFoundError",
    "RotatedBbox",
    "ShardError",
    "ShardedReader",
    "SourceFormatError",
    "TableRow",
    "Tabular",
    "TabularCategories",
    "TabularCategory",
    "TruncatedFileError",
    "UnexpectedKeyError",
    "UnknownDataWarning",
    "UnknownFormatError",
    "UnsupportedFileError",
    "Value",
    "Video",
    "VideoFrame",
    "WorkerError",
    "WrongKeyError",
    "__version__",
    "generate_key",
]

_NAMES_BY_MODULE = {
    "container.reader": "DatumReader",
    "container.sharded_reader": "ShardedReader",
    "container.writer": "DatumWriter",
    "crypto.keys": "generate_key",
    "dataset.dataset": "Dataset",
    "dataset.losses": "LossReport",
    "dataset.subset": "DatasetSubset",
    "model.annotations": (
        "Annotation Bbox Caption Cuboid2d Cuboid3d DepthMap Ellipse FeatureVector HashKey ImageAnnotation Label Mask"
        " Points Polygon PolyLine RotatedBbox Tabular"
    ),
    "model.categories": (
        "Categories LabelCategories LabelCategory LabelGroup LabelGroupType MaskCategories PointsCategories"
        " PointsCategory TabularCategories TabularCategory"
    ),
    "model.item": "Item",
    "model.item_arrays": "ItemArrays",
    "model.item_boxes": "ItemBoxes",
    "model.media": "GenericMedia Image Media MediaRef MediaType MultiframeImage PointCloud TableRow Video VideoFrame",
    "model.meta": "Meta",
    "model.values": "Value",
}
_MODULES = {name: module for module, names in _NAMES_BY_MODULE.items() for name in names.split()}

if not TYPE_CHECKING:  # a type checker that saw this would take any name for a public one

    def __getattr__(name: str) -> object:
        """Load a public name when it is first used.

        Raises:
            AttributeError: There is no such name.
        """
        if name not in _MODULES:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
