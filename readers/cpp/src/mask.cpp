// Run-length encoding, unpacked.

#include "datumpb/mask.h"

#include "datumpb/errors.h"

namespace datumpb {
namespace {

constexpr std::uint64_t kMaxPixels = 0xffffffffU;
constexpr unsigned kMaxDigits = 8;  // 40 bits: more than any difference of two runs needs
constexpr int kFirst = 48;
constexpr int kCodes = 64;

[[noreturn]] void damaged(const char* message) { throw DamagedFileError(message); }

// Reads the number that starts at `at`, and leaves `at` behind it.
std::int64_t read_number(const std::string& counts, std::size_t& at) {
    std::int64_t number = 0;
    for (unsigned digits = 1; at < counts.size(); ++digits) {
        const int code = static_cast<unsigned char>(counts[at++]) - kFirst;
        if (code < 0 || code >= kCodes) {
            damaged("a mask has a character that compressed runs do not use");
        }
        if (digits > kMaxDigits) {
            damaged("a mask has a run that is too long for any");
        }
        number |= static_cast<std::int64_t>(code & 0x1f) << (5 * (digits - 1));
        if ((code & 0x20) == 0) {
            return (code & 0x10) != 0 ? number - (std::int64_t{1} << (5 * digits)) : number;
        }
    }
    damaged("a mask ends in the middle of a run");
}

}  // namespace

std::vector<std::uint32_t> mask_runs(const datumpb_schema::v1::Mask& mask) {
    const std::uint64_t pixels = std::uint64_t{mask.height()} * mask.width();
    if (pixels > kMaxPixels) {
        damaged("a mask has too many pixels");
    }
    std::vector<std::uint32_t> runs;
    std::uint64_t total = 0;
    for (std::size_t at = 0; at < mask.counts().size();) {
        std::int64_t run = read_number(mask.counts(), at);
        if (runs.size() > 2) {
            run += runs[runs.size() - 2];
        }
        if (run < 0 || static_cast<std::uint64_t>(run) > pixels - total) {
            damaged("a mask has a run that is negative or too long");
        }
        total += static_cast<std::uint64_t>(run);
        runs.push_back(static_cast<std::uint32_t>(run));
    }
    if (total != pixels) {
        damaged("the runs of a mask do not make as many pixels as it has");
    }
    return runs;
}

}  // namespace datumpb
