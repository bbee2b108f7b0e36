/// \file
/// Masks: COCO's compressed run-length encoding, unpacked (FORMAT.md, section 14).
#pragma once

#include <cstdint>
#include <vector>

#include "datumpb_schema/v1/annotation.pb.h"

namespace datumpb {

/// Unpack the runs of a mask.
/// \return Runs of pixels that are 0 and 1 in turn, the first of 0, column by column from the top: pixel (row, column)
///     is number `column * height + row`. They add up to height * width.
/// \throws DamagedFileError The mask is not what the format allows.
std::vector<std::uint32_t> mask_runs(const datumpb_schema::v1::Mask& mask);

}  // namespace datumpb
