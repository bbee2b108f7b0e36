// The rules for values: FORMAT.md, section 13.
#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include "datumpb_schema/v1/value.pb.h"

namespace datumpb::internal {

// Checks a value. Throws DamagedFileError, UnsupportedFileError.
void check_value(const datumpb_schema::v1::Value& value);

// Checks a list of named values, whose keys are unique. Throws DamagedFileError, UnsupportedFileError.
void check_attributes(const google::protobuf::RepeatedPtrField<datumpb_schema::v1::Attribute>& attributes);

}  // namespace datumpb::internal
