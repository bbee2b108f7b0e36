"""Rice codes of one shape, for tests."""

from __future__ import annotations

import numpy as np

from datumpb import messages
from datumpb.codec.rice_encoder import encode_rice


def encode_one(delta: np.ndarray) -> tuple[int, bytes, bytes] | None:
    """Encode one shape: `rice_bits`, `rice_low` and `rice_high`."""
    (code,) = encode_rice(delta << 1 ^ delta >> 63, np.array([delta.size]))
    if code is None:
        return None
    message = messages.Coordinates.FromString(code)
    return message.rice_bits, message.rice_low, message.rice_high
