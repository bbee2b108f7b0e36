// The body of a BLOCK record: items, one behind the other, parsed when they are wanted. FORMAT.md, section 7.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "datumpb_schema/v1/item.pb.h"
#include "wire.h"

namespace datumpb::internal {

// Goes through the serialized items of a block's body, which has to live as long.
class Batch {
public:
    explicit Batch(std::string_view body) : fields_(body) {}

    // Returns the next item, serialized; nothing behind the last one. Throws DamagedFileError.
    std::optional<std::string_view> next();

private:
    FieldStream fields_;
};

// Counts the items of a block's body. Throws DamagedFileError.
std::uint64_t count_items(std::string_view body);

// Parses an item into `item` and checks it (see check_item); `item` may be used before, which saves allocations.
// Throws DamagedFileError, UnsupportedFileError.
void parse_item(std::string_view data, datumpb_schema::v1::Item& item);

}  // namespace datumpb::internal
