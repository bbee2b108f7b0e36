// INDEX: where each block is, and which item is in which block. FORMAT.md, section 8.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "record_file.h"

namespace datumpb::internal {

// Where a block is.
struct BlockPlace {
    std::uint64_t offset;
    std::uint64_t size;
    std::uint64_t seq;
    std::uint32_t crc32;
    std::uint32_t item_count;
    std::uint64_t first_item;  // the index of its first item
};

// The body of one INDEX record, taken apart.
struct IndexBody {
    std::vector<BlockPlace> blocks;         // first_item counts from the start of this INDEX
    std::vector<std::uint32_t> item_id_crc32;
};

// Takes the body of an INDEX record apart; refuses one that lists more blocks or items than `limit`, so that memory is
// bounded however well a hostile one is compressed. Throws DamagedFileError.
IndexBody parse_index(std::string_view body, std::uint64_t limit);

// All blocks of a file.
class BlockTable {
public:
    // Reads all INDEX records that FOOTER lists. Throws FileError.
    explicit BlockTable(RecordFile& file);

    std::uint64_t item_count() const { return id_crc32_.size(); }
    const std::vector<BlockPlace>& blocks() const { return blocks_; }

    // Returns the number of the block that holds the item at an index, which is below item_count.
    std::size_t block_of(std::uint64_t index) const;

    // Returns the first index from `start` on of an item that may have this id; item_count where there is none.
    std::uint64_t candidate(std::string_view id, std::uint64_t start) const;

private:
    void add(const IndexBody& index);

    std::vector<BlockPlace> blocks_;
    std::vector<std::uint32_t> id_crc32_;
};

}  // namespace datumpb::internal
