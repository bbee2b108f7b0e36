// Decompression by the zstd library: one frame that states the size of its content, and nothing behind it.

#include "compression.h"

#include <zstd.h>

#include <new>
#include <string_view>

#include "datumpb/errors.h"
#include "datumpb_schema/v1/container.pb.h"

namespace datumpb::internal {
namespace {

// The library also takes skippable frames, which are no content.
constexpr std::string_view kMagic = "\x28\xb5\x2f\xfd";

[[noreturn]] void damaged(const std::string& message) { throw DamagedFileError(message); }

}  // namespace

void Decompressor::Free::operator()(ZSTD_DCtx_s* context) const noexcept { ZSTD_freeDCtx(context); }

Decompressor::Decompressor() : context_(ZSTD_createDCtx()) {
    if (context_ == nullptr) {
        throw std::bad_alloc();
    }
}

Decompressor::~Decompressor() = default;

std::string Decompressor::body(std::uint64_t codec, std::string stored, std::uint64_t raw_size) {
    if (codec == datumpb_schema::v1::CODEC_ZSTD) {
        return zstd(stored, raw_size);
    }
    if (codec != datumpb_schema::v1::CODEC_NONE) {
        damaged("unknown codec " + std::to_string(codec));
    }
    if (stored.size() != raw_size) {
        damaged("a body of " + std::to_string(raw_size) + " bytes was announced, " + std::to_string(stored.size()) +
                " came");
    }
    return stored;
}

std::string Decompressor::zstd(const std::string& stored, std::uint64_t raw_size) {
    if (std::string_view(stored).substr(0, kMagic.size()) != kMagic) {
        damaged("a body is no Zstandard frame");
    }
    if (ZSTD_getFrameContentSize(stored.data(), stored.size()) != raw_size) {
        damaged("a body of " + std::to_string(raw_size) + " bytes was announced, its Zstandard frame says otherwise");
    }
    if (ZSTD_findFrameCompressedSize(stored.data(), stored.size()) != stored.size()) {
        damaged("the Zstandard frame is damaged, or something stands behind it");
    }
    std::string body(static_cast<std::size_t>(raw_size), '\0');
    const std::size_t size =
        ZSTD_decompressDCtx(context_.get(), body.data(), body.size(), stored.data(), stored.size());
    if (size != body.size()) {
        damaged(std::string("the Zstandard frame is damaged: ") + ZSTD_getErrorName(size));
    }
    return body;
}

}  // namespace datumpb::internal
