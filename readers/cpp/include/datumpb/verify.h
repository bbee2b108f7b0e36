/// \file
/// Verification: every byte of an annotation file read once, and everything that it says about itself compared.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "datumpb/byte_source.h"
#include "datumpb/key.h"

namespace datumpb {

/// Read a whole file and refuse it unless all of it is what FORMAT.md says: envelopes, order and checksums of all
/// records, INDEX, FOOTER and statistics, the rules for every item, coordinates, masks, ids and labels.
/// \param source The file; see open_file.
/// \param key Its key; none: it is not encrypted.
/// \return How many items it has.
/// \throws FileError The file is damaged, with the first place where it is.
/// \throws KeyProblemError The key does not open it.
std::uint64_t verify(std::unique_ptr<ByteSource> source, const std::optional<Key>& key = std::nullopt);

}  // namespace datumpb
