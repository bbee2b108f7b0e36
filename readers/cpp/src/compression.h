// Bodies of records, decompressed: never beyond what was announced. FORMAT.md, section 4.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

struct ZSTD_DCtx_s;

namespace datumpb::internal {

// Decompresses bodies, one after the other.
class Decompressor {
public:
    Decompressor();
    ~Decompressor();

    // Returns the body that `stored` stands for. The caller has checked `raw_size` against its limit.
    // Throws DamagedFileError where it does not give a body of this size.
    std::string body(std::uint64_t codec, std::string stored, std::uint64_t raw_size);

private:
    struct Free {
        void operator()(ZSTD_DCtx_s* context) const noexcept;
    };

    std::string zstd(const std::string& stored, std::uint64_t raw_size);

    std::unique_ptr<ZSTD_DCtx_s, Free> context_;
};

}  // namespace datumpb::internal
