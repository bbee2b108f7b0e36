// Reader: blocks found through INDEX, their items parsed when asked for.

#include "datumpb/reader.h"

#include <utility>

#include "batch.h"
#include "block_table.h"
#include "datumpb/checks.h"
#include "datumpb/errors.h"
#include "located.h"
#include "record_file.h"

namespace datumpb {

namespace schema = ::datumpb_schema::v1;
using internal::Batch;
using internal::BlockPlace;
using internal::BlockTable;
using internal::located;
using internal::RecordFile;

/// What a reader knows of its file.
class Reader::Content {
public:
    Content(std::unique_ptr<ByteSource> source, const std::optional<Key>& key)
        : file_(std::move(source), key, schema::CONTENT_TYPE_ANNOTATIONS) {
        located(file_.source(), file_.head().end, [this] {
            if (!meta_.ParseFromString(file_.meta_body())) {
                throw DamagedFileError("META cannot be parsed");
            }
            check_meta(meta_);
        });
    }

    RecordFile& file() { return file_; }
    const schema::Meta& meta() const { return meta_; }

    const BlockTable& table() {
        if (!table_) {
            table_.emplace(file_);
        }
        return *table_;
    }

    // Returns the body of a block, which has as many items as INDEX says.
    std::string read_block(const BlockPlace& place) {
        return located(file_.source(), place.offset, [&] {
            std::string body = file_.listed_body(schema::RECORD_KIND_BLOCK, place);
            if (internal::count_items(body) != place.item_count) {
                throw DamagedFileError("the block holds other items than INDEX says");
            }
            return body;
        });
    }

    // Parses the item at an index, which is below the count.
    void read_item(std::uint64_t index, schema::Item& item) {
        const std::size_t number = table().block_of(index);
        const BlockPlace& place = table().blocks()[number];
        if (cached_number_ != number) {
            cached_number_.reset();
            cached_body_ = read_block(place);
            cached_number_ = number;
        }
        Batch batch(cached_body_);
        for (std::uint64_t before = place.first_item; before < index; ++before) {
            batch.next();
        }
        located(file_.source(), place.offset, [&] { internal::parse_item(batch.next().value(), item); });
    }

private:
    RecordFile file_;
    schema::Meta meta_;
    std::optional<BlockTable> table_;
    std::optional<std::size_t> cached_number_;
    std::string cached_body_;
};

/// Where a loop over all items is.
struct Items::State {
    explicit State(Reader::Content& its_content) : content(&its_content) {}

    Reader::Content* content;
    std::size_t block = 0;  // the number of the next one
    std::string body;
    std::optional<Batch> batch;
    schema::Item item;
};

Reader::Reader(const std::string& path, const std::optional<Key>& key) : Reader(open_file(path), key) {}

Reader::Reader(std::unique_ptr<ByteSource> source, const std::optional<Key>& key)
    : content_(std::make_unique<Content>(std::move(source), key)) {}

Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

const schema::Header& Reader::header() const noexcept { return content_->file().head().header; }

const schema::Footer& Reader::footer() const noexcept { return content_->file().footer(); }

const schema::Statistics& Reader::statistics() const noexcept { return footer().statistics(); }

const schema::Meta& Reader::meta() const noexcept { return content_->meta(); }

std::uint64_t Reader::size() { return content_->table().item_count(); }

Items Reader::items() { return Items(*content_); }

schema::Item Reader::item(std::uint64_t index) {
    if (index >= size()) {
        throw ItemNotFoundError("there is no item " + std::to_string(index) + ", the file has " +
                                std::to_string(size()));
    }
    schema::Item item;
    content_->read_item(index, item);
    return item;
}

schema::Item Reader::item(std::string_view id) {
    std::optional<schema::Item> item = find(id);
    if (!item) {
        throw ItemNotFoundError("no item has the id '" + std::string(id) + "'");
    }
    return *std::move(item);
}

std::optional<schema::Item> Reader::find(std::string_view id) {
    schema::Item item;
    for (std::uint64_t index = 0; (index = content_->table().candidate(id, index)) < size(); ++index) {
        content_->read_item(index, item);
        if (item.id() == id) {
            return item;
        }
    }
    return std::nullopt;
}

Items::Items(Reader::Content& content) : state_(std::make_unique<State>(content)) { content.table(); }

Items::Items(Items&&) noexcept = default;
Items& Items::operator=(Items&&) noexcept = default;
Items::~Items() = default;

const schema::Item* Items::next() {
    const std::vector<BlockPlace>& blocks = state_->content->table().blocks();
    while (true) {
        if (state_->batch) {
            if (const std::optional<std::string_view> data = state_->batch->next()) {
                located(state_->content->file().source(), blocks[state_->block - 1].offset,
                        [&] { internal::parse_item(*data, state_->item); });
                return &state_->item;
            }
        }
        if (state_->block == blocks.size()) {
            return nullptr;
        }
        state_->batch.reset();
        state_->body = state_->content->read_block(blocks[state_->block]);
        state_->batch.emplace(state_->body);
        ++state_->block;
    }
}

}  // namespace datumpb
