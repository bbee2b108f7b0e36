// Blocks taken apart.

#include "batch.h"

#include "datumpb/checks.h"
#include "datumpb/errors.h"

namespace datumpb::internal {
namespace {

constexpr std::uint32_t kItemTag = 1U << 3 | 2U;

[[noreturn]] void damaged() { throw DamagedFileError("a block is no batch of items"); }

}  // namespace

std::optional<std::string_view> Batch::next() {
    while (const std::uint32_t tag = fields_.tag()) {
        if (tag == kItemTag) {
            const std::optional<std::string_view> item = fields_.bytes();
            if (!item) {
                damaged();
            }
            return item;
        }
        if (!fields_.skip(tag)) {
            damaged();
        }
    }
    if (!fields_.ended()) {
        damaged();
    }
    return std::nullopt;
}

std::uint64_t count_items(std::string_view body) {
    std::uint64_t count = 0;
    for (Batch batch(body); batch.next();) {
        ++count;
    }
    return count;
}

void parse_item(std::string_view data, datumpb_schema::v1::Item& item) {
    if (!item.ParseFromArray(data.data(), static_cast<int>(data.size()))) {
        throw DamagedFileError("an item cannot be parsed");
    }
    check_item(item);
}

}  // namespace datumpb::internal
