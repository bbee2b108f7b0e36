// Values, checked.

#include "values.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "datumpb/errors.h"

namespace datumpb::internal {
namespace {

namespace schema = ::datumpb_schema::v1;
using Attributes = google::protobuf::RepeatedPtrField<schema::Attribute>;

constexpr int kMaxDepth = 30;
constexpr std::size_t kMinBigIntSize = 9;
constexpr int kFewKeys = 16;  // up to so many, comparing each with each is quicker than a table

void check_at(const Attributes& attributes, int depth);

// A first byte that only repeats the sign of the second one could be left out.
bool is_shortest(std::string_view number) {
    const auto first = static_cast<unsigned char>(number[0]);
    const bool next_negative = (static_cast<unsigned char>(number[1]) & 0x80U) != 0;
    return first != (next_negative ? 0xffU : 0x00U);
}

void check_at(const schema::Value& value, int depth) {
    switch (value.kind_case()) {
        case schema::Value::KIND_NOT_SET:
            throw UnsupportedFileError("a value is of a kind that this version does not know");
        case schema::Value::kBigIntValue:
            if (value.big_int_value().size() < kMinBigIntSize || !is_shortest(value.big_int_value())) {
                throw DamagedFileError("a big integer is not written in the fewest bytes");
            }
            return;
        case schema::Value::kListValue:
        case schema::Value::kMapValue:
            break;
        default:
            return;
    }
    if (depth >= kMaxDepth) {
        throw DamagedFileError("values nest more than 30 lists or maps deep");
    }
    for (const schema::Value& element : value.list_value().values()) {
        check_at(element, depth + 1);
    }
    check_at(value.map_value().entries(), depth + 1);
}

bool keys_are_unique(const Attributes& attributes) {
    if (attributes.size() <= kFewKeys) {
        for (auto last = attributes.begin(); last != attributes.end(); ++last) {
            if (std::any_of(attributes.begin(), last, [&](const auto& other) { return other.key() == last->key(); })) {
                return false;
            }
        }
        return true;
    }
    std::unordered_set<std::string_view> keys;
    return std::all_of(attributes.begin(), attributes.end(),
                       [&](const auto& attribute) { return keys.insert(attribute.key()).second; });
}

void check_at(const Attributes& attributes, int depth) {
    if (!keys_are_unique(attributes)) {
        throw DamagedFileError("a key stands twice in a map or among attributes");
    }
    for (const schema::Attribute& attribute : attributes) {
        check_at(attribute.value(), depth);
    }
}

}  // namespace

void check_value(const schema::Value& value) { check_at(value, 0); }

void check_attributes(const Attributes& attributes) { check_at(attributes, 0); }

}  // namespace datumpb::internal
