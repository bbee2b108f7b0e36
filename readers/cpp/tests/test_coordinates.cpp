// Coordinates: the examples of FORMAT.md section 12, and what breaks its rules.

#include "check.h"
#include "datumpb/coordinates.h"
#include "datumpb/errors.h"
#include "format_examples.h"

namespace {

using datumpb_schema::v1::Coordinates;
using Numbers = std::vector<double>;

Coordinates message(std::string_view hex) {
    Coordinates coordinates;
    if (!coordinates.ParseFromString(from_hex(hex))) {
        throw std::logic_error("not a message");
    }
    return coordinates;
}

Coordinates integers(std::uint32_t decimals, const std::vector<std::int64_t>& differences) {
    Coordinates coordinates;
    coordinates.set_decimals(decimals);
    coordinates.mutable_delta()->Add(differences.begin(), differences.end());
    return coordinates;
}

Coordinates rice(std::uint32_t bits, std::string_view low_hex, std::string_view high_hex) {
    Coordinates coordinates;
    coordinates.set_rice_bits(bits);
    coordinates.set_rice_low(from_hex(low_hex));
    coordinates.set_rice_high(from_hex(high_hex));
    return coordinates;
}

bool refused(const Coordinates& coordinates, std::size_t stride = 1) {
    return check::throws<datumpb::DamagedFileError>([&] { datumpb::decode_coordinates(coordinates, stride); });
}

}  // namespace

TEST(coordinate_examples_are_decoded_as_documented) {
    CHECK(datumpb::decode_coordinates(message("08 02 12 0b b4 10 d2 1f a0 9c 01 00 00 a6 4f"), 2) ==
          Numbers{10.5, 20.25, 110.5, 20.25, 110.5, 71.0});
    CHECK(datumpb::decode_coordinates(
              message("08 01 12 03 fa 01 50 28 05 32 07 5e 79 94 e4 a6 3d 02 3a 02 b7 2e"), 2) ==
          Numbers{12.5, 4.0, 14.0, 4.5, 15.5, 6.5, 15.0, 9.0, 12.0, 10.0, 10.5, 7.5});
    CHECK(datumpb::decode_coordinates(message("1a 10 cd cc cc 3d 6f 12 83 3a ab aa aa 3e 00 00 00 80"), 2) ==
          Numbers{0.10000000149011612, 0.0010000000474974513, 0.3333333432674408, -0.0});
}

TEST(integers_reach_two_to_the_53_and_no_further) {
    const std::int64_t most = std::int64_t{1} << 53;
    CHECK(datumpb::decode_coordinates(integers(0, {most, -2 * most}), 1) ==
          Numbers{9007199254740992.0, -9007199254740992.0});
    CHECK(refused(integers(0, {most + 1})));
    CHECK(refused(integers(0, {most, 1})));
    CHECK(refused(integers(0, {-most, -1})));
    CHECK(refused(integers(0, {1, INT64_MAX})));
    CHECK(refused(integers(0, {-2, INT64_MIN})));
    CHECK(refused(integers(13, {1})));
}

TEST(counts_have_to_fit_the_shape) {
    CHECK(refused(integers(0, {1, 2, 3}), 2));
    CHECK(check::throws<datumpb::DamagedFileError>(
        [] { datumpb::decode_coordinates(integers(0, {1, 2, 3, 4}), 2, 16); }));
    datumpb_schema::v1::Annotation annotation;
    annotation.mutable_polygon();
    CHECK(datumpb::coordinates_of(annotation).empty());
    annotation.mutable_bbox();  // without its four numbers
    CHECK(check::throws<datumpb::DamagedFileError>([&] { datumpb::coordinates_of(annotation); }));
}

TEST(numbers_in_two_ways_are_refused) {
    Coordinates coordinates = integers(0, {1});
    coordinates.add_f64(1);
    CHECK(refused(coordinates));
    coordinates.clear_delta();
    CHECK(!refused(coordinates));
    coordinates.add_f32(1);
    CHECK(refused(coordinates));
}

TEST(rice_codes_of_the_largest_remainders_are_decoded) {
    // Three of 54 bits: 2^54 - 1 is odd, so -2^53.
    CHECK(datumpb::decode_coordinates(rice(54, "ffffffffffffffffffffffffffffffffffffffff03", "07"), 3) ==
          Numbers{-9007199254740992.0, -9007199254740992.0, -9007199254740992.0});
}

TEST(rice_codes_out_of_range_are_refused) {
    CHECK(!refused(rice(8, "02", "01")));
    CHECK(refused(rice(55, "00000000000000", "01")));         // rice_bits
    CHECK(refused(rice(8, "02", "00")));                      // no number
    CHECK(refused(rice(8, "", "01")));                        // rice_low too short
    CHECK(refused(rice(8, "0202", "01")));                    // and too long
    CHECK(refused(rice(54, "00000000000000", "04")));         // u = 2^55
    CHECK(refused(rice(0, "", std::string((1 << 20), 'f') + "01")));  // 2^22 + 1 numbers
}
