// INDEX, read piece by piece: a parser that makes an object of every entry would take many times its size.

#include "block_table.h"

#include <algorithm>
#include <utility>

#include "crc32.h"
#include "datumpb/errors.h"
#include "located.h"
#include "varint.h"
#include "wire.h"

namespace datumpb::internal {
namespace {

constexpr std::uint32_t kBlocksTag = 1U << 3 | 2U;
constexpr std::uint32_t kPackedIdsTag = 2U << 3 | 2U;
constexpr std::uint32_t kIdTag = 2U << 3 | 5U;

[[noreturn]] void damaged(const char* message) { throw DamagedFileError(message); }

void require(bool parsed) {
    if (!parsed) {
        damaged("INDEX cannot be parsed");
    }
}

template <typename T>
T required(const std::optional<T>& value) {
    require(value.has_value());
    return *value;
}

class IndexParser {
public:
    IndexParser(std::string_view body, std::uint64_t limit) : fields_(body), limit_(limit) {}

    IndexBody parse() {
        while (const std::uint32_t tag = fields_.tag()) {
            if (tag == kBlocksTag) {
                add_block(required(fields_.bytes()));
            } else if (tag == kPackedIdsTag) {
                add_ids(required(fields_.bytes()));
            } else if (tag == kIdTag) {
                add_id(required(fields_.fixed32()));
            } else {
                require(fields_.skip(tag));
            }
        }
        require(fields_.ended());
        return std::move(index_);
    }

private:
    void add_block(std::string_view data) {
        require(entry_.ParseFromArray(data.data(), static_cast<int>(data.size())));
        if (entry_.item_count() == 0) {
            damaged("INDEX lists a block without items");
        }
        index_.blocks.push_back({entry_.offset(), entry_.size(), entry_.seq(), entry_.crc32(), entry_.item_count(),
                                 item_count_});
        item_count_ += entry_.item_count();
        bound(index_.blocks.size());
    }

    void add_ids(std::string_view data) {
        StrictCursor cursor(data);
        while (!cursor.at_end()) {
            add_id(static_cast<std::uint32_t>(required(cursor.fixed(4))));
        }
    }

    void add_id(std::uint32_t crc32) {
        index_.item_id_crc32.push_back(crc32);
        bound(index_.item_id_crc32.size());
    }

    void bound(std::uint64_t count) const {
        if (count > limit_) {
            damaged("INDEX lists more blocks or items than the file can have");
        }
    }

    FieldStream fields_;
    std::uint64_t limit_;
    datumpb_schema::v1::BlockEntry entry_;
    std::uint64_t item_count_ = 0;
    IndexBody index_;
};

}  // namespace

IndexBody parse_index(std::string_view body, std::uint64_t limit) {
    IndexBody index = IndexParser(body, limit).parse();
    const std::uint64_t items =
        index.blocks.empty() ? 0 : index.blocks.back().first_item + index.blocks.back().item_count;
    if (items != index.item_id_crc32.size()) {
        damaged("INDEX counts other items in its blocks than it has ids");
    }
    return index;
}

BlockTable::BlockTable(RecordFile& file) {
    const std::uint64_t count = file.footer().item_count();
    const std::uint64_t limit = std::min(count, file.source().size());
    std::uint64_t end = file.head().end;
    for (const auto& listed : file.footer().index()) {
        const BlockPlace place{listed.offset(), listed.size(), listed.seq(), listed.crc32(), 0, 0};
        located(file.source(), place.offset, [&] {
            if (place.offset < end) {  // no file makes its reader go round in a circle
                damaged("INDEX records are not listed in the order of the file");
            }
            add(parse_index(file.listed_body(schema::RECORD_KIND_INDEX, place), limit - item_count()));
        });
        end = place.offset + place.size;
    }
    if (item_count() != count) {
        fail<DamagedFileError>("INDEX and FOOTER count different numbers of items", file.source().name(),
                               file.footer_offset());
    }
}

void BlockTable::add(const IndexBody& index) {
    const std::uint64_t items_before = item_count();
    for (BlockPlace block : index.blocks) {
        if (!blocks_.empty() && block.offset < blocks_.back().offset + blocks_.back().size) {
            damaged("INDEX does not list blocks in the order of the file");
        }
        block.first_item += items_before;
        blocks_.push_back(block);
    }
    id_crc32_.insert(id_crc32_.end(), index.item_id_crc32.begin(), index.item_id_crc32.end());
}

std::size_t BlockTable::block_of(std::uint64_t index) const {
    const auto behind = std::upper_bound(blocks_.begin(), blocks_.end(), index,
                                         [](std::uint64_t item, const BlockPlace& b) { return item < b.first_item; });
    return static_cast<std::size_t>(behind - blocks_.begin()) - 1;
}

std::uint64_t BlockTable::candidate(std::string_view id, std::uint64_t start) const {
    const auto begin = id_crc32_.begin() + static_cast<std::ptrdiff_t>(std::min(start, item_count()));
    return static_cast<std::uint64_t>(std::find(begin, id_crc32_.end(), crc32(id)) - id_crc32_.begin());
}

}  // namespace datumpb::internal
