// Verification: an account of a file, kept anew from what is in it, and compared with the file's own.

#include "datumpb/verify.h"

#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include "batch.h"
#include "block_table.h"
#include "crc32.h"
#include "datumpb/checks.h"
#include "datumpb/coordinates.h"
#include "datumpb/errors.h"
#include "datumpb/mask.h"
#include "located.h"
#include "record_file.h"
#include "statistics.h"

namespace datumpb {
namespace {

namespace schema = ::datumpb_schema::v1;
using internal::BlockPlace;
using internal::StoredRecord;

void require(bool kept, const std::string& message) {
    if (!kept) {
        throw DamagedFileError(message);
    }
}

template <typename Entry>
bool same_place(const BlockPlace& ours, const Entry& theirs) {
    return std::tie(ours.offset, ours.size, ours.seq, ours.crc32) ==
           std::make_tuple(theirs.offset, theirs.size, theirs.seq, theirs.crc32);
}

class Verification {
public:
    explicit Verification(internal::RecordFile& file) : file_(file) {
        schema::Meta meta;
        internal::located(file.source(), file.head().end, [&] {
            require(meta.ParseFromString(file.meta_body()), "META cannot be parsed");
            check_meta(meta);
        });
        if (meta.categories().has_labels()) {
            label_count_ = static_cast<std::uint32_t>(meta.categories().labels().labels_size());
        }
    }

    std::uint64_t run() {
        file_.walk([this](const StoredRecord& record) { visit(record); });
        return ids_.size();
    }

private:
    void visit(const StoredRecord& record) {
        if (record.kind == schema::RECORD_KIND_BLOCK) {
            add_block(record);
        } else if (record.kind == schema::RECORD_KIND_INDEX) {
            compare_index(record);
        } else if (record.kind == schema::RECORD_KIND_FOOTER) {
            compare_footer();
        }
    }

    void add_block(const StoredRecord& record) {
        const std::string body = file_.body(record);
        const std::uint64_t first = ids_.size();
        for (internal::Batch batch(body); const std::optional<std::string_view> data = batch.next();) {
            internal::parse_item(*data, item_);
            add_item();
        }
        require(ids_.size() > first, "a block without items");
        blocks_.push_back({record.offset, record.size, record.seq, record.crc32,
                           static_cast<std::uint32_t>(ids_.size() - first), first});
    }

    void add_item() {
        const std::string place = "item '" + item_.id() + "' ";
        require(ids_.insert(item_.id()).second, place + "is there twice");
        id_crc32_.push_back(internal::crc32(item_.id()));
        for (const schema::Annotation& annotation : item_.annotations()) {
            const bool known = annotation.kind_case() != schema::Annotation::KIND_NOT_SET;
            require(!known || !annotation.has_label_index() || !label_count_ ||
                        annotation.label_index() < *label_count_,
                    place + "has a label that the categories do not have");
            coordinates_of(annotation);
            if (annotation.has_mask()) {
                mask_runs(annotation.mask());
            }
        }
        statistics_.add(item_);
    }

    // Compares one INDEX record with the blocks that went by, from those on that the one before listed.
    void compare_index(const StoredRecord& record) {
        const internal::IndexBody index = internal::parse_index(file_.body(record), ids_.size());
        bool same = index.blocks.size() <= blocks_.size() - listed_blocks_ &&
                    index.item_id_crc32.size() <= id_crc32_.size() - listed_items_;
        for (std::size_t number = 0; same && number < index.blocks.size(); ++number) {
            const BlockPlace& ours = blocks_[listed_blocks_ + number];
            same = same_place(ours, index.blocks[number]) && ours.item_count == index.blocks[number].item_count;
        }
        for (std::size_t number = 0; same && number < index.item_id_crc32.size(); ++number) {
            same = id_crc32_[listed_items_ + number] == index.item_id_crc32[number];
        }
        require(same, "INDEX lists other blocks or items than the file has");
        listed_blocks_ += index.blocks.size();
        listed_items_ += index.item_id_crc32.size();
        const auto& entries = file_.footer().index();
        require(listed_indexes_ < entries.size(), "FOOTER lists fewer INDEX records than the file has");
        const schema::IndexEntry& entry = entries[listed_indexes_++];
        const BlockPlace theirs{entry.offset(), entry.size(), entry.seq(), entry.crc32(), 0, 0};
        require(same_place(theirs, record) && entry.block_count() == index.blocks.size() &&
                    entry.item_count() == index.item_id_crc32.size(),
                "FOOTER lists other INDEX records than the file has");
    }

    void compare_footer() const {
        const schema::Footer& footer = file_.footer();
        require(listed_blocks_ == blocks_.size(), "INDEX lists fewer blocks than the file has");
        require(listed_indexes_ == footer.index_size(), "FOOTER lists more INDEX records than the file has");
        require(footer.item_count() == ids_.size(), "FOOTER counts " + std::to_string(footer.item_count()) +
                                                        " items, there are " + std::to_string(ids_.size()));
        require(statistics_.match(footer.statistics()), "FOOTER has other statistics than the items");
    }

    internal::RecordFile& file_;
    std::optional<std::uint32_t> label_count_;
    schema::Item item_;
    std::unordered_set<std::string> ids_;
    std::vector<std::uint32_t> id_crc32_;
    std::vector<BlockPlace> blocks_;
    std::size_t listed_blocks_ = 0;
    std::size_t listed_items_ = 0;
    int listed_indexes_ = 0;
    internal::Statistics statistics_;
};

}  // namespace

std::uint64_t verify(std::unique_ptr<ByteSource> source, const std::optional<Key>& key) {
    internal::RecordFile file(std::move(source), key, schema::CONTENT_TYPE_ANNOTATIONS);
    return Verification(file).run();
}

}  // namespace datumpb
