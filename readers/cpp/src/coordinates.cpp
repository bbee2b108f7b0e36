// Coordinates, decoded.

#include "datumpb/coordinates.h"

#include <array>
#include <cstdint>

#include "datumpb/errors.h"
#include "rice.h"

namespace datumpb {
namespace {

namespace schema = ::datumpb_schema::v1;

constexpr std::int64_t kMaxSum = std::int64_t{1} << 53;
constexpr std::array<double, 13> kScales = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};

[[noreturn]] void damaged(const std::string& message) { throw DamagedFileError(message); }

void check_count(std::size_t size, std::size_t stride, std::optional<std::size_t> count) {
    if (size % stride != 0 || (count && size != *count)) {
        damaged(std::to_string(size) + " coordinates found, but " +
                (count ? "" : "a multiple of ") + std::to_string(count.value_or(stride)) + " expected");
    }
}

std::vector<double> decode_scaled(const schema::Coordinates& message, std::size_t stride,
                                  std::optional<std::size_t> count) {
    std::vector<std::int64_t> sums(message.delta().begin(), message.delta().end());
    if (!message.rice_high().empty()) {
        internal::decode_rice(message.rice_bits(), message.rice_low(), message.rice_high(), sums);
    }
    check_count(sums.size(), stride, count);
    if (message.decimals() >= kScales.size()) {
        damaged("coordinates have " + std::to_string(message.decimals()) + " decimals, but at most " +
                std::to_string(kScales.size() - 1) + " are allowed");
    }
    const double scale = kScales.at(message.decimals());
    std::vector<double> numbers(sums.size());
    for (std::size_t index = 0; index < sums.size(); ++index) {
        const std::int64_t before = index < stride ? 0 : sums[index - stride];
        std::int64_t sum = 0;
        if (__builtin_add_overflow(sums[index], before, &sum) || sum > kMaxSum || sum < -kMaxSum) {
            damaged("coordinates have a running sum beyond 2^53");
        }
        sums[index] = sum;
        numbers[index] = static_cast<double>(sum) / scale;
    }
    return numbers;
}

template <typename Part>
Shape points_of(const Part& part) {
    return {part.has_points() ? &part.points() : nullptr, 2, std::nullopt};
}

}  // namespace

std::optional<Shape> shape_of(const schema::Annotation& annotation) {
    switch (annotation.kind_case()) {
        case schema::Annotation::kPolyLine:
            return points_of(annotation.poly_line());
        case schema::Annotation::kPolygon:
            return points_of(annotation.polygon());
        case schema::Annotation::kPoints:
            return points_of(annotation.points());
        case schema::Annotation::kBbox:
            return Shape{annotation.bbox().has_xywh() ? &annotation.bbox().xywh() : nullptr, 4, 4};
        case schema::Annotation::kCuboid3D: {
            const schema::Cuboid3d& cuboid = annotation.cuboid_3d();
            return Shape{cuboid.has_position_rotation_scale() ? &cuboid.position_rotation_scale() : nullptr, 3, 9};
        }
        case schema::Annotation::kEllipse:
            return Shape{annotation.ellipse().has_box() ? &annotation.ellipse().box() : nullptr, 2, 4};
        case schema::Annotation::kCuboid2D:
            return Shape{annotation.cuboid_2d().has_points() ? &annotation.cuboid_2d().points() : nullptr, 2, 16};
        case schema::Annotation::kRotatedBbox: {
            const schema::RotatedBbox& box = annotation.rotated_bbox();
            return Shape{box.has_cxcywhr() ? &box.cxcywhr() : nullptr, 5, 5};
        }
        default:
            return std::nullopt;
    }
}

std::vector<double> decode_coordinates(const schema::Coordinates& message, std::size_t stride,
                                       std::optional<std::size_t> count) {
    const bool integers = message.delta_size() > 0 || !message.rice_high().empty();
    if (static_cast<int>(integers) + static_cast<int>(message.f32_size() > 0) +
            static_cast<int>(message.f64_size() > 0) > 1) {
        damaged("coordinates are written in two ways at once");
    }
    if (integers) {
        return decode_scaled(message, stride, count);
    }
    std::vector<double> numbers(message.f64().begin(), message.f64().end());
    numbers.insert(numbers.end(), message.f32().begin(), message.f32().end());
    check_count(numbers.size(), stride, count);
    return numbers;
}

std::vector<double> coordinates_of(const schema::Annotation& annotation) {
    const std::optional<Shape> shape = shape_of(annotation);
    if (!shape) {
        return {};
    }
    const schema::Coordinates& message =
        shape->coordinates == nullptr ? schema::Coordinates::default_instance() : *shape->coordinates;
    return decode_coordinates(message, shape->stride, shape->count);
}

}  // namespace datumpb
