/// \file
/// Reader: the items of an annotation file, in order or by index or id.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "datumpb/byte_source.h"
#include "datumpb/key.h"
#include "datumpb_schema/v1/container.pb.h"
#include "datumpb_schema/v1/item.pb.h"
#include "datumpb_schema/v1/meta.pb.h"

namespace datumpb {

class Items;

/// Reads a `.datum` file of annotations.
///
///     datumpb::Reader reader("annotations/train.datum", datumpb::Key::from_file("secret_key.txt"));
///     const auto item = reader.item("000000000009");
///
/// Every item that is handed out keeps the rules of the format; coordinates and masks are checked when they are
/// decoded (coordinates.h, mask.h). A reader is not to be used by two threads at once; open one for each, or guard it.
class Reader {
public:
    /// Open a file: both of its ends and its metadata are read.
    /// \param path The file.
    /// \param key Its key; none: it is not encrypted.
    /// \throws FileError It is no such file, damaged, incomplete, or needs a newer reader.
    /// \throws KeyProblemError The key does not open it.
    explicit Reader(const std::string& path, const std::optional<Key>& key = std::nullopt);

    /// Open what is not a file on disk.
    explicit Reader(std::unique_ptr<ByteSource> source, const std::optional<Key>& key = std::nullopt);

    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) noexcept;
    ~Reader();

    /// The body of HEADER.
    const datumpb_schema::v1::Header& header() const noexcept;
    /// The body of FOOTER.
    const datumpb_schema::v1::Footer& footer() const noexcept;
    /// How many annotations there are of each type and label.
    const datumpb_schema::v1::Statistics& statistics() const noexcept;
    /// Subset, infos, categories and kind of media.
    const datumpb_schema::v1::Meta& meta() const noexcept;

    /// How many items there are.
    /// \throws FileError The file is damaged.
    std::uint64_t size();

    /// All items in their order, in constant memory, for one loop: `for (const auto& item : reader.items())`.
    /// \throws FileError The file is damaged; also thrown by the loop.
    Items items();

    /// The item at an index, from 0. Only its block is read, and kept for the next call.
    /// \throws ItemNotFoundError There is none.
    /// \throws FileError The file is damaged.
    datumpb_schema::v1::Item item(std::uint64_t index);

    /// The item of an id. Only blocks are read that may have it.
    /// \throws ItemNotFoundError There is none.
    /// \throws FileError The file is damaged.
    datumpb_schema::v1::Item item(std::string_view id);

    /// The item of an id; none where there is no such item.
    /// \throws FileError The file is damaged.
    std::optional<datumpb_schema::v1::Item> find(std::string_view id);

private:
    friend class Items;
    class Content;

    std::unique_ptr<Content> content_;
};

/// The items of a file, one after the other; see Reader::items. It needs its reader to live.
class Items {
public:
    Items(Items&&) noexcept;
    Items& operator=(Items&&) noexcept;
    ~Items();

    /// The next item; null behind the last one. It changes with the next call.
    /// \throws FileError The file is damaged.
    const datumpb_schema::v1::Item* next();

    /// Goes on with `next`.
    class Iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = datumpb_schema::v1::Item;
        using difference_type = std::ptrdiff_t;
        using pointer = const value_type*;
        using reference = const value_type&;

        /// The end of every loop.
        Iterator() = default;
        explicit Iterator(Items& items) : items_(&items), item_(items.next()) {}

        reference operator*() const { return *item_; }
        pointer operator->() const { return item_; }
        Iterator& operator++() {
            item_ = items_->next();
            return *this;
        }
        bool operator==(const Iterator& other) const { return item_ == other.item_; }
        bool operator!=(const Iterator& other) const { return item_ != other.item_; }

    private:
        Items* items_ = nullptr;
        pointer item_ = nullptr;
    };

    /// Goes on where the last loop ended.
    Iterator begin() { return Iterator(*this); }
    Iterator end() { return {}; }

private:
    friend class Reader;
    struct State;

    explicit Items(Reader::Content& content);

    std::unique_ptr<State> state_;
};

}  // namespace datumpb
