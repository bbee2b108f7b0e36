// Keys as text: FORMAT.md, section 10.

#include "datumpb/key.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "datumpb/byte_source.h"
#include "datumpb/errors.h"

namespace datumpb {
namespace {

constexpr std::string_view kStart = "datum-";
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kDigits = 43;
constexpr std::size_t kTextSize = 50;
constexpr std::uint64_t kMaxKeyFile = 4096;
constexpr std::string_view kSpace = " \t\r\n\v\f";

[[noreturn]] void refuse() {
    throw InvalidKeyError("not a key: it is \"datum-\" and 44 characters of URL-safe base64");
}

}  // namespace

Key Key::parse(std::string_view text) {
    if (text.size() != kTextSize || text.substr(0, kStart.size()) != kStart || text.back() != '=') {
        refuse();
    }
    Key key;
    std::uint32_t bits = 0;
    unsigned bit_count = 0;
    std::size_t size = 0;
    for (const char character : text.substr(kStart.size(), kDigits)) {
        const std::size_t digit = kAlphabet.find(character);
        if (digit == std::string_view::npos) {
            refuse();
        }
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            key.bytes_.at(size++) = static_cast<unsigned char>(bits >> bit_count);
            bits &= (1U << bit_count) - 1;
        }
    }
    if (bits != 0) {  // two texts would stand for one key
        refuse();
    }
    return key;
}

Key Key::from_file(const std::string& path) {
    const std::unique_ptr<ByteSource> source = open_file(path);
    if (source->size() > kMaxKeyFile) {
        refuse();
    }
    std::string text(static_cast<std::size_t>(source->size()), '\0');
    source->read_at(0, text.data(), text.size());
    std::string_view trimmed = text;
    trimmed.remove_prefix(std::min(trimmed.find_first_not_of(kSpace), trimmed.size()));
    trimmed = trimmed.substr(0, trimmed.find_last_not_of(kSpace) + 1);
    try {
        const Key key = parse(trimmed);
        OPENSSL_cleanse(text.data(), text.size());
        return key;
    } catch (...) {
        OPENSSL_cleanse(text.data(), text.size());
        throw;
    }
}

Key::~Key() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

}  // namespace datumpb
