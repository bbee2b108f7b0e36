"""Rice codes of one shape, for tests."""

from __future__ import annotations

import numpy as np

from datumpb.codec.rice_encoder import Code, encode_rice


def encode_one(delta: np.ndarray) -> Code | None:
    """Encode one shape."""
    (code,) = encode_rice(delta << 1 ^ delta >> 63, np.array([delta.size]))
    return code
