// Masks: the examples of FORMAT.md section 14, and what is no mask.

#include "check.h"
#include "datumpb/errors.h"
#include "datumpb/mask.h"

namespace {

std::vector<std::uint32_t> runs(std::uint32_t height, std::uint32_t width, const std::string& counts) {
    datumpb_schema::v1::Mask mask;
    mask.set_height(height);
    mask.set_width(width);
    mask.set_counts(counts);
    return datumpb::mask_runs(mask);
}

bool refused(std::uint32_t height, std::uint32_t width, const std::string& counts) {
    return check::throws<datumpb::DamagedFileError>([&] { runs(height, width, counts); });
}

}  // namespace

TEST(mask_examples_are_unpacked_as_documented) {
    CHECK(runs(4, 5, "5220003") == std::vector<std::uint32_t>{5, 2, 2, 2, 2, 2, 5});
    CHECK(runs(100, 90, "lo0b1b10Rg3_N]3") == std::vector<std::uint32_t>{1020, 50, 50, 50, 3860, 1, 3969});
    CHECK(runs(0, 7, "").empty());
}

TEST(what_is_no_mask_is_refused) {
    CHECK(refused(4, 5, "522000"));                 // too few pixels
    CHECK(refused(4, 5, "5220004"));                // too many
    CHECK(refused(4, 5, "522000S"));                // ends in the middle
    CHECK(refused(4, 5, "522000p"));                // no such character
    CHECK(refused(4, 5, "5220 03"));
    CHECK(refused(4, 5, "O"));                      // -1
    CHECK(refused(4, 5, "PPPPPPPPPPPPPPPPPPPP0"));  // too many digits
    CHECK(refused(0xffffffff, 2, ""));
}
