// Statistics of items: how many annotations there are of each type and label. FORMAT.md, section 8.
#pragma once

#include <cstdint>
#include <map>

#include "datumpb_schema/v1/container.pb.h"
#include "datumpb_schema/v1/item.pb.h"

namespace datumpb::internal {

// Counts annotations, to be compared with what a file says.
class Statistics {
public:
    // Counts those of one more item.
    void add(const datumpb_schema::v1::Item& item);

    // Tells whether a file's statistics are those of the items. Of a type that only a later version knows, nobody can
    // tell the number: then types are not compared.
    bool match(const datumpb_schema::v1::Statistics& statistics) const;

private:
    std::uint64_t count_ = 0;
    std::uint64_t unlabelled_ = 0;
    std::map<int, std::uint64_t> types_;
    std::map<std::uint32_t, std::uint64_t> labels_;
};

}  // namespace datumpb::internal
