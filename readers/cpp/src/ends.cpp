// The two ends of a file, compared byte by byte.

#include "ends.h"

#include <algorithm>
#include <string_view>

#include "crc32.h"
#include "datumpb/errors.h"
#include "datumpb_schema/v1/container.pb.h"
#include "located.h"
#include "record.h"
#include "varint.h"

namespace datumpb::internal {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr std::string_view kMagic = "\x89" "DATUMPB\r\n\x1a\n"sv;
constexpr std::size_t kMagicOffset = 25;
constexpr std::size_t kSyncSize = 8;
constexpr std::size_t kTrailerBodyOffset = 21;

bool starts_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

std::string little_endian(std::uint64_t number, std::size_t size) {
    std::string bytes;
    for (std::size_t index = 0; index < size; ++index, number >>= 8) {
        bytes += static_cast<char>(number & 0xffU);
    }
    return bytes;
}

std::string preamble(const std::string& sync) {
    return "\x24\x09"s + sync + "\x10\x01\x18\x00\x20\x01\x35"s + little_endian(kPreambleCrc32, 4) +
           "\x42\x0e\x0a\x0c"s + std::string(kMagic);
}

std::string trailer(const std::string& sync, std::uint64_t footer_offset, std::uint64_t footer_size) {
    const std::string body = "\x09"s + little_endian(footer_offset, 8) + "\x11"s + little_endian(footer_size, 8) +
                             "\x19"s + little_endian(footer_offset + footer_size + kTrailerSize, 8);
    const std::string context =
        record_context(datumpb_schema::v1::RECORD_KIND_TRAILER, datumpb_schema::v1::CODEC_NONE, 0, 0);
    return "\x2f\x09"s + sync + "\x10\x08\x20\x01\x35"s + little_endian(crc32(context + body), 4) + "\x42\x1b"s + body;
}

}  // namespace

std::string read_preamble(ByteSource& source) {
    const std::string data = read_exactly(source, 0, std::min(kPreambleSize, source.size()));
    if (data.empty()) {
        fail<NotADatumFileError>("the file is empty", source.name(), 0);
    }
    const std::string_view magic = std::string_view(data).substr(std::min(kMagicOffset, data.size()));
    const std::string_view start = std::string_view(data).substr(0, 2);
    if (data.size() < kPreambleSize && starts_with(kMagic, magic) && starts_with("\x24\x09", start)) {
        fail<TruncatedFileError>("the file ends inside of PREAMBLE", source.name(), 0);
    }
    const std::string sync = data.substr(std::min<std::size_t>(2, data.size()), kSyncSize);
    if (data == preamble(sync)) {
        return sync;
    }
    if (magic == kMagic) {
        fail<DamagedFileError>("PREAMBLE is damaged", source.name(), 0);
    }
    fail<NotADatumFileError>("not a .datum file of datumpb", source.name(), 0);
}

std::pair<std::uint64_t, std::uint64_t> read_trailer(ByteSource& source, const std::string& sync,
                                                     std::uint64_t start) {
    const bool has_room = source.size() >= kPreambleSize + kTrailerSize;
    const std::uint64_t offset = source.size() - (has_room ? kTrailerSize : 0);
    const std::string data = has_room ? read_exactly(source, offset, kTrailerSize) : "";
    if (!starts_with(data, "\x2f\x09" + sync)) {
        fail<TruncatedFileError>("there is no TRAILER at the end: the file was cut off, or never finished",
                                 source.name(), source.size());
    }
    StrictCursor body(std::string_view(data).substr(kTrailerBodyOffset));
    body.skip_bytes(1);
    const std::uint64_t footer_offset = body.fixed(8).value_or(0);
    body.skip_bytes(1);
    const std::uint64_t footer_size = body.fixed(8).value_or(0);
    const bool inside = start <= footer_offset && footer_offset < offset && footer_size == offset - footer_offset;
    if (!inside || data != trailer(sync, footer_offset, footer_size)) {
        fail<DamagedFileError>("TRAILER is damaged, or does not fit the file", source.name(), offset);
    }
    return {footer_offset, footer_size};
}

}  // namespace datumpb::internal
