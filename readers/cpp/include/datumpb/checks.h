/// \file
/// The rules of FORMAT.md for what is inside of messages (sections 11 and 13), for those who parse them on their own.
/// Reader applies them to all that it hands out. Coordinates and masks are checked when they are decoded.
#pragma once

#include "datumpb_schema/v1/item.pb.h"
#include "datumpb_schema/v1/meta.pb.h"

namespace datumpb {

/// Check an item. What only a later version knows, an annotation or medium without `kind`, is not looked into.
/// \throws DamagedFileError It breaks a rule.
/// \throws UnsupportedFileError It has a value of a kind that this version does not know.
void check_item(const datumpb_schema::v1::Item& item);

/// Check the metadata of a subset, the coordinates in it, too.
/// \throws DamagedFileError It breaks a rule.
/// \throws UnsupportedFileError It has a value of a kind that this version does not know.
void check_meta(const datumpb_schema::v1::Meta& meta);

}  // namespace datumpb
